"""What the queue can do with releases; what speaks to GitHub is imported only when there is a job for it."""

from __future__ import annotations

from jobs.models import Write
from jobs.registry import handler
from jobs.run import JobRun
from releases.errors import PublishError
from releases.kinds import PUBLISH, REFRESH, WITHDRAW
from releases.models import Release


@handler(PUBLISH)
def publish(run: JobRun) -> Write:
    """Bring the payload's release to GitHub."""
    from releases.publish import Publishing

    return Publishing(run, _release(run)).do()


@handler(WITHDRAW)
def withdraw(run: JobRun) -> Write:
    """Take the payload's release away from GitHub."""
    from releases.withdraw import Withdrawing

    return Withdrawing(run, _release(run)).do()


@handler(REFRESH)
def refresh(run: JobRun) -> Write:
    """Look at what is on GitHub."""
    from releases.refresh import Refreshing

    return Refreshing(run).do()


def _release(run: JobRun) -> Release:
    rows = Release.objects.select_related("build__pack__collection")
    release = rows.filter(pk=run.payload["release"]).first()
    if release is None:
        raise PublishError("The release was deleted from the studio before this could be done.")
    if release.job_id != run.job.pk:
        raise PublishError(f"Something else was asked of {release.tag} since; look at its newest job.")
    return release
