"""Batches over HTTP: what was submitted together, followed, cancelled and retried as a whole."""

from __future__ import annotations

from django.db.models import Prefetch, QuerySet
from rest_framework import mixins, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from ccbell_site.pages import LongList
from jobs.api.jobs import Ended, NothingToRetry
from jobs.api.serializers import BatchSerializer
from jobs.models import Batch, Job


class Batches(LongList, mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """Every batch of yours, of everybody's for staff; its jobs are at ``/api/jobs?batch=``."""

    queryset = Batch.objects.none()
    serializer_class = BatchSerializer

    def get_queryset(self) -> QuerySet[Batch]:
        standing = Job.objects.only("batch_id", "status", "progress")
        return Batch.objects.visible_to(self.request.user).prefetch_related(Prefetch("jobs", standing))

    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, id: str) -> Response:
        """Cancel whatever of it has not ended."""
        batch = self.get_object()
        if not batch.cancel():
            raise Ended("Every job of this batch has ended already.")
        return Response(self.get_serializer(self.get_object()).data)

    @action(detail=True, methods=["post"])
    def retry(self, request: Request, id: str) -> Response:
        """Queue what failed or was cancelled of it once more."""
        batch = self.get_object()
        if not batch.retry():
            raise NothingToRetry("No job of this batch failed or was cancelled.")
        return Response(self.get_serializer(self.get_object()).data)
