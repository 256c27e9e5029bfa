"""When the studio was last backed up."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.utils import timezone

from ccbell_site.terminal import python_command
from sounds.engine_status import spoken
from sounds.weights.sizes import in_words
from studio.backup.place import OURS, default_folder
from studio.doctor.finding import Finding, note, ok, warn

OLD = timedelta(days=7)


def newest() -> Iterator[Finding]:
    if settings.IS_SHARED or settings.AUDIO_STORE != "disk":
        yield note("backup", "is up to the database's own tools and the bucket's", "docs/scaling.md says how")
        return
    folder, command = default_folder(), f"{python_command()} manage.py backup"
    found = [path for path in folder.glob("*.zip") if OURS.fullmatch(path.name)] if folder.is_dir() else []
    if not found:
        yield note("backup", "none yet", command)
        return
    path = max(found, key=lambda one: one.name)
    made = datetime.strptime(path.stem[-15:], "%Y%m%d-%H%M%S").replace(tzinfo=UTC)
    fact = f"{spoken(made)} old, {in_words(path.stat().st_size)}, {path.name}"
    yield warn("backup", fact, command) if timezone.now() - made > OLD else ok("backup", fact)


CHECKS = (newest,)
