"""Clean-ups beside people and workers: nothing that anybody keeps ever loses a file."""

from __future__ import annotations

import json
import time

import pytest

from tests.support.studio import Studio, wait_for

SECONDS = 6
SAID = (
    "cleaned up",  # whoever was a moment too late is told
    "Nothing is chosen", "has no take chosen", "no enabled slot",
    "No player would take the pack",  # a row that is no hook of anybody's
    "was taken by another job meanwhile",  # both people built the same pack
)  # fmt: skip
FOUND = """
import json
from packs.models import BuildItem
from sounds.models import Choice, Slot, Sound
kept = set(Slot.objects.exclude(chosen=None).values_list("chosen", flat=True))
kept |= set(BuildItem.objects.values_list("sound", flat=True))
for column in ("before", "after"):
    kept |= set(Choice.objects.exclude(**{column: None}).values_list(column, flat=True))
broken = [str(one.uuid) for one in Sound.objects.filter(pk__in=kept) if not one.is_whole or one.cleaned_at]
halves = [
    str(one.uuid) for one in Sound.objects.all()
    if bool(one.cleaned_at) == one.folder.exists() or bool(one.cleaned_at) == one.files.exists()
]
cleaned = Sound.objects.exclude(cleaned_at=None).count()
print(json.dumps({"kept": len(kept), "cleaned": cleaned, "broken": broken, "halves": halves}))
"""


@pytest.mark.slow
def test_whatever_people_keep_stays_whole_beside_clean_ups_of_which_one_is_killed(studio: Studio):
    studio.worker()
    first, second = (_start(studio, f"clean_for({SECONDS + 4})") for _ in range(2))
    people = [_start(studio, f"work_for({SECONDS}, seed={seed})") for seed in (1, 2)]
    time.sleep(SECONDS / 2)
    first.kill()
    assert [one.wait(timeout=60) for one in people] == [0, 0]
    wait_for(lambda: not {"queued", "running"} & set(studio.statuses()), timeout=60)
    assert second.wait(timeout=60) == 0
    _start(studio, "clean_for(0.1)").wait(timeout=60)
    found = json.loads(studio.python(FOUND).stdout)
    assert found["broken"] == [] and found["halves"] == []
    assert found["kept"] > 5 and found["cleaned"] > 5, f"hardly anything raced: {found}"
    failed = studio.rows("select kind, error from jobs_job where status != 'succeeded'")
    assert not [row for row in failed if not any(said in row[1] for said in SAID)]


def _start(studio: Studio, call: str):
    code = f"import django; django.setup()\nfrom tests.studio.cleanup.racing import *\n{call}"
    return studio.start("-c", code)
