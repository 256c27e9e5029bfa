"""What the studio runs on, and what it was told."""

from __future__ import annotations

import platform
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from difflib import get_close_matches
from pathlib import Path

import django
from django.conf import settings
from django.contrib.staticfiles import finders
from django.db import DatabaseError
from django.db.models import Max
from django.utils import timezone

from accounts.models import User
from ccbell_site import env
from ccbell_site.terminal import python_command
from jobs.models import Job
from packs.installer.words import counted, listed
from sounds.engine_status import spoken
from studio.doctor.finding import Finding, note, ok, warn

LOOKS_ALIKE = 0.8
"""Of two names, by `difflib`: one letter too many, too few or in another's place."""
OTHERS = (
    "ANTHROPIC_", "AWS_", "CCBELL_", "COMPOSE_", "CUDA_", "DJANGO_", "DOCKER_", "HF_", "HUGGING", "LC_",
    "MPS_", "OMP_", "POSTGRES_", "PYTHON", "PYTORCH_", "TORCH_", "XDG_",
)  # fmt: skip
"""How variables of other programs begin, which may well stand in `.env`."""
A_WAVE = "vendor/wavesurfer/wavesurfer.esm.js"
LEEWAY = timedelta(minutes=1)


def versions() -> Iterator[Finding]:
    on = f"Python {platform.python_version()} with Django {django.get_version()}"
    yield ok("version", f"studio {settings.VERSION}, {on}, {platform.system()} on {platform.machine()}")


def dotenv() -> Iterator[Finding]:
    if settings.ENV_FILE is None:
        yield ok("settings", "no .env file; what the environment does not say has its default")
        return
    path = settings.ENV_FILE
    names = [name for _, name in env.dotenv_lines(path)]
    yield ok("settings", f"{counted(len(names), 'variable')} in {path}")
    if twice := [name for name in dict.fromkeys(names) if names.count(name) > 1]:
        fact = f"{listed(twice)} in {path.name}; the last line counts"
        yield warn("twice", fact, f"take the others out of {path}")
    ours = env.known | _of_compose()
    strange = [name for name in dict.fromkeys(names) if name not in ours]
    meant = {name: near[0] for name in strange if (near := get_close_matches(name, ours, 1, LOOKS_ALIKE))}
    for name, likely in meant.items():
        yield warn(
            name, f"in {path.name}, but no setting of the studio", f"write {likely}, or take it out of {path}"
        )
    if others := [name for name in strange if name not in meant and not name.upper().startswith(OTHERS)]:
        yield note("not ours", f"{listed(others)} in {path.name}: nothing that the studio knows")


def clock() -> Iterator[Finding]:
    now = timezone.now()
    fact = f"{now:%Y-%m-%d %H:%M} UTC, on pages {timezone.localtime(now):%H:%M} ({settings.TIME_ZONE})"
    newest = _newest()
    if newest and newest > now + LEEWAY:
        yield warn(
            "clock",
            f"{fact}; but the newest job is of {newest:%Y-%m-%d %H:%M}",
            "put the machine's clock right: it was ahead, or is behind now",
        )
    else:
        yield ok("clock", fact)


def pages() -> Iterator[Finding]:
    if finders.find(A_WAVE) or Path(settings.STATIC_ROOT, A_WAVE).is_file():
        yield ok("pages", "all that browsers need is here")
    else:
        yield warn("pages", "what draws the waves is not here", "make assets")


def administrator() -> Iterator[Finding]:
    people = User.objects.filter(is_active=True)
    if admins := people.filter(is_superuser=True).count():
        last = people.filter(is_superuser=True).aggregate(at=Max("last_login"))["at"]
        seen = f"last signed in {spoken(last)} ago" if last else "never signed in yet"
        yield ok("people", f"{counted(admins, 'administrator')}, {seen}")
    elif User.objects.exists():
        todo = f"{python_command()} manage.py createsuperuser"
        yield warn("people", "nobody is an administrator", todo)
    else:
        yield note("people", "the first start makes an administrator and prints the password")


CHECKS = (versions, dotenv, clock, pages, administrator)


def _of_compose() -> set[str]:
    """Variables that only the compose files take from `.env`."""
    files = settings.BASE_DIR.glob("docker-compose*.yml")
    return {name for file in files for name in re.findall(r"\$\{(\w+)", file.read_text())}


def _newest() -> datetime | None:
    try:
        return Job.objects.aggregate(at=Max("created_at"))["at"]
    except DatabaseError:
        return None
