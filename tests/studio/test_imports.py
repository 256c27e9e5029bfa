"""Packs from elsewhere on the pages: brought in, shown with where they come from, mastered anew."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from accounts.models import User
from jobs.models import Job, Status
from jobs.run import drain
from packs.models import Pack
from sounds import uploads
from sounds.models import Sound
from tests.packs.api.test_importing import zipped
from tests.packs.conftest import content, good_zip
from tests.packs.importing.conftest import Pack as Make
from tests.packs.importing.conftest import cesp
from tests.packs.support import tone, write_audio
from tests.studio.conftest import Make as MakePack
from tests.studio.test_pack import Person, rows

__all__ = ["cesp", "content", "good_zip"]


def bring(client: Client, data: bytes, name: str = "orcs.zip", **fields: Any) -> Any:
    headers = fields.pop("headers", {})
    return client.post("/imports/", {"pack": SimpleUploadedFile(name, data), **fields}, headers=headers)


@pytest.fixture
def late(cesp: Make) -> bytes:
    """A pack of one sound that begins late, and one that nobody can decode."""
    pack = cesp({"session.start": ["a.wav"], "session.end": ["b.wav"]}, name="late")
    write_audio(pack / "a.wav", tone(silence_s=0.3))
    (pack / "b.wav").write_bytes(b"RIFF\x04\x00\x00\x00WAVE")
    return zipped(pack)


def test_a_zip_leads_to_the_page_of_its_pack_whose_rows_fill(
    browser: Client, person: User, good_zip: Path
) -> None:
    answer = bring(browser, good_zip.read_bytes())
    assert answer.status_code == 302 and answer.url == "/packs/sci-fi/"
    page = browser.get(answer.url).content
    before = rows(page)
    assert before["idle"]["state"] == "queued" and b"of <b>9</b>" in page
    job = Job.objects.get(uuid=before["idle"]["job"])
    drain()
    (after,) = rows(browser.get(f"/packs/sci-fi/rows/?job={job.uuid}").content).values()
    (take,) = after["takes"]
    assert after["key"] == "idle" and after["state"] == "filled" and take["chosen"]
    assert take["engine"] == "import" and len(take["outline"]) == 96
    assert Pack.objects.get().collection.owner == person
    assert before["question"]["state"] == "off"


def test_a_script_is_told_where_to_go(browser: Client, good_zip: Path) -> None:
    answer = bring(browser, good_zip.read_bytes(), headers={"HX-Request": "true"})
    assert answer.json() == {"url": "/packs/sci-fi/"}


def test_what_is_no_pack_is_said_on_a_page_or_to_a_script(browser: Client) -> None:
    page = bring(browser, b"words")
    assert page.status_code == 400 and b"orcs.zip is no zip" in page.content and b"<html" in page.content
    said = bring(browser, b"words", headers={"HX-Request": "true"})
    assert said.content.decode() == "orcs.zip is no zip, or its end is missing; download it again."
    assert b"Choose the zip of a pack first." in browser.post("/imports/", {}).content
    assert b"Choose the zip of a pack first." in bring(browser, b"").content
    assert not Pack.objects.exists() and not list(uploads.folder().iterdir())


def test_only_who_is_signed_in_and_sends_the_token_brings_packs(person: User, good_zip: Path) -> None:
    data = good_zip.read_bytes()
    assert bring(Client(), data).url.startswith("/login/")
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(person)
    assert bring(strict, data).status_code == 403 and not Pack.objects.exists()
    strict.get("/packs/")
    token = strict.cookies["csrftoken"].value
    assert bring(strict, data, csrfmiddlewaretoken=token).status_code == 302
    assert bring(strict, data, headers={"X-CSRFToken": token}).status_code == 302


def test_a_row_that_did_not_come_in_says_why_and_can_be_tried_again(browser: Client, late: bytes) -> None:
    bring(browser, late)
    drain()
    ada = Person(browser, Pack.objects.get())
    assert ada.look()["session_end"]["state"] == "failed"
    assert b"b.wav cannot be decoded" in browser.get("/packs/late/").content
    ada.press("rows/session_end/retry")
    assert Job.objects.unfinished().count() == 1
    ada.press("cancel")
    assert not Job.objects.unfinished().exists()


def test_remaster_is_offered_while_it_helps_and_does(browser: Client, late: bytes) -> None:
    bring(browser, late)
    drain()
    ada = Person(browser, Pack.objects.get())
    assert b'id="remaster"' in browser.get("/packs/late/").content
    answer = ada.press("remaster")
    assert rows(answer.content)["session_start"]["state"] == "queued"
    assert b"waits for a take already" in ada.press("remaster", status=409).content
    drain()
    assert [take.engine for take in ada.takes("session_start")] == ["import", "remaster"]
    assert ada.slot("session_start").chosen == ada.takes("session_start")[1]
    assert b'id="remaster"' not in browser.get("/packs/late/").content
    ada.press("undo")
    assert ada.slot("session_start").chosen == ada.takes("session_start")[0]


def test_packs_of_others_are_not_remastered_for_them(browser: Client, late: bytes) -> None:
    bring(browser, late)
    drain()
    eve = Client()
    eve.force_login(User.objects.create_user("eve"))
    assert b'id="remaster"' not in eve.get("/packs/late/").content
    assert eve.post("/packs/late/remaster/").status_code == 403


def test_a_failed_remastering_shows_in_its_row(browser: Client, late: bytes) -> None:
    bring(browser, late)
    drain()
    ada = Person(browser, Pack.objects.get())
    ada.press("remaster")
    Job.objects.unfinished().update(status=Status.FAILED, error="It is hollow.", finished_at=timezone.now())
    assert ada.look()["session_start"]["state"] == "failed"


def test_a_sound_tells_what_its_pack_said_and_is_not_made_anew(browser: Client, good_zip: Path) -> None:
    bring(browser, good_zip.read_bytes())
    drain()
    sound = Sound.objects.get(hook="idle")
    page = browser.get(f"/sounds/{sound.uuid}/").content.decode()
    assert "Where it comes from" in page and "sounds/idle.wav" in page and "Make another like" not in page
    assert b"was not made here" in browser.post(f"/sounds/{sound.uuid}/more/").content
    ada = Person(browser, Pack.objects.get())
    assert b"was not made here" in ada.press("rows/idle/mutate", sound=sound.uuid, status=400).content


def test_a_sound_of_one_pack_is_taken_into_another(browser: Client, make: MakePack, good_zip: Path) -> None:
    bring(browser, good_zip.read_bytes())
    ours = make()
    theirs = Pack.objects.get(slug="sci-fi").collection.slots.get(key="prompt_submit").chosen
    assert theirs
    page = browser.get("/compare/?a=jazz&b=sci-fi").content.decode()
    assert 'data-adopt="/packs/jazz/rows/prompt_submit/adopt/"' in page
    ada = Person(browser, ours)
    ada.press("rows/prompt_submit/adopt", sound=theirs.uuid, status=204)
    drain()
    (taken,) = ada.takes("prompt_submit")
    slot = ada.slot("prompt_submit")
    assert slot.chosen == taken and slot.enabled and taken.parent == theirs
    assert b"no such take" in ada.press("rows/idle/adopt", sound="nothing", status=400).content
    ada.press("rows/idle/lock", locked="on")
    assert b"is locked" in ada.press("rows/idle/adopt", sound=theirs.uuid, status=423).content
    eve = Client()
    eve.force_login(User.objects.create_user("eve"))
    assert eve.post("/packs/jazz/rows/idle/adopt/", {"sound": theirs.uuid}).status_code == 403
    assert b"data-adopt" not in eve.get("/compare/?a=jazz&b=sci-fi").content
