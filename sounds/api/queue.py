"""The queue over HTTP: what runs, what waits, what ended a moment ago."""

from __future__ import annotations

from datetime import timedelta
from itertools import accumulate

from django.db.models import Count
from django.shortcuts import get_object_or_404
from django.utils import timezone
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param
from rest_framework.views import APIView

from ccbell_site.filters import refuse_unknown
from jobs.api.jobs import Ended
from jobs.models import Job, Status
from jobs.models.job_queryset import JobQuerySet
from sounds.api.serializers import SoundJobSerializer, sound_jobs, told

USUAL, MOST = 50, 100
RECENT = timedelta(hours=1)
MOST_RECENT = 20


class QueueSerializer(serializers.Serializer):
    """Jobs in the order in which they run, then those that ended lately."""

    items = SoundJobSerializer(many=True)
    queued = serializers.IntegerField(help_text="How many wait in all.")
    processing = serializers.IntegerField(help_text="How many run in all.")
    next = serializers.URLField(allow_null=True, help_text="Where the list goes on.")


class Queue(APIView):
    """What runs, what waits in its order, and at the end what ended within the last hour."""

    def get(self, request: Request) -> Response:
        refuse_unknown(request, ["limit", "offset"])
        limit, offset = _whole(request, "limit", USUAL, 1, MOST), _whole(request, "offset", 0, 0, 10**9)
        mine = Job.objects.visible_to(request.user)
        running, queued = mine.filter(status=Status.RUNNING), mine.filter(status=Status.QUEUED)
        number_running, waiting = running.count(), _by_lane(queued)
        total = number_running + sum(waiting.values())
        # Two lists, each in the order of the index, are quicker than one that is sorted.
        items = _in_order(running, offset, limit) if offset < number_running else []
        skipped = max(offset - number_running, 0)
        in_line = _in_order(queued, skipped, limit - len(items))
        # Who sees every job need not have the line numbered.
        places = _places(in_line, skipped, waiting) if request.user.is_staff else None
        items += in_line
        if offset + limit >= total and len(items) < limit:
            items += _ended(mine)[max(offset - total, 0) :][: limit - len(items)]
        url, further = request.build_absolute_uri(), offset + limit
        goes_on = further < total or (further == total and bool(_ended(mine)))
        return Response(
            {
                "items": sound_jobs(items, positions=places),
                "queued": total - number_running,
                "processing": number_running,
                "next": replace_query_param(url, "offset", further) if goes_on else None,
            }
        )


class QueueItem(APIView):
    """One job in the queue."""

    def delete(self, request: Request, id: str) -> Response:
        """Cancel a job: at once while it waits, at its next step while it runs; no other one."""
        refuse_unknown(request, [])
        job = get_object_or_404(Job.objects.visible_to(request.user), uuid=id)
        if not job.cancel():
            raise Ended
        return Response(status=status.HTTP_204_NO_CONTENT)


def _in_order(jobs: JobQuerySet, begin: int, number: int) -> list[Job]:
    """Lane by lane, each in the order in which its jobs run: that of the index, which is read first.

    To skip thousands of whole rows would take as long as to read them.
    """
    order = ("lane", "tier", "id")
    keys = list(jobs.order_by(*order).values_list("pk", flat=True)[begin : begin + number])
    return list(told(Job.objects.filter(pk__in=keys)).defer("payload").order_by(*order))


def _by_lane(queued: JobQuerySet) -> dict[str, int]:
    """How many wait in each lane, the lanes in their order."""
    counted = queued.order_by("lane").values_list("lane").annotate(number=Count("id"))
    return dict(counted.values_list("lane", "number"))


def _places(line: list[Job], skipped: int, waiting: dict[str, int]) -> dict[int, int]:
    """Each job's place in its lane, 1 being next, going by how many there are before it in all."""
    before = dict(zip(waiting, accumulate(waiting.values(), initial=0), strict=False))
    return {job.pk: skipped + number + 1 - before[job.lane] for number, job in enumerate(line)}


def _ended(jobs: JobQuerySet) -> list[Job]:
    recent = jobs.exclude(finished_at=None).filter(finished_at__gt=timezone.now() - RECENT)
    ended = recent.exclude(status__in=[Status.QUEUED, Status.RUNNING]).order_by("-id")
    return list(told(ended).defer("payload")[:MOST_RECENT])


def _whole(request: Request, name: str, usual: int, least: int, most: int) -> int:
    text = request.query_params.get(name, str(usual))
    if not (text.isascii() and text.isdigit() and len(text) < 12 and least <= int(text) <= most):
        raise serializers.ValidationError({name: f"Choose a whole number from {least} to {most}."})
    return int(text)
