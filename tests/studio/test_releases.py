"""Publishing from the studio's pages: what a person sees before, meanwhile, after, and when it fails."""

from __future__ import annotations

import pytest
from django.test import Client

from accounts.models import User
from jobs.models import Job
from jobs.run import drain
from packs.models import Build, Pack
from releases.models import Release
from tests.releases.conftest import github as github
from tests.studio.conftest import Make
from tests.support.github import FakeGithub
from tests.support.library import signed_in

pytestmark = pytest.mark.django_db(transaction=True)
PAGE = "/packs/jazz/publish/"


@pytest.fixture
def staff(person: User) -> Client:
    person.is_staff = True
    person.save()
    return signed_in(person)


@pytest.fixture
def jazz(make: Make, monkeypatch) -> Pack:
    monkeypatch.setattr("studio.builds.wait", lambda batch, seconds: drain())
    return make()


def shown(client: Client, address: str, **options: object) -> str:
    answer = client.get(address, **options)  # type: ignore[arg-type]
    assert answer.status_code == 200
    return answer.content.decode()


def test_one_press_builds_what_is_chosen_and_publishes_it(staff: Client, jazz: Pack, github: FakeGithub):
    before = shown(staff, PAGE)
    assert "jazz-v1.0.0" in before and "somebody/packs" in before and "built when you publish" in before
    assert staff.post(PAGE).url == PAGE
    waiting = shown(staff, PAGE)
    assert "It is on its way" in waiting and "waiting for a worker" in waiting
    assert str(Job.objects.get(kind="releases.publish").uuid) in waiting
    drain()
    after = shown(staff, PAGE)
    assert "Just these sounds are out already" in after and "Published" in after
    release = Release.objects.get()
    line = f"curl -fsSLO {release.zip_url} &amp;&amp; python3 {Build.objects.get().file_name} --for ccbell"
    assert line in after and release.url in shown(staff, "/releases/")


def test_the_files_come_along_where_that_is_ticked(staff: Client, jazz: Pack, github: FakeGithub):
    staff.post(PAGE, {"tree": "on"})
    drain()
    assert "also as files" in shown(staff, PAGE) and "manifest_sha256" in shown(staff, PAGE)
    assert Release.objects.get().commit


def test_other_words_are_a_patch_and_other_sounds_a_minor_version(
    staff: Client, jazz: Pack, github: FakeGithub
):
    staff.post(PAGE)
    drain()
    staff.post("/packs/jazz/describe/", {"title": "Late jazz", "author": "Ada", "description": "Brushes."})
    assert "jazz-v1.0.1" in shown(staff, PAGE)
    staff.post("/packs/jazz/rows/idle/take/")
    drain()
    slot = jazz.collection.slots.get(key="idle")
    staff.post("/packs/jazz/rows/idle/choose/", {"sound": slot.takes.order_by("-pk").first().uuid})
    assert "jazz-v1.1.0" in shown(staff, PAGE)
    staff.post(PAGE)
    drain()
    assert set(Release.objects.values_list("tag", flat=True)) == {"jazz-v1.0.0", "jazz-v1.1.0"}


def test_what_failed_says_why_and_is_tried_again(staff: Client, jazz: Pack, github: FakeGithub):
    github.read_only = True
    staff.post(PAGE)
    drain()
    failed = shown(staff, PAGE)
    job = Release.objects.get().job
    assert job and job.error and "not published" in failed and "Try again" in failed
    github.read_only = False
    assert staff.post(f"/jobs/{job.uuid}/retry/").status_code == 204
    drain()
    assert Release.objects.get().state == Release.State.PUBLISHED


def test_only_staff_publish_and_everybody_may_look(browser: Client, jazz: Pack, github: FakeGithub):
    assert "Only staff publish" in shown(browser, PAGE)
    answer = browser.post(PAGE)
    assert answer.status_code == 403 and "Only staff publish" in answer.content.decode()
    assert browser.post("/releases/refresh/").status_code == 403
    assert "Nothing was published yet" in shown(browser, "/releases/")
    assert 'id="publish"' not in shown(browser, "/packs/jazz/")


def test_without_a_token_the_page_says_which_variables_to_set(staff: Client, jazz: Pack, settings):
    settings.GITHUB_TOKEN = settings.GITHUB_REPO_OWNER = settings.GITHUB_REPO_NAME = ""
    assert "Set GITHUB_TOKEN" in shown(staff, PAGE) and "Set GITHUB_TOKEN" in shown(staff, "/releases/")
    answer = staff.post(PAGE)
    assert answer.status_code == 409 and "Set GITHUB_TOKEN" in answer.content.decode()


def test_withdrawing_asks_for_the_tag(staff: Client, jazz: Pack, github: FakeGithub):
    staff.post(PAGE)
    drain()
    release = Release.objects.get()
    address = f"/releases/{release.pk}/withdraw/"
    assert "Type <code>jazz-v1.0.0</code>" in shown(staff, address)
    assert staff.post(address, {"tag": "jazz"}).status_code == 400
    assert github.repo.releases
    assert staff.post(address, {"tag": "jazz-v1.0.0"}).url == PAGE
    drain()
    assert not github.repo.releases and not github.repo.tags()
    assert "withdrawn" in shown(staff, "/releases/")


def test_what_somebody_deleted_on_github_is_told_after_a_refresh(staff: Client, jazz, github: FakeGithub):
    staff.post(PAGE)
    drain()
    github.repo.releases.clear()
    assert staff.post("/releases/refresh/").url == "/releases/"
    drain()
    listed = shown(staff, "/releases/", headers={"HX-Request": "true"})
    assert "Gone" in listed and "<html" not in listed


def test_a_release_that_is_not_there_is_said(staff: Client, db):
    assert staff.get("/releases/4711/withdraw/").status_code == 404


def test_an_attempt_that_came_to_nothing_is_forgotten_and_one_that_was_out_is_not(
    staff: Client, jazz: Pack, github: FakeGithub
):
    github.read_only = True
    staff.post(PAGE)
    drain()
    address = f"/releases/{Release.objects.get().pk}/forget/"
    assert address in shown(staff, PAGE)
    github.read_only = False
    assert staff.post(address).status_code == 204 and not Release.objects.exists()
    staff.post(PAGE)
    drain()
    release = Release.objects.get()
    answer = staff.post(f"/releases/{release.pk}/forget/", headers={"HX-Request": "true"})
    assert answer.status_code == 409 and "its version stays used" in answer.content.decode()


def test_without_settings_nothing_is_offered_that_needs_them(staff: Client, jazz, github, settings):
    github.read_only = True
    staff.post(PAGE)
    drain()
    settings.GITHUB_TOKEN = ""
    assert "Try again" not in shown(staff, "/releases/") and "Forget" in shown(staff, "/releases/")
