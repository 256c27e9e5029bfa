"""What asks over HTTP for more takes from a sound there is."""

from __future__ import annotations

from rest_framework import serializers

from ccbell_site.strict import Strict
from sounds.api.fields import Duration, Knobs, Number, Seed, Whole, Words
from sounds.prompts.knobs import KNOBS, STEP
from sounds.wish import MOST_TAKES


class MoreSerializer(Strict, serializers.Serializer):
    """What both ways of making more have in common; the takes join the slot of the one they come from."""

    seed = Seed(required=False, help_text="Of the first take; drawn where it is left out.")
    takes = Whole(required=False, default=1, min_value=1, max_value=MOST_TAKES)
    choose = serializers.BooleanField(
        required=False, default=False, help_text="Make the first take its slot's choice."
    )


class MutateSerializer(MoreSerializer):
    """Knobs turned by chance (`amount`, `locked`), or as `knobs` says."""

    amount = Number(required=False, default=STEP, min_value=0, max_value=1)
    locked = serializers.ListField(
        child=serializers.ChoiceField(choices=KNOBS), required=False, default=list, max_length=len(KNOBS)
    )
    knobs = Knobs(required=False)


class RegenerateSerializer(MoreSerializer):
    """The same wish, by this engine, in this quality and length, where they are given."""

    engine = Words(required=False)
    quality = Words(required=False)
    duration_s = Duration(required=False)
