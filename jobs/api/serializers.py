"""Jobs and batches as the API tells them."""

from __future__ import annotations

from rest_framework import serializers

from jobs.api.words import API_STATUS, percent
from jobs.models import Batch, Job, Tier


class JobSerializer(serializers.ModelSerializer):
    """A job and how far it is."""

    id = serializers.UUIDField(source="uuid", read_only=True)
    status = serializers.SerializerMethodField()
    progress = serializers.SerializerMethodField(help_text="0 to 100")
    batch = serializers.UUIDField(source="batch.uuid", default=None, read_only=True, allow_null=True)
    tier = serializers.SerializerMethodField()

    class Meta:
        model = Job
        fields = [
            "id", "kind", "label", "lane", "tier", "batch", "status", "progress", "message", "error",
            "attempt", "cancel_requested", "created_at", "started_at", "finished_at",
        ]  # fmt: skip
        read_only_fields = fields

    def get_tier(self, job: Job) -> str:
        return Tier(job.tier).name.lower()

    def get_status(self, job: Job) -> str:
        return API_STATUS[job.status]

    def get_progress(self, job: Job) -> float:
        return percent(job.progress)


class BatchSerializer(serializers.ModelSerializer):
    """Jobs submitted together, counted by status."""

    id = serializers.UUIDField(source="uuid", read_only=True)
    jobs = serializers.SerializerMethodField(help_text="Status to the number of its jobs.")
    progress = serializers.SerializerMethodField(help_text="0 to 100")

    class Meta:
        model = Batch
        fields = ["id", "label", "created_at", "jobs", "progress"]
        read_only_fields = fields

    def get_jobs(self, batch: Batch) -> dict[str, int]:
        counted = dict.fromkeys(API_STATUS.values(), 0)
        for job in batch.jobs.all():
            counted[API_STATUS[job.status]] += 1
        return counted

    def get_progress(self, batch: Batch) -> float:
        shares = [1.0 if job.ended else job.progress for job in batch.jobs.all()]
        return percent(sum(shares) / len(shares)) if shares else 100.0
