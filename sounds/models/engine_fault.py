"""What went wrong with an engine, beside the jobs that met it."""

from __future__ import annotations

from django.db import models


class EngineFaultQuerySet(models.QuerySet["EngineFault"]):
    def latest_of(self, engine: str) -> EngineFault | None:
        """The last one, unless a sound has been made since: then it is history."""
        from sounds.models.sound import Sound

        fault = self.filter(engine=engine).first()
        if fault and Sound.objects.filter(engine=engine, created_at__gt=fault.created_at).exists():
            return None
        return fault


class EngineFault(models.Model):
    """An engine that could not be loaded, failed, crashed or hung; rows are only ever added."""

    engine = models.CharField(max_length=60)
    sentence = models.TextField()
    created_at = models.DateTimeField(auto_now_add=True)

    objects = EngineFaultQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "engines and their faults"
        permissions = [("unload_engine", "Can have an engine leave memory")]
        ordering = ["-id"]
        indexes = [models.Index(fields=["engine", "-id"], name="sounds_last_fault")]

    def __str__(self) -> str:
        return f"{self.engine}: {self.sentence}"
