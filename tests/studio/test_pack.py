"""The page of a pack: its rows, what people do with them, its bar."""

from __future__ import annotations

import json
import re
import shutil
from html import unescape
from typing import Any
from uuid import uuid4
from zipfile import ZipFile

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from jobs import worker
from jobs.models import Job, Status
from jobs.run import drain
from packs.models import Build, Pack
from sounds.models import Favourite, Slot, Sound, Theme
from sounds.prompts.seeds import MAX_SEED
from tests.studio.conftest import Make


def rows(html: bytes) -> dict[str, dict[str, Any]]:
    """Key to the attributes of each row in a page or an update, its takes read."""
    found = {}
    for tag in re.findall(r"<li class=\"row\"[^>]*>", html.decode()):
        row = {name: unescape(value) for name, value in re.findall(r'data-([a-z-]+)="([^"]*)"', tag)}
        row["takes"] = json.loads(row["takes"])
        found[row["key"]] = row
    return found


class Person:
    """Presses the buttons of one pack."""

    def __init__(self, client: Client, pack: Pack) -> None:
        self.client = client
        self.pack = pack

    def press(self, path: str, *, status: int = 200, **values: Any) -> Any:
        answer = self.client.post(f"/packs/{self.pack.slug}/{path}/", values)
        assert answer.status_code == status, answer.content.decode()
        return answer

    def look(self) -> dict[str, dict[str, Any]]:
        return rows(self.client.get(f"/packs/{self.pack.slug}/").content)

    def slot(self, key: str = "idle") -> Slot:
        return self.pack.collection.slots.get(key=key)

    def takes(self, key: str = "idle") -> list[Sound]:
        return list(self.slot(key).takes.order_by("take_no"))


@pytest.fixture
def ada(browser: Client, make: Make) -> Person:
    return Person(browser, make())


def test_a_row_goes_from_queued_to_filled_and_tells_its_take(browser: Client, make: Make) -> None:
    ada = Person(browser, make(work=False))
    before = ada.look()["idle"]
    assert before["state"] == "queued" and before["takes"] == []
    drain()
    after = ada.look()["idle"]
    (take,) = after["takes"]
    assert after["state"] == "filled" and take["chosen"] and len(take["outline"]) == 96
    assert ada.look()["session_start"]["state"] == "off"


def test_a_failed_row_says_why_and_is_tried_again(ada: Person) -> None:
    ada.press("rows/idle/take")
    Job.objects.unfinished().update(
        status=Status.FAILED, error="The horn is bent.", finished_at=timezone.now()
    )
    page = ada.client.get(f"/packs/{ada.pack.slug}/").content
    assert rows(page)["idle"]["state"] == "failed" and b"The horn is bent." in page
    ada.press("rows/idle/retry")
    drain()
    assert ada.look()["idle"]["state"] == "filled" and len(ada.takes()) == 2


def test_new_takes_and_mutations_join_the_row_and_leave_its_choice_alone(browser: Client, make: Make) -> None:
    ada = Person(browser, make(engine="procedural", hook=["idle"]))
    (first,) = ada.takes()
    ada.press("rows/idle/take", sound=first.uuid)
    ada.press("rows/idle/mutate", sound=first.uuid)
    drain()
    assert [take.parent_id for take in ada.takes()] == [None, first.pk, first.pk]
    assert ada.takes()[2].brief["knobs"] and ada.takes()[2].seed == first.seed
    assert ada.slot().chosen_id == first.pk


def test_an_engine_without_knobs_says_so(ada: Person) -> None:
    answer = ada.press("rows/idle/mutate", status=400, sound=ada.takes()[0].uuid)
    assert b"has no knobs to turn" in answer.content


def test_a_choice_is_taken_back_at_any_depth_but_no_row_is_emptied(ada: Person) -> None:
    for _ in range(2):
        ada.press("rows/idle/take")
        drain()
    first, second, third = ada.takes()
    ada.press("rows/idle/choose", sound=second.uuid)
    ada.press("rows/idle/choose", sound=third.uuid)
    answer = ada.press("undo")
    assert json.loads(answer["HX-Trigger"])["studio:undone"] == {"key": "idle"}
    assert ada.slot().chosen_id == second.pk
    ada.press("undo")
    assert ada.slot().chosen_id == first.pk
    assert b"no choice left" in ada.press("undo", status=400).content
    assert ada.pack.collection.slots.filter(enabled=True, chosen=None).count() == 0


def test_a_locked_row_is_neither_chosen_for_nor_made_anew(ada: Person) -> None:
    ada.press("rows/idle/take")
    drain()
    ada.press("rows/idle/lock")
    assert b"locked" in ada.press("rows/idle/choose", status=423, sound=ada.takes()[1].uuid).content
    ada.press("generate")
    drain()
    assert len(ada.takes("idle")) == 2 and len(ada.takes("tool_error")) == 2
    assert ada.slot("tool_error").chosen_id == ada.takes("tool_error")[1].pk


def test_generate_all_twice_makes_nothing_twice(ada: Person) -> None:
    ada.press("generate")
    assert b"waits for a take already" in ada.press("generate", status=409).content
    assert Job.objects.unfinished().count() == 3


def test_one_row_or_all_are_cancelled(ada: Person) -> None:
    ada.press("generate")
    ada.press("rows/idle/cancel")
    assert Job.objects.filter(status=Status.CANCELLED).count() == 1
    ada.press("cancel")
    assert not Job.objects.unfinished().exists()
    assert b"Nothing is being made" in ada.press("rows/idle/cancel", status=400).content


def test_a_row_has_a_length_and_words_of_its_own(ada: Person) -> None:
    ada.press("rows/idle/edit", enabled="on", length="3", prompt="deep bell")
    ada.press("rows/idle/take")
    drain()
    newest = ada.takes()[-1]
    assert newest.duration_s == 3 and "deep bell" in newest.brief["prompt"]
    ada.press("rows/idle/edit", length="3")
    assert not ada.slot().enabled and ada.look()["idle"]["state"] == "off"
    assert b"0.5 to 5" in ada.press("rows/idle/edit", status=400, length="77").content


def test_a_hook_that_came_later_gets_a_row(ada: Person) -> None:
    ada.slot("question").delete()
    ada.press("rows/add", status=302, hook="question")
    assert ada.slot("question").hook_id
    assert b"no such hook" in ada.press("rows/add", status=400, hook="nothing").content


def test_rank_and_favourite_are_switched_by_pressing_again(ada: Person) -> None:
    take = ada.takes()[0]
    assert ada.client.post(f"/sounds/{take.uuid}/rank/", {"rank": "2"}).json() == {"rank": 2}
    assert ada.client.post(f"/sounds/{take.uuid}/rank/", {"rank": "2"}).json() == {"rank": None}
    assert ada.client.post(f"/sounds/{take.uuid}/rank/", {"rank": "6"}).status_code == 400
    assert ada.client.post(f"/sounds/{take.uuid}/like/").json() == {"liked": True}
    assert ada.look()["idle"]["takes"][0]["liked"]
    assert ada.client.post(f"/sounds/{take.uuid}/like/").json() == {"liked": False}
    assert not Favourite.objects.exists()


def test_the_zip_is_built_once_for_the_same_sounds(ada: Person, monkeypatch) -> None:
    monkeypatch.setattr("studio.builds.wait", lambda batch, seconds: drain())
    urls = [json.loads(ada.press("build")["HX-Trigger"])["studio:built"]["url"] for _ in range(2)]
    assert urls == ["/packs/jazz/1.0.0.zip"] * 2
    names = ZipFile(Build.objects.get().location).namelist()
    assert "sounds/idle.wav" in names and "manifest.json" in names
    assert "version 1.0.0" in ada.client.get("/packs/jazz/").content.decode()


def test_a_pack_with_an_empty_row_says_which_instead_of_building(browser: Client, make: Make) -> None:
    ada = Person(browser, make(work=False))
    answer = ada.press("build", status=409)
    assert b"Nothing is chosen for" in answer.content and b"tool_error" in answer.content


def test_the_bar_tells_coverage_badge_and_licence(ada: Person) -> None:
    page = ada.client.get("/packs/jazz/").content.decode()
    assert "ccbell 2/4" in page and "CESP 2/6" in page and "even, quick, clean" in page
    Sound.objects.filter(pk=ada.slot().chosen_id).update(loudness_lufs=-9)
    page = ada.client.get("/packs/jazz/").content.decode()
    assert "no badge yet" in page and "louder than it is meant to be" in page


def test_rows_are_asked_for_by_key_or_by_job(ada: Person) -> None:
    ada.press("rows/idle/take")
    job = Job.objects.unfinished().get()
    assert set(rows(ada.client.get(f"/packs/jazz/rows/?job={job.uuid}").content)) == {"idle"}
    assert set(rows(ada.client.get("/packs/jazz/rows/?key=tool_error").content)) == {"tool_error"}
    assert set(rows(ada.client.get("/packs/jazz/rows/?job=nonsense").content)) == set()
    assert len(rows(ada.client.get("/packs/jazz/rows/?key=*").content)) == 15


def test_somebody_else_listens_but_changes_nothing(ada: Person) -> None:
    bea = Client()
    bea.force_login(User.objects.create_user("bea"))
    page = bea.get("/packs/jazz/").content.decode()
    assert "Play all" in page and "Generate all" not in page
    for path in (
        "generate",
        "cancel",
        "undo",
        "build",
        "describe",
        "lock",
        "rows/idle/take",
        "rows/idle/lock",
    ):
        answer = bea.post(f"/packs/jazz/{path}/")
        assert answer.status_code == 403 and b"owner and staff" in answer.content, path
    take = ada.takes()[0]
    assert bea.post(f"/sounds/{take.uuid}/rank/", {"rank": "1"}).status_code == 403
    assert bea.post(f"/sounds/{take.uuid}/like/").json() == {"liked": True}


def test_a_locked_pack_stays_as_it_is(ada: Person) -> None:
    ada.press("lock", status=302)
    assert b"unlock it first" in ada.press("generate", status=423).content
    ada.press("lock", status=302)
    ada.press("generate")


def test_title_description_and_author_are_changed_or_refused(ada: Person) -> None:
    ada.press("describe", status=302, title="Blue", description="After midnight.", author="Ada")
    pack = Pack.objects.select_related("collection").get()
    assert (pack.collection.title, pack.description, pack.author) == ("Blue", "After midnight.", "Ada")
    assert b"Give the pack a title" in ada.press("describe", status=400, title=" ").content
    assert ada.press("describe", status=400, title="x" * 200).content
    assert ada.press("describe", status=400, title="x", description="y" * 300).content


def test_a_script_of_somebody_signed_out_gets_a_sentence(ada: Person) -> None:
    answer = Client().post("/packs/jazz/generate/", headers={"HX-Request": "true"})
    assert answer.status_code == 401 and b"sign in" in answer.content


def test_what_is_not_there_is_a_page_that_says_so(ada: Person) -> None:
    for path in ("/packs/nothing/", "/sounds/00000000-0000-0000-0000-000000000000/"):
        assert ada.client.get(path).status_code == 404
    ada.press("rows/nothing/take", status=404)
    assert b"no such take" in ada.press("rows/idle/choose", status=400, sound="nonsense").content


def test_a_take_whose_file_is_gone_is_not_chosen(ada: Person) -> None:
    ada.press("rows/idle/take")
    drain()
    shutil.rmtree(ada.takes()[1].folder)
    assert (
        b"file of this take is gone"
        in ada.press("rows/idle/choose", status=400, sound=ada.takes()[1].uuid).content
    )


def test_two_people_who_lock_at_once_both_get_what_they_pressed(ada: Person) -> None:
    for wanted in ("on", "on", ""):
        ada.press("rows/idle/lock", locked=wanted)
        assert ada.slot().locked == bool(wanted)


def test_a_theme_that_is_switched_off_makes_nothing_and_says_so(ada: Person) -> None:
    Theme.objects.filter(slug="jazz").update(enabled=False)
    assert b"Jazz is switched off" in ada.press("generate", status=400).content


def test_what_an_administrator_wrote_into_a_row_by_hand_breaks_no_page(ada: Person) -> None:
    for brief in ([1], {"foo": 2}, {"duration_s": 2.0, "foo": 3}):
        Slot.objects.filter(pk=ada.slot().pk).update(brief=brief)
        ada.look()
    ada.press("rows/idle/take")
    drain()
    assert ada.takes()[-1].duration_s == 2.0


def test_a_page_from_before_another_login_says_that_it_is_out_of_date(ada: Person) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(ada.pack.collection.owner)
    answer = strict.post("/packs/jazz/generate/", headers={"HX-Request": "true"})
    assert answer.status_code == 403 and b"reload it" in answer.content
    assert strict.post("/login/", {"username": "ada", "password": "ada"}).url == "/login/"


def test_refusals_are_sentences_for_scripts_and_pages_for_people(ada: Person) -> None:
    for headers, kind in (({"HX-Request": "true"}, "text/plain"), ({}, "text/html")):
        for path in ("/packs/nothing/generate/", "/sounds/00000000-0000-0000-0000-000000000000/like/"):
            answer = ada.client.post(path, headers=headers)
            assert answer.status_code == 404 and answer["Content-Type"].startswith(kind)
            assert b"query" not in answer.content


def test_who_was_signed_out_comes_back_to_the_page_and_not_to_what_was_posted(ada: Person) -> None:
    headers = {"Referer": "http://testserver/packs/jazz/"}
    answer = Client().post("/packs/jazz/describe/", {"title": "Blue"}, headers=headers)
    assert answer.url == "/login/?next=/packs/jazz/"
    elsewhere = Client().post("/packs/jazz/describe/", headers={"Referer": "http://evil.example/packs/"})
    assert elsewhere.url == "/login/?next=/"


def test_without_a_worker_the_page_says_that_nothing_moves(ada: Person) -> None:
    worker.give_up()  # that is us, who made the pack
    ada.press("rows/idle/take")
    assert b"No worker runs" in ada.client.get("/packs/jazz/").content


def test_a_page_of_many_takes_asks_few_questions(ada: Person, django_assert_max_num_queries) -> None:
    slot, one = ada.slot(), ada.takes()[0]
    Sound.objects.bulk_create(_copies(slot, one, 200))
    with django_assert_max_num_queries(22):
        assert len(ada.look()["idle"]["takes"]) == 201


def _copies(slot: Slot, one: Sound, number: int) -> list[Sound]:
    fields = {field.attname: getattr(one, field.attname) for field in Sound._meta.concrete_fields}
    del fields["id"]
    return [
        Sound(**fields | {"uuid": uuid4(), "take_no": 2 + n, "seed": (one.seed + n) % MAX_SEED})
        for n in range(number)
    ]
