"""The studio's figures in the text format of Prometheus, read from the rows whenever they are asked for."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Count, Sum
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric

from ccbell_site.health import Health
from jobs.models import Job, Status
from sounds.engine_status import EngineStatus
from sounds.models import AudioFile, Sound


class Studio:
    """A collector: nothing is counted in memory, so that any process may answer and restarts lose nothing."""

    def collect(self) -> Iterator[Metric]:
        health = Health.now()
        yield GaugeMetricFamily("ccbell_workers", "Living workers", health.workers)
        yield GaugeMetricFamily("ccbell_disk_free_bytes", "Free where the audio lies", health.free_bytes)
        yield from self._jobs()
        yield from self._engines(health.engines)
        yield GaugeMetricFamily("ccbell_sounds", "Sounds in the library", Sound.objects.count())
        held = AudioFile.objects.aggregate(total=Sum("bytes"))["total"] or 0
        yield GaugeMetricFamily("ccbell_audio_bytes", "Bytes of all audio files", held)

    def _jobs(self) -> Iterator[Metric]:
        jobs = GaugeMetricFamily("ccbell_jobs", "Jobs by lane and status", labels=["lane", "status"])
        counted = Job.objects.order_by().values_list("lane", "status").annotate(number=Count("id"))
        for lane, status, number in counted:
            jobs.add_metric([lane, status], number)
        yield jobs
        oldest = Job.objects.filter(status=Status.QUEUED).order_by("id").first()
        since = oldest.created_at.timestamp() if oldest else 0
        yield GaugeMetricFamily(
            "ccbell_oldest_queued_timestamp_seconds", "When the oldest waiting job came; 0: none waits", since
        )

    def _engines(self, engines: list[EngineStatus]) -> Iterator[Metric]:
        memory = GaugeMetricFamily("ccbell_engine_memory_bytes", "Memory of render hosts", labels=["engine"])
        usable = GaugeMetricFamily("ccbell_engine_available", "Whether it can work", labels=["engine"])
        for one in engines:
            memory.add_metric([one.card.id], one.memory_bytes)
            usable.add_metric([one.card.id], not one.why_not)
        yield memory
        yield usable


CONTENT_TYPE = CONTENT_TYPE_LATEST


def text() -> bytes:
    """All of it, as of now."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(Studio())
    return generate_latest(registry)
