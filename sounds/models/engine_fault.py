"""What went wrong with an engine, beside the jobs that met it."""

from __future__ import annotations

from django.db import models


class EngineFault(models.Model):
    """An engine that could not be loaded, failed, crashed or hung; rows are only ever added."""

    engine = models.CharField(max_length=60)
    sentence = models.TextField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name_plural = "engines and their faults"
        ordering = ["-id"]
        indexes = [models.Index(fields=["engine", "-id"], name="sounds_last_fault")]

    def __str__(self) -> str:
        return f"{self.engine}: {self.sentence}"
