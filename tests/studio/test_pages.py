"""The pages around: packs, comparison, a sound, jobs, engines."""

from __future__ import annotations

from django.test import Client

from accounts.models import User
from jobs.models import Job, Status
from jobs.run import drain
from sounds.models import Sound
from tests.studio.conftest import Make


def test_empty_pages_say_what_to_do(browser: Client) -> None:
    assert b"There is no pack yet" in browser.get("/packs/").content
    assert b"The queue is empty" in browser.get("/jobs/").content
    assert b"Choose two packs" in browser.get("/compare/").content


def test_every_page_lets_in_scripts_of_the_studio_alone(browser: Client) -> None:
    for client, path in ((Client(), "/login/"), (browser, "/"), (browser, "/packs/"), (browser, "/nothing/")):
        assert "default-src 'self'" in client.get(path)["Content-Security-Policy"], path
    assert "Content-Security-Policy" not in browser.get("/admin/login/")


def test_the_list_of_packs_shows_how_each_stands(
    browser: Client, make: Make, django_assert_max_num_queries
) -> None:
    for _ in range(3):
        make()
    with django_assert_max_num_queries(8):
        page = browser.get("/packs/").content.decode()
    assert page.count("3/3 sounds") == 3 and "not built yet" in page


def test_two_packs_are_compared_hook_by_hook(browser: Client, make: Make) -> None:
    make(), make(hook=["idle", "question"])
    page = browser.get("/compare/?a=jazz&b=jazz-2").content.decode()
    assert page.count("data-sound=") == 5 and 'data-key="question"' in page
    assert browser.get("/compare/?a=jazz&b=nothing").status_code == 404


def test_a_sound_tells_where_it_comes_from_and_what_came_of_it(browser: Client, make: Make) -> None:
    pack = make()
    take = pack.collection.slots.get(key="idle").takes.get()
    answer = browser.post(f"/sounds/{take.uuid}/more/")
    assert answer.url == f"/sounds/{take.uuid}/"
    drain()
    child = Sound.objects.get(parent=take)
    assert str(child.uuid) in browser.get(f"/sounds/{take.uuid}/").content.decode()
    page = browser.get(f"/sounds/{child.uuid}/").content.decode()
    assert str(take.uuid) in page and str(child.seed) in page and "this one" in page


def test_people_see_and_change_their_own_jobs_and_staff_all(browser: Client, make: Make) -> None:
    make(work=False)
    job = Job.objects.unfinished().order_by("pk").first()
    assert job
    bea = Client()
    bea.force_login(User.objects.create_user("bea"))
    assert b"The queue is empty" in bea.get("/jobs/").content
    assert bea.post(f"/jobs/{job.uuid}/cancel/").status_code == 404
    assert browser.post(f"/jobs/{job.uuid}/cancel/").status_code == 204
    assert b"has ended already" in browser.post(f"/jobs/{job.uuid}/cancel/").content
    assert browser.get("/jobs/?status=cancelled").content.count(b"data-job=") == 1
    assert browser.post(f"/jobs/{job.uuid}/retry/").status_code == 204
    job.refresh_from_db()
    assert job.status == Status.QUEUED
    root = Client()
    root.force_login(User.objects.create_superuser("root"))
    assert root.get("/jobs/").content.count(b"data-job=") == 3
    assert b"No job is failed" in root.get("/jobs/?status=failed").content


def test_engines_say_what_they_are_doing_and_only_staff_unload_them(browser: Client) -> None:
    page = browser.get("/engines/").content.decode()
    assert "Procedural" in page and "install_model" in page
    assert browser.post("/engines/procedural/unload/").status_code == 403
