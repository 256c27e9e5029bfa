"""Asking for a sound over HTTP, and asking how it stands."""

from __future__ import annotations

from typing import Any

from django.shortcuts import get_object_or_404
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from ccbell_site.filters import refuse_unknown
from ccbell_site.strict import Strict
from jobs.models import Job
from sounds.api.answer import answer, submit, wait_of
from sounds.api.fields import Duration, Knobs, Number, Seed, Whole, Words, refused
from sounds.api.serializers import StatusSerializer, sound_jobs, told
from sounds.formats import BESIDE_MASTER
from sounds.handlers import sound_job
from sounds.models import Sound
from sounds.prompts.build import MAX_PROMPT_LENGTH
from sounds.wish import MOST_TAKES, Wish


class GenerateSerializer(Strict, serializers.Serializer):
    """A sound: of a theme, or described by a prompt, or both; a hook gives motif, length and loudness."""

    theme = Words(required=False, help_text="Slug of a theme.")
    variation = Words(required=False, help_text="Slug of one of the theme's variations.")
    hook = Words(required=False, help_text="Slug of a hook.")
    prompt = Words(required=False, max_length=MAX_PROMPT_LENGTH)
    duration_s = Duration(required=False)
    loudness_offset_db = Number(required=False, min_value=-12, max_value=12)
    seed = Seed(required=False, help_text="Drawn where it is left out.")
    engine = Words(required=False, default="auto")
    quality = Words(required=False, default="standard")
    takes = Whole(required=False, default=1, min_value=1, max_value=MOST_TAKES)
    knobs = Knobs(required=False)
    fresh = serializers.BooleanField(
        required=False, default=False, help_text="Make it anew although the library has it."
    )


class Generate(APIView):
    """Make a sound.

    Answers 201 with the sound when it is made within `wait` seconds, else 202 with the job. A seed that is
    named, and whose sound the library has, is answered from there (200) unless it is to be `fresh`.
    """

    anonymous = True

    def post(self, request: Request) -> Response:
        refuse_unknown(request, ["wait"])
        seconds = wait_of(request)
        asked = GenerateSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        values: dict[str, Any] = dict(asked.validated_data)
        fresh = values.pop("fresh")
        with refused():
            wish = Wish.of(**values)
            briefs = wish.briefs()
        reuse = wish.seed is not None and not fresh
        made = Sound.objects.in_library(brief.fingerprint for brief in briefs) if reuse else {}
        jobs = [
            sound_job(brief, label=wish.label, again=not reuse, formats=BESIDE_MASTER)
            for brief in briefs
            if brief.fingerprint not in made
        ]
        batch = submit(request, jobs, label=wish.label)
        ready = [made[brief.fingerprint].pk for brief in briefs if brief.fingerprint in made]
        return answer(request, batch, seconds=seconds, ready=ready)


class GenerateStatus(APIView):
    """How a job stands: progress, place in the line, the seconds it will probably take, sound or error."""

    anonymous = True

    def get(self, request: Request, id: str) -> Response:
        refuse_unknown(request, [])
        job = get_object_or_404(told(Job.objects.open_to(request.user)), uuid=id)
        return Response(sound_jobs([job], StatusSerializer)[0])
