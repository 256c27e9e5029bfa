"""One way to answer whoever asks for sounds: with them when they are made in time, else with their jobs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from django.db.models import Q
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from ccbell_site.pages import let_go
from jobs.models import Batch, Job, NewJob, Status
from jobs.throttles import spend_sounds
from jobs.tiers import tier_of
from jobs.waiting import LONGEST_S, wait
from sounds.api.serializers import (
    SoundSerializer,
    StatusSerializer,
    StrangersSoundSerializer,
    detailed,
    sound_jobs,
    told,
)
from sounds.models import Sound

USUAL_WAIT_S = 10.0


class AnswerSerializer(serializers.Serializer):
    """What came of asking for sounds so far; `sound` is the first of `sounds`."""

    status = serializers.ChoiceField(choices=["queued", "processing", "completed", "failed", "cancelled"])
    batch_id = serializers.UUIDField(allow_null=True)
    job_id = serializers.UUIDField(allow_null=True, help_text="Of the first job; ask for its status.")
    jobs = StatusSerializer(many=True)
    sound = SoundSerializer(allow_null=True)
    sounds = SoundSerializer(many=True)


def wait_of(request: Request, usual: float = USUAL_WAIT_S) -> float:
    """The seconds that ``?wait=`` asks for."""
    text = request.query_params.get("wait", str(usual))
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not 0 <= seconds <= LONGEST_S:
        raise serializers.ValidationError({"wait": f"Choose from 0 to {LONGEST_S:g} seconds."})
    return seconds


def submit(request: Request, jobs: Sequence[NewJob], *, label: str) -> Batch | None:
    """Queue jobs for whoever asks, within what he may have made; None where there are none."""
    if not jobs:
        return None
    spend_sounds(request, len(jobs))
    owner = request.user if request.user.is_authenticated else None
    return Job.objects.submit(jobs, owner=owner, tier=tier_of(request.user), label=label)


def answer(
    request: Request, batch: Batch | None, *, seconds: float, ready: Sequence[int] = (), **more: Any
) -> Response:
    """201 with the sounds if all are made within so many seconds, else 202 with the jobs.

    `ready` are primary keys of sounds that are there already; without a batch nothing else had to be made,
    which is a 200.
    """
    ended = wait(batch, seconds) if batch else True
    jobs = list(told(batch.jobs.order_by("id"))) if batch else []
    made = [job.result["sound"] for job in jobs if job.status == Status.SUCCEEDED and "sound" in job.result]
    sounds = _sounds(request, ready, made)
    shows = SoundSerializer if request.user.is_authenticated else StrangersSoundSerializer
    shown = let_go(shows(detailed(sounds), many=True).data)
    shown_jobs = sound_jobs(jobs, StatusSerializer)
    data = {
        "status": _standing(shown_jobs),
        "batch_id": batch.uuid if batch else None,
        "job_id": jobs[0].uuid if jobs else None,
        "jobs": shown_jobs,
        "sound": shown[0] if shown else None,
        "sounds": shown,
    }
    if batch is None:
        return Response(data | more)
    is_complete = ended and len(made) == len(jobs)
    code = status.HTTP_201_CREATED if is_complete else status.HTTP_202_ACCEPTED
    return Response(data | more, status=code)


def _sounds(request: Request, ready: Sequence[int], made: Sequence[str]) -> list[Sound]:
    """Those that were there in their order, then those that were made."""
    if not ready and not made:
        return []
    found = Sound.objects.filter(Q(pk__in=ready) | Q(uuid__in=made)).for_api(request.user)
    place = {pk: number for number, pk in enumerate(ready)}
    return sorted(found, key=lambda sound: (place.get(sound.pk, len(place)), sound.pk))


def _standing(jobs: Sequence[dict[str, Any]]) -> str:
    """The word for all of them: the first of these that any of them is in."""
    there = {job["status"] for job in jobs}
    order = ("processing", "queued", "failed", "cancelled")
    return next((word for word in order if word in there), "completed")
