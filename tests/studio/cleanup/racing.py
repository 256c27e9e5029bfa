"""People and clean-ups that get in each other's way, each in a process of its own."""

from __future__ import annotations

import itertools
import random
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial

from django.conf import settings

from jobs.models import Job, NewJob
from packs.generate import submit_build
from packs.models import Pack
from sounds.errors import CleanedUpError
from sounds.handlers import GENERATE
from sounds.models import Collection, Slot, Sound
from sounds.remaster import remaster_job
from sounds.renditions import order
from studio import cleanup
from studio.hold import Held
from tests.support.briefs import a_brief

MOMENT_H = 1e-7
"""Nothing that nobody keeps outlives this: less than a millisecond."""


def clean_for(seconds: float) -> None:
    """Clean up again and again."""
    settings.AUDIO_RETENTION_HOURS = MOMENT_H
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        with suppress(Held):
            cleanup.run()


def work_for(seconds: float, seed: int) -> None:
    """Have takes made, choose some of them, take choices back, build, remaster, ask for other formats."""
    chance = random.Random(seed)
    collection = Collection.objects.create(title=f"Race {seed}")
    slots = [Slot.objects.create(collection=collection, key=f"row-{seed}-{number}") for number in range(3)]
    pack = Pack.objects.create_for(collection)
    until = time.monotonic() + seconds
    for number in itertools.count():
        if time.monotonic() > until:
            return
        slot = chance.choice(slots)
        _make(slot, number, choose=chance.random() < 0.3)
        time.sleep(chance.random() * 0.1)
        slot.refresh_from_db()
        takes = list(slot.takes.order_by("-pk")[:3])
        verbs: list[Callable[[], object]] = [slot.undo, partial(submit_build, pack)]
        if takes:
            take = chance.choice(takes)
            verbs += 3 * [partial(slot.choose, take)]
            verbs += [partial(order, take, "ogg"), partial(_remaster, take, slot)]
        with suppress(CleanedUpError):
            chance.choice(verbs)()


def _make(slot: Slot, number: int, *, choose: bool) -> None:
    brief = a_brief(f"race {number}", seed=number % 5)
    payload = {"brief": brief.as_dict(), "slot": slot.pk, "choose": choose, "again": number % 3 == 0}
    Job.objects.submit([NewJob(kind=GENERATE, lane="procedural", label=brief.prompt, payload=payload)])


def _remaster(take: Sound, slot: Slot) -> None:
    Job.objects.submit([remaster_job(take, slot)])
