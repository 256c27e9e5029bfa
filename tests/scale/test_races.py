"""What SQLite's one writer makes easy, with many writers."""

from __future__ import annotations

import subprocess

import pytest

RACE = """
import sys
from sounds.load_presets import load_presets
from sounds.models import Collection, Hook, Slot
from packs.models import Pack
load_presets()
collection = Collection.objects.get(title="everybody's")
sys.stdin.readline()
for _ in range(5):
    collection.add_slots(Hook.objects.all())
    Pack.objects.create_for(Collection.objects.create(title="Same name"))
slot = collection.slots.order_by("pk").first()
while slot.undo():
    print("undone", flush=True)
"""
READY = """
from sounds.models import Choice, Collection, Slot
from tests.support.library import a_sound
collection = Collection.objects.create(title="everybody's")
slot = Slot.objects.create(collection=collection, key="a")
for name in "bcdefghijk":
    slot.choose(a_sound(name))
"""
SEARCH = """
from django.db import connection
from sounds import search
from sounds.models import Sound
from tests.support.library import a_sound
a_sound("Wärme im Wald.wav: pre_tool_use")
for text in ("warme", "WÄR", "wald wav", "pre_tool", "tool use", "wald_wav", "im-wald", "kälte"):
    print(text, search.matching(Sound.objects.all(), text).count())
with connection.cursor() as cursor:
    cursor.execute("SET enable_seqscan = off")
print(search.matching(Sound.objects.all(), "wald").explain())
"""


@pytest.fixture
def studios(fleet):
    return fleet(2).machines


def test_whoever_writes_the_same_at_once_gets_his_share_and_no_error(studios):
    studios[0].python(READY)
    racing = [
        studios[number % 2].start(
            "-c", "import django; django.setup()\n" + RACE, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        for number in range(4)
    ]
    for process in racing:
        process.stdin.write("go\n")
        process.stdin.flush()
    told = [process.communicate()[0] for process in racing]
    assert [process.returncode for process in racing] == [0] * 4
    assert studios[0].rows("select count(*), count(distinct slug) from packs_pack") == [(20, 20)]
    slots = studios[0].rows("select count(*), count(distinct key) from sounds_slot where key <> 'a'")
    assert slots == studios[0].rows("select count(*), count(*) from sounds_hook")
    assert sum(text.count("undone") for text in told) == 10, "each choice is taken back once"
    assert studios[0].rows("select count(*) from sounds_slot where chosen_id is not null") == [(0,)]


def test_words_are_found_as_with_sqlite_and_by_an_index(studios):
    told = studios[0].python(SEARCH).stdout
    counts = {line.rpartition(" ")[0]: line.rpartition(" ")[2] for line in told.splitlines()[:8]}
    assert counts.pop("kälte") == "0"
    assert set(counts.values()) == {"1"}
    assert "sounds_words" in told
