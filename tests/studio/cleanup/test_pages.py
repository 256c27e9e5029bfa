"""A take that was cleaned up: everywhere it says so, and how to have it again."""

from __future__ import annotations

import json
import re
from html import unescape
from typing import Any

import pytest
from django.test import Client

from jobs.models import Job, Status
from jobs.run import drain
from packs.generate import submit_build
from packs.models import Build, Pack
from sounds.models import Slot, Sound
from studio import cleanup
from tests.studio.cleanup.support import TWO_DAYS, aged, is_clean
from tests.studio.conftest import Make
from tests.support.library import problem, signed_in, somebody

pytestmark = pytest.mark.django_db


@pytest.fixture
def pack(browser: Client, make: Make) -> Pack:
    """A pack of which somebody made a second take and never came back to it."""
    pack = make()
    browser.post(f"/packs/{pack.slug}/rows/idle/take/")
    drain()
    aged(hours=TWO_DAYS)
    cleanup.run()
    return pack


@pytest.fixture
def slot(pack: Pack) -> Slot:
    return pack.collection.slots.get(key="idle")


@pytest.fixture
def cleaned(slot: Slot) -> Sound:
    take = slot.takes.get(take_no=2)
    assert is_clean(take) and not is_clean(slot.takes.get(take_no=1))
    return take


def takes_of(page: bytes, key: str = "idle") -> list[dict[str, Any]]:
    (row,) = re.findall(rf'<li class="row" id="row-{key}"[^>]*data-takes="([^"]*)"', page.decode())
    return json.loads(unescape(row))


def test_the_row_knows_which_take_is_cleaned_up(browser, pack, cleaned):
    takes = takes_of(browser.get(f"/packs/{pack.slug}/").content)
    assert [take["cleaned"] for take in takes] == [False, True]
    assert takes[1]["outline"], "its shape stays"


def test_choosing_it_is_refused_with_what_to_do(browser, pack, slot, cleaned):
    answer = browser.post(f"/packs/{pack.slug}/rows/idle/choose/", {"sound": cleaned.uuid})
    assert answer.status_code == 400 and "press R to make it again" in answer.content.decode()
    slot.refresh_from_db()
    assert slot.chosen != cleaned


def test_pressing_r_on_it_makes_it_again_byte_for_byte(browser, pack, slot, cleaned):
    browser.post(f"/packs/{pack.slug}/rows/idle/take/", {"sound": cleaned.uuid})
    drain()
    again = slot.takes.get(take_no=3)
    assert again.fingerprint == cleaned.fingerprint and again.parent == cleaned and again.is_whole
    assert again.measures == cleaned.measures and slot.chosen_id != again.pk


def test_a_mutation_of_it_needs_no_files(browser, pack, slot, cleaned):
    Sound.objects.update(engine="procedural")
    browser.post(f"/packs/{pack.slug}/rows/idle/mutate/", {"sound": cleaned.uuid})
    (job,) = Job.objects.unfinished()
    assert job.payload["parent"] == cleaned.pk


def test_its_page_says_so_and_makes_it_again(browser, cleaned):
    page = browser.get(f"/sounds/{cleaned.uuid}/").content.decode()
    assert "Its files were cleaned up on" in page and "Make it again" in page
    assert 'id="play"' not in page and "Take away" not in page
    browser.post(f"/sounds/{cleaned.uuid}/more/", {"again": "1"})
    drain()
    again = Sound.objects.latest("pk")
    assert again.fingerprint == cleaned.fingerprint and again.is_whole
    assert 'id="play"' in browser.get(f"/sounds/{again.uuid}/").content.decode()


def test_programs_are_told_gone_and_how_to_have_it_again(browser, cleaned):
    told = browser.get(f"/api/sounds/{cleaned.uuid}").json()
    assert told["cleaned_at"] and told["formats"] == []
    for what in ("", "?format=mp3", "?format=flac", "/peaks", "/spectrogram.png"):
        answer = problem(browser.get(f"/api/audio/{cleaned.uuid}{what}"), 410)
        assert "cleaned up" in answer["detail"] and "regenerate" in answer["detail"]
    wish = {"seed": cleaned.seed}
    made = browser.post(
        f"/api/sounds/{cleaned.uuid}/regenerate?wait=0", wish, content_type="application/json"
    )
    assert made.status_code == 202
    drain()
    again = Sound.objects.latest("pk")
    assert again.fingerprint == cleaned.fingerprint
    assert browser.get(f"/api/audio/{again.uuid}").status_code == 200


def test_a_program_cannot_choose_it(browser, pack, cleaned):
    url = f"/api/collections/{pack.collection.uuid}/slots/idle/choose"
    answer = browser.post(url, {"sound": str(cleaned.uuid)}, content_type="application/json")
    assert "make it again" in problem(answer, 410)["detail"]


def test_the_zip_of_a_batch_says_which_take_is_gone(browser, cleaned):
    answer = browser.post("/api/export/zip", {"sounds": [str(cleaned.uuid)]}, content_type="application/json")
    assert "was cleaned up" in problem(answer, 410)["detail"]


def test_the_pack_is_built_as_ever(pack, cleaned):
    submit_build(pack)
    drain()
    assert Build.objects.get().items.count() == 3


def test_a_rendition_of_it_is_refused_in_words(cleaned):
    from sounds.renditions import order

    job = order(cleaned, "ogg")
    drain()
    job.refresh_from_db()
    assert job.status == Status.FAILED and job.error == "The sound's files were cleaned up; make it again."


def test_the_admin_shows_no_player_and_chooses_it_for_nothing(slot, cleaned):
    staff = signed_in(somebody("boss", is_staff=True, is_superuser=True))
    page = staff.get("/admin/sounds/sound/?cleaned_at__isempty=0").content.decode()
    assert "cleaned up" in page and f"/sounds/{cleaned.uuid}/audio.wav" not in page
    assert (
        "regenerate it with its seed"
        in staff.get(f"/admin/sounds/sound/{cleaned.pk}/change/").content.decode()
    )
    choose = {"action": "choose", "_selected_action": [cleaned.pk]}
    told = staff.post("/admin/sounds/sound/", choose, follow=True).content.decode()
    assert "1 takes were cleaned up and cannot be chosen" in told
    told = staff.post(
        f"/admin/sounds/sound/compare/choose/{cleaned.pk}/{slot.pk}/", follow=True
    ).content.decode()
    assert "make it again" in told
    slot.refresh_from_db()
    assert slot.chosen != cleaned
