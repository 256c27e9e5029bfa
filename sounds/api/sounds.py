"""The library over HTTP: find, hear, name, rank, tag and like sounds, and make others from them."""

from __future__ import annotations

from typing import Any

from django.db.models import F, ProtectedError, Q, QuerySet
from django_filters import rest_framework as filters
from rest_framework import mixins, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.permissions import HasScope
from ccbell_site.filters import WholeNumber, YesOrNo
from ccbell_site.pages import LongList
from ccbell_site.strict import Strict
from sounds.api.access import OwnerOrStaff, person
from sounds.api.answer import answer, submit, wait_of
from sounds.api.errors import Conflict, Locked
from sounds.api.fields import Whole, Words, refused
from sounds.api.more import MutateSerializer, RegenerateSerializer
from sounds.api.serializers import SoundSerializer, detailed
from sounds.models import Favourite, Sound
from sounds.models.liking import MOST_TAGS, TAG
from sounds.models.sound import SoundQuerySet
from sounds.more import more_jobs
from sounds.search import matching

LONGEST_SEARCH = 200


class Bound(filters.NumberFilter):
    """An end of a range, out of which the database finds rows only by looking at each.

    Most sounds are in most ranges, and sorting what an index finds takes longer than looking.
    """

    def filter(self, sounds: QuerySet[Sound], value: Any) -> QuerySet[Sound]:
        if value is None:
            return sounds
        name = f"{self.field_name}_sum"
        return sounds.alias(**{name: F(self.field_name) + 0.0}).filter(
            **{f"{name}__{self.lookup_expr}": float(value)}
        )


class SoundFilters(filters.FilterSet):
    search = filters.CharFilter(
        method="with_words", max_length=LONGEST_SEARCH, label="Words, or beginnings of words, that all occur."
    )
    hook = filters.CharFilter()
    theme = filters.CharFilter()
    variation = filters.CharFilter()
    engine = filters.CharFilter()
    kind = filters.CharFilter()
    tag = filters.CharFilter(field_name="tags__name")
    owner = filters.CharFilter(field_name="owner__username")
    batch = filters.UUIDFilter(field_name="job__batch__uuid", label="Made by that batch.")
    collection = filters.UUIDFilter(field_name="slot__collection__uuid", label="A take in that collection.")
    parent = filters.UUIDFilter(field_name="parent__uuid", label="Made from that sound.")
    favourite = YesOrNo(method="liked", label="Whether you like it.")
    rank = WholeNumber()
    min_quality = Bound(field_name="quality", lookup_expr="gte")
    min_duration_s = Bound(field_name="duration_s", lookup_expr="gte")
    max_duration_s = Bound(field_name="duration_s", lookup_expr="lte")

    def with_words(self, sounds: SoundQuerySet, name: str, text: str) -> QuerySet[Sound]:
        return matching(sounds, text)

    def liked(self, sounds: SoundQuerySet, name: str, wanted: bool) -> QuerySet[Sound]:
        mine = Favourite.objects.filter(user=self.request.user).values("sound")
        return sounds.filter(pk__in=mine) if wanted else sounds.exclude(pk__in=mine)


class NoteSerializer(Strict, serializers.Serializer):
    """What people may note on a sound; the sound itself never changes."""

    title = Words(required=False, max_length=200)
    rank = Whole(required=False, allow_null=True, min_value=1, max_value=5, help_text="1 is best; or null.")
    tags = serializers.ListField(
        child=Words(max_length=40, validators=[TAG]), required=False, max_length=MOST_TAGS
    )


class Sounds(LongList, mixins.ListModelMixin, mixins.DestroyModelMixin, viewsets.GenericViewSet):
    """Every sound of the studio."""

    queryset = Sound.objects.all()
    serializer_class = SoundSerializer
    permission_classes = [HasScope, OwnerOrStaff]
    for_all = ("favourite", "mutate", "regenerate")
    parameters = {"mutate": ["wait"], "regenerate": ["wait"]}
    filterset_class = SoundFilters
    orderings = LongList.orderings | {name: name for name in ("title", "duration_s", "quality", "rank")}

    def get_queryset(self) -> QuerySet[Sound]:
        if self.action in ("list", "retrieve", "partial_update"):
            return Sound.objects.for_api(self.request.user)
        return Sound.objects.select_related("slot__collection")

    def paginate_queryset(self, queryset: Any) -> Any:
        return detailed(super().paginate_queryset(queryset) or [])

    def retrieve(self, request: Request, id: str) -> Response:
        return Response(SoundSerializer(*detailed([self.get_object()])).data)

    def partial_update(self, request: Request, id: str) -> Response:
        """Give it a title, a rank, or tags."""
        sound = self.get_object()
        noted = NoteSerializer(data=request.data, partial=True)
        noted.is_valid(raise_exception=True)
        sound.note(**noted.validated_data)
        return Response(SoundSerializer(*detailed([sound])).data)

    def perform_destroy(self, sound: Sound) -> None:
        if sound.chosen_in.filter(Q(locked=True) | Q(collection__locked_at__isnull=False)).exists():
            raise Locked("This sound is chosen for a slot that is locked; unlock that first.")
        user = person(self.request)
        if not user.is_staff and sound.chosen_in.exclude(collection__owner=user).exists():
            raise Conflict("This sound is chosen in somebody else's collection and stays.")
        try:
            sound.discard()
        except ProtectedError as error:
            raise Conflict("This sound is part of a build and stays; delete the build first.") from error

    @action(detail=True, methods=["put", "delete"])
    def favourite(self, request: Request, id: str) -> Response:
        """Like it, or no more."""
        sound = self.get_object()
        if request.method == "PUT":
            Favourite.objects.get_or_create(user=person(request), sound=sound)
        else:
            Favourite.objects.filter(user=person(request), sound=sound).delete()
        return Response(status=204)

    @action(detail=True, methods=["post"])
    def mutate(self, request: Request, id: str) -> Response:
        """Make takes with knobs turned a little by chance, or exactly as given."""
        return self._more(request, MutateSerializer)

    @action(detail=True, methods=["post"])
    def regenerate(self, request: Request, id: str) -> Response:
        """Make takes of the same wish with another seed, or by another engine."""
        return self._more(request, RegenerateSerializer)

    def _more(self, request: Request, asks: type[serializers.Serializer]) -> Response:
        seconds = wait_of(request)
        sound = self.get_object()
        asked = asks(data=request.data)
        asked.is_valid(raise_exception=True)
        with refused():
            jobs = more_jobs(sound, by=request.user, **asked.validated_data)
        return answer(request, submit(request, jobs, label=sound.title), seconds=seconds)
