"""What the queue can do for the studio as a whole."""

from __future__ import annotations

from jobs.errors import JobFailed
from jobs.models import NewJob, Write
from jobs.registry import handler
from jobs.run import JobRun

CLEAN_UP = "studio.clean_up"


def clean_up_job() -> NewJob:
    """The job that removes what nobody needs any more."""
    return NewJob(kind=CLEAN_UP, lane="maintenance", label="Clean-up")


@handler(CLEAN_UP)
def clean_up(run: JobRun) -> Write:
    """Clean up; cancelled, it ends between two steps, and what went by then is gone."""
    from studio import cleanup
    from studio.hold import Held

    try:
        report = cleanup.run(tell=run.progress)
    except Held as held:
        said = [str(held)]
    else:
        if report.failures:
            raise JobFailed(" ".join(report.sentences))
        said = report.sentences
    return lambda: {"cleaned": said}
