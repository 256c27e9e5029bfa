"""Jobs over HTTP: to look at, cancel and retry."""

from __future__ import annotations

from django.db.models import QuerySet
from django_filters import rest_framework as filters
from rest_framework import mixins, status, viewsets
from rest_framework.decorators import action
from rest_framework.exceptions import APIException
from rest_framework.request import Request
from rest_framework.response import Response

from ccbell_site.pages import LongList
from jobs.api.serializers import JobSerializer
from jobs.api.words import API_STATUS
from jobs.models import Job

STATUS_OF = {word: status for status, word in API_STATUS.items()}


class Ended(APIException):
    status_code = status.HTTP_409_CONFLICT
    default_detail = "This job has ended already."


class NothingToRetry(APIException):
    status_code = status.HTTP_409_CONFLICT
    default_detail = "Only a job that failed or was cancelled can be retried."


class JobFilters(filters.FilterSet):
    status = filters.ChoiceFilter(
        method="of_status", choices=[(word, word) for word in STATUS_OF], label="Where it stands."
    )
    lane = filters.CharFilter(label="The lane it runs in.")
    kind = filters.CharFilter(label="What does it, such as sounds.generate.")
    batch = filters.UUIDFilter(field_name="batch__uuid", label="Of that batch.")

    def of_status(self, jobs: QuerySet[Job], name: str, word: str) -> QuerySet[Job]:
        return jobs.filter(status=STATUS_OF[word])


class Jobs(LongList, mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """Every job of yours, whatever its kind; of everybody's for staff."""

    queryset = Job.objects.none()
    serializer_class = JobSerializer
    filterset_class = JobFilters

    def get_queryset(self) -> QuerySet[Job]:
        return Job.objects.visible_to(self.request.user).select_related("batch")

    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, id: str) -> Response:
        """Cancel it: at once while it waits, at its next step while it runs."""
        job = self.get_object()
        if not job.cancel():
            raise Ended
        return Response(self.get_serializer(job).data)

    @action(detail=True, methods=["post"])
    def retry(self, request: Request, id: str) -> Response:
        """Queue a failed or cancelled job once more."""
        job = self.get_object()
        if not job.retry():
            raise NothingToRetry
        return Response(self.get_serializer(job).data)
