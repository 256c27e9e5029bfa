"""Asking for all sounds of a theme at once over HTTP."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.shortcuts import get_object_or_404
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.access import may_change
from ccbell_site.filters import refuse_unknown
from ccbell_site.strict import Strict
from jobs.throttles import spend_sounds
from jobs.tiers import tier_of
from packs.api.fields import Formats
from packs.errors import BuildError
from packs.generate import Plan
from packs.models import Pack
from packs.recipe import Recipe
from sounds.api.access import OwnerOrStaff
from sounds.api.answer import AnswerSerializer, answer, wait_of
from sounds.api.errors import Conflict
from sounds.api.fields import Seed, Uuid, Whole, Words, refused
from sounds.models import Collection
from sounds.prompts.build import MAX_PROMPT_LENGTH
from sounds.wish import MOST_TAKES


class BatchRequestSerializer(Strict, serializers.Serializer):
    """A theme, or a collection of yours to fill; the hooks named, or all of them."""

    theme = Words(required=False, help_text="Slug of a theme.")
    variation = Words(required=False, help_text="Slug of one of the theme's variations.")
    collection = Uuid(required=False, help_text="Instead of a theme: fill its slots.")
    hooks = serializers.ListField(child=Words(), required=False, default=list, max_length=200)
    prompt = Words(required=False, max_length=MAX_PROMPT_LENGTH, help_text="Beside the theme.")
    seed = Seed(required=False, help_text="Of each hook's first take; drawn where it is left out.")
    engine = Words(required=False, default="auto")
    quality = Words(required=False, default="standard")
    takes = Whole(required=False, default=1, min_value=1, max_value=MOST_TAKES)
    formats = Formats()

    def validate(self, values: dict[str, Any]) -> dict[str, Any]:
        if ("theme" in values) == ("collection" in values):
            raise serializers.ValidationError({"theme": "Name either a theme or a collection."})
        if "collection" in values and (clash := {"variation", "prompt"} & values.keys()):
            raise serializers.ValidationError(
                {clash.pop(): "The collection says that already; leave it out."}
            )
        return values


class BatchAnswerSerializer(AnswerSerializer):
    """The same, and the pack that the sounds are for."""

    pack = serializers.CharField()
    collection = serializers.UUIDField()


class GenerateBatch(APIView):
    """Make a sound for each hook: one job each, one batch, into the slots of a pack.

    Each hook's first take becomes its slot's choice. Answers at once (202) unless ``?wait=`` says otherwise.
    """

    def post(self, request: Request) -> Response:
        refuse_unknown(request, ["wait"])
        seconds = wait_of(request, usual=0)
        asked = BatchRequestSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        with transaction.atomic():  # who asks for too much leaves no empty pack behind
            plan = _plan(request.user, **asked.validated_data)
            spend_sounds(request, len(plan.missing))
        plan.choose_ready(by=request.user)
        batch = plan.submit(owner=request.user, tier=tier_of(request.user)) if plan.missing else None
        ready = [sound.pk for _, sound in plan.ready]
        more = {"pack": plan.pack.slug, "collection": plan.pack.collection.uuid}
        return answer(request, batch, seconds=seconds, ready=ready, **more)


def _plan(user: Any, *, collection: Any = None, seed: int | None = None, **wish: Any) -> Plan:
    """Without a seed all is drawn anew: who asks twice wants to hear something else."""
    with refused():
        if collection is None:
            recipe = Recipe.of(seed=seed, fresh=seed is None, **wish)
            pack = None
        else:
            pack, recipe = _to_fill(user, collection, seed=seed, fresh=seed is None, **wish)
        try:
            plan = Plan.of(recipe, owner=user, pack=pack)
        except BuildError as error:
            raise Conflict(str(error)) from error
        plan.pack.collection.refuse_locked("pack")
        return plan


def _to_fill(user: Any, uuid: Any, *, hooks: Any, **wish: Any) -> tuple[Pack, Recipe]:
    collection = get_object_or_404(Collection.objects.select_related("theme", "variation"), uuid=uuid)
    if not may_change(user, collection):
        raise PermissionDenied(OwnerOrStaff.message)
    collection.refuse_locked()
    recipe = Recipe.of_collection(collection, hooks, **wish)
    with transaction.atomic():
        Collection.objects.select_for_update().get(pk=collection.pk)
        pack = Pack.objects.select_related("collection").filter(collection=collection).first()
        return pack or Pack.objects.create_for(collection), recipe
