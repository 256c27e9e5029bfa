"""Whether work is done, and what waits."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Count, Min
from django.utils import timezone
from django_q.models import OrmQ, Schedule

from ccbell_site.terminal import python_command
from jobs import worker
from jobs.machine import key_digest
from jobs.models import Job, Machine, Status
from packs.archive import printable
from packs.installer.words import counted, listed
from sounds.engine_status import spoken
from studio.cleanup.schedule import SUBMIT
from studio.doctor.finding import Finding, fail, note, ok, warn
from studio.handlers import CLEAN_UP

START = "make run, or start its service again"
TAKEN_WITHIN = timedelta(minutes=1)
"""A job that could run waits no longer than the jobs before it take; nobody works if none moved meanwhile."""
OVERDUE = timedelta(hours=1)
LATE = timedelta(minutes=1)
"""What ends at its deadline may take a moment to do so."""
LATEST = 100
MANY_FAILED = 0.2
BOUND_LANES = ("neural", "procedural")
"""Jobs of the others, such as downloads, may take as long as they move."""


def workers() -> Iterator[Finding]:
    here, wanted = worker.living_here(), settings.WORKER_CONCURRENCY
    if here >= wanted:
        yield ok("workers", f"{counted(here, 'worker')} alive")
    elif here:
        yield warn("workers", f"{here} of {wanted} alive", "wait a moment: they are started again")
    elif settings.IS_SHARED and (others := Machine.objects.workers()):
        yield note("workers", f"none on this machine, {others} on others")
    else:
        yield fail("workers", "none is running, so nothing is made", START)


def machines() -> Iterator[Finding]:
    """Those that share the database; there are none on SQLite."""
    if not settings.IS_SHARED:
        return
    rows = list(Machine.objects.present())
    yield ok("machines", listed([f"{one} ({counted(one.workers, 'worker')})" for one in rows]) or "none")
    if strange := [str(one) for one in rows if one.key_digest != key_digest()]:
        yield fail(
            "secret key", f"{listed(strange)} has another one", "set the same SECRET_KEY on every machine"
        )
    if older := [f"{one} ({one.version})" for one in rows if one.version != settings.VERSION]:
        yield warn("versions", f"this is {settings.VERSION}, but not {listed(older)}", "update them all")


def waiting() -> Iterator[Finding]:
    queued = Job.objects.filter(status=Status.QUEUED).order_by("lane")
    lanes = list(queued.values("lane").annotate(number=Count("id"), since=Min("created_at")))
    if not lanes:
        yield ok("waiting", "nothing")
        return
    told = listed([f"{one['number']} {one['lane']} (for {spoken(one['since'])})" for one in lanes])
    stuck = Job.objects.claimable().filter(created_at__lt=timezone.now() - TAKEN_WITHIN).exists()
    if stuck and worker.living_here() and not _moved():
        yield fail("waiting", f"{told}, and nobody takes them", "restart the workers")
    else:
        yield ok("waiting", told)


def running() -> Iterator[Finding]:
    rows = list(Job.objects.filter(status=Status.RUNNING).order_by("started_at"))
    by_when = timezone.now() - timedelta(seconds=settings.JOB_DEADLINE_S) - LATE
    late = [job for job in rows if job.lane in BOUND_LANES and job.started_at and job.started_at < by_when]
    if late:
        first = printable(str(late[0]))
        yield fail(
            "running",
            f"{counted(len(late), 'job')} past the deadline: {first}, for {spoken(_start(late[0]))}",
            "restart the workers; the job is taken up again",
        )
    elif rows:
        yield ok("running", f"{counted(len(rows), 'job')}, the oldest for {spoken(_start(rows[0]))}")
    else:
        yield ok("running", "nothing")


def done() -> Iterator[Finding]:
    """The latest jobs, and how many of them failed."""
    ended = Job.objects.filter(status__in=(Status.SUCCEEDED, Status.FAILED), finished_at__isnull=False)
    rows = list(ended.order_by("-finished_at")[:LATEST].values_list("status", "finished_at", "error"))
    if not rows:
        yield ok("done", "no job yet")
        return
    errors = [error for status, _, error in rows if status == Status.FAILED]
    fact = f"the last one {_ago(rows[0][1])}"
    if errors:
        fact += f"; {len(errors)} of the last {len(rows)} failed, last: {printable(errors[0], 120)}"
    if len(errors) > MANY_FAILED * len(rows):
        yield warn("done", fact, "look at them at /admin/jobs/job/")
    else:
        yield ok("done", fact)


def wake_ups() -> Iterator[Finding]:
    """What tells the workers of work: it is gone in a moment where one listens."""
    if settings.Q_BROKER == "redis":
        yield _redis()
        return
    old = OrmQ.objects.filter(lock__lt=timezone.now() - LATE).count()
    if old and worker.living_here():
        yield warn("wake-ups", f"{counted(old, 'wake-up')} nobody took for a minute", "restart the workers")


def clean_up() -> Iterator[Finding]:
    planned = Schedule.objects.filter(func=SUBMIT).order_by("next_run").first()
    last = Job.objects.filter(kind=CLEAN_UP, finished_at__isnull=False).order_by("-finished_at").first()
    if planned is None:
        yield note("clean-up", "is not scheduled", f"{python_command()} manage.py prepare")
    elif timezone.now() - planned.next_run > OVERDUE:
        yield warn("clean-up", f"overdue since {_at(planned.next_run)}", START)
    elif last and last.status == Status.FAILED:
        yield warn(
            "clean-up",
            f"the last one failed: {printable(last.error, 120)}",
            f"{python_command()} manage.py cleanup",
        )
    else:
        before = f", the last one {_ago(last.finished_at)}" if last else ""
        yield ok("clean-up", f"next on {_at(planned.next_run)}{before}")


CHECKS = (workers, machines, waiting, running, done, wake_ups, clean_up)


def _moved() -> bool:
    """Whether a job began or ended of late."""
    since = timezone.now() - TAKEN_WITHIN
    return (
        Job.objects.filter(started_at__gte=since).exists()
        or Job.objects.filter(finished_at__gte=since).exists()
    )


def _ago(moment: datetime | None) -> str:
    return f"{spoken(moment)} ago" if moment else "at no known time"


def _start(job: Job) -> datetime:
    return job.started_at or job.created_at


def _at(moment: datetime) -> str:
    return f"{timezone.localtime(moment):%Y-%m-%d %H:%M}"


def _redis() -> Finding:
    import redis

    try:
        with redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=2, socket_timeout=2) as server:
            version = server.info("server")["redis_version"]
    except redis.RedisError as error:
        reason = type(error).__name__  # its words may hold the address, and that the password
        return fail("Redis", f"does not answer ({reason})", "start it, or put REDIS_URL right")
    return ok("Redis", f"{version} answers")
