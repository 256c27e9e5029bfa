"""Collections over HTTP: what a pack is chosen from, with their slots."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import ProtectedError, QuerySet
from django_filters import rest_framework as filters
from rest_framework import serializers, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.permissions import HasScope
from ccbell_site.filters import YesOrNo
from ccbell_site.pages import LongList
from ccbell_site.strict import Strict
from sounds.api.access import OwnerOrStaff
from sounds.api.errors import Conflict
from sounds.api.fields import Words, refused
from sounds.models import Collection, Hook, Slot
from sounds.prompts.build import MAX_PROMPT_LENGTH
from sounds.wish import Wish, named


class SlotSerializer(serializers.ModelSerializer):
    """A row to fill, and what is chosen for it."""

    hook: Any = serializers.SlugRelatedField("slug", read_only=True, allow_null=True)
    chosen = serializers.UUIDField(source="chosen.uuid", default=None, read_only=True, allow_null=True)

    class Meta:
        model = Slot
        fields = ["key", "position", "hook", "enabled", "locked", "chosen"]
        read_only_fields = fields


class CollectionSerializer(serializers.ModelSerializer):
    """A collection with its slots in order."""

    id = serializers.UUIDField(source="uuid", read_only=True)
    owner = serializers.CharField(source="owner.username", default=None, read_only=True, allow_null=True)
    theme = serializers.CharField(source="theme.slug", default=None, read_only=True, allow_null=True)
    variation = serializers.CharField(source="variation.slug", default=None, read_only=True, allow_null=True)
    pack = serializers.CharField(source="pack.slug", default=None, read_only=True, allow_null=True)
    slots = SlotSerializer(many=True, read_only=True)

    class Meta:
        model = Collection
        fields = [
            "id", "kind", "title", "owner", "theme", "variation", "prompt", "locked_at", "created_at", "pack",
            "slots",
        ]  # fmt: skip
        read_only_fields = fields


class NewCollectionSerializer(Strict, serializers.Serializer):
    """A collection to make: a slot for each hook, for all of them if none is named."""

    title = Words(max_length=120)
    theme = Words(required=False)
    variation = Words(required=False)
    prompt = Words(required=False, allow_blank=True, max_length=MAX_PROMPT_LENGTH)
    hooks = serializers.ListField(child=Words(), required=False, max_length=200)


class ChangedCollectionSerializer(Strict, serializers.Serializer):
    title = Words(required=False, max_length=120)
    prompt = Words(required=False, allow_blank=True, max_length=MAX_PROMPT_LENGTH)


class CollectionFilters(filters.FilterSet):
    kind = filters.CharFilter()
    theme = filters.CharFilter(field_name="theme__slug")
    owner = filters.CharFilter(field_name="owner__username")
    locked = YesOrNo(field_name="locked_at", lookup_expr="isnull", exclude=True)


class Collections(LongList, viewsets.ModelViewSet):
    """Every collection of the studio."""

    queryset = Collection.objects.all()
    serializer_class = CollectionSerializer
    permission_classes = [HasScope, OwnerOrStaff]
    http_method_names = ["get", "post", "patch", "delete", "head", "options"]
    filterset_class = CollectionFilters
    orderings = LongList.orderings | {"title": "title"}

    def get_queryset(self) -> QuerySet[Collection]:
        related = ("owner", "theme", "variation", "pack")
        return Collection.objects.select_related(*related).prefetch_related("slots__hook", "slots__chosen")

    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        asked = NewCollectionSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        with refused():
            collection = _new(request.user, **asked.validated_data)
        found = self.get_queryset().get(pk=collection.pk)
        return Response(CollectionSerializer(found).data, status=201)

    def partial_update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Give it another title, or other words."""
        collection = self.get_object()
        with refused():
            collection.refuse_locked()
        asked = ChangedCollectionSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        if asked.validated_data:
            Collection.objects.filter(pk=collection.pk).update(**asked.validated_data)
        return Response(CollectionSerializer(self.get_object()).data)

    def perform_destroy(self, collection: Collection) -> None:
        with refused():
            collection.refuse_locked()
        try:
            collection.delete()
        except ProtectedError as error:
            raise Conflict("A pack is made of this collection; delete the pack first.") from error

    @action(detail=True, methods=["post"])
    def lock(self, request: Request, id: str) -> Response:
        """Keep everything chosen in it as it is."""
        self.get_object().lock()
        return Response(CollectionSerializer(self.get_object()).data)

    @action(detail=True, methods=["post"])
    def unlock(self, request: Request, id: str) -> Response:
        """Let it be changed again."""
        self.get_object().unlock()
        return Response(CollectionSerializer(self.get_object()).data)


def _new(
    owner: Any, *, title: str, theme: str = "", variation: str = "", prompt: str = "", hooks: Any = ()
) -> Collection:
    family = Wish.of(theme=theme, variation=variation)
    enabled = list(Hook.objects.filter(enabled=True))
    chosen = (
        [named(enabled, slug, "hook", field="hooks") for slug in dict.fromkeys(hooks)] if hooks else enabled
    )
    with transaction.atomic():
        collection = Collection.objects.create(
            title=title, owner=owner, theme=family.theme, variation=family.variation, prompt=prompt
        )
        collection.add_slots(chosen)
    return collection
