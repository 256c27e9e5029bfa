"""Files of somebody's, made into sounds by the render host."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from jobs.run import JobRun
from sounds import store
from sounds.brief import Brief
from sounds.formats import BESIDE_MASTER
from sounds.hosts import host_of


def taken(
    run: JobRun, op: str, brief: Brief, source: Path, place: Path, sha256: str, **more: Any
) -> tuple[dict[str, Any], Brief]:
    """Have the render host make a sound of the file `source` in the folder `place`.

    What it answers, and the brief with the sound's own length. `sha256` is that of what somebody sent: two
    files may have one title and one length, and are not the same sound for that.
    """
    result = host_of().call(
        op,
        deadline=run.deadline,
        progress=run.progress,
        check=run.check,
        source=str(source),
        folder=str(place),
        brief=brief.as_dict(),
        formats=list(BESIDE_MASTER),
        **more,
    )
    store.keep(*(place / made["name"] for made in result["files"]))
    duration_s = result["measures"]["duration_s"]
    return result, replace(brief, duration_s=duration_s, voice={"original_sha256": sha256})
