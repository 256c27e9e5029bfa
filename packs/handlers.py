"""What the queue can do with packs."""

from __future__ import annotations

from jobs.models import Write
from jobs.registry import handler
from jobs.run import JobRun
from packs.errors import BuildError
from packs.models import Pack

BUILD = "packs.build"


@handler(BUILD)
def build(run: JobRun) -> Write:
    """Freeze the payload's pack under a version, or the next free one."""
    from packs.archive import PackError
    from packs.build import Freezing

    pack = Pack.objects.select_related("collection__theme", "collection__variation").filter(
        pk=run.payload["pack"]
    ).first()  # fmt: skip
    if pack is None:
        raise BuildError("The pack was deleted before it could be built.")
    freezing = Freezing(run, pack, keys=run.payload.get("slots", []), formats=run.payload["formats"])
    try:
        return freezing.to_version(run.payload.get("version", ""))
    except PackError as fault:
        raise BuildError(str(fault)) from fault
