"""Publishing over HTTP, as programs do it."""

from __future__ import annotations

import pytest
from django.test import Client

from accounts.models import Scope
from jobs.run import drain
from packs.models import Build, Pack
from releases.models import Release
from sounds.models import Collection
from tests.releases.support import make_build, published
from tests.support.library import JSON, bearer, problem, signed_in, somebody

pytestmark = pytest.mark.django_db(transaction=True)

PUBLISH, LIST, REFRESH = "/api/release/github", "/api/release/list", "/api/release/refresh"


@pytest.fixture
def staff(db) -> Client:
    return signed_in(somebody("staff", is_staff=True))


@pytest.fixture
def worker(monkeypatch):
    """What waits for a worker finds that it was there."""
    from releases.api import releases

    real = releases.wait

    def wait(batch, seconds: float) -> bool:
        if seconds:
            drain()
        return real(batch, seconds)

    monkeypatch.setattr(releases, "wait", wait)


def test_a_build_is_published_while_one_waits(github, build: Build, staff: Client, worker):
    answer = staff.post(PUBLISH, {"pack": "sci-fi"}, JSON)
    assert answer.status_code == 201
    told = answer.json()
    assert told["job"]["status"] == "completed"
    release = told["release"]
    assert (release["pack"], release["version"], release["tag"]) == ("sci-fi", "1.0.0", "sci-fi-v1.0.0")
    assert (release["state"], release["by"], release["tree"]) == ("published", "staff", False)
    assert (
        release["install"]["ccbell"].endswith("--for ccbell")
        and release["zip_url"] in release["install"]["OpenPeon"]
    )
    assert release["assets"][build.file_name]["sha256"] == build.zip_sha256
    assert len(github.repo.published()) == 1


def test_without_waiting_the_job_is_told(github, content, db, staff: Client):
    make_build(content)
    make_build(content, "1.1.0")
    answer = staff.post(f"{PUBLISH}?wait=0", {"pack": "sci-fi", "version": "1.0.0", "tree": True}, JSON)
    assert answer.status_code == 202
    told = answer.json()
    assert told["release"]["state"] == "publishing" and told["job"]["status"] == "queued"
    assert (
        "being worked on"
        in problem(staff.post(PUBLISH, {"pack": "sci-fi", "version": "1.0.0"}, JSON), 409)["detail"]
    )
    drain()
    release = staff.get("/api/release/sci-fi-v1.0.0").json()
    assert release["state"] == "published" and release["registry_entry"]["source_ref"] == "sci-fi-v1.0.0"
    assert staff.get(f"/api/release/{release['id']}").json() == release


def test_a_publish_that_fails_says_why(github, build: Build, staff: Client, worker):
    github.repo.archived = True
    answer = staff.post(PUBLISH, {"pack": "sci-fi"}, JSON)
    assert answer.status_code == 202
    assert "archived" in answer.json()["release"]["error"] == answer.json()["job"]["error"]


def test_without_settings_the_variables_are_named(build: Build, staff: Client):
    for answer in (staff.post(PUBLISH, {"pack": "sci-fi"}, JSON), staff.post(REFRESH, {}, JSON)):
        sentence = problem(answer, 409)["detail"]
        assert sentence.startswith("Set GITHUB_TOKEN, GITHUB_REPO_OWNER and GITHUB_REPO_NAME to publish")
    assert not Release.objects.exists()


@pytest.mark.parametrize(
    "wish, field, words",
    [
        ({}, "pack", "required"),
        ({"pack": "none"}, "pack", "There is no pack “none”."),
        ({"pack": 7}, "pack", "valid string"),
        ({"pack": "sci-fi", "version": "1.0"}, "version", "is no version"),
        ({"pack": "sci-fi", "version": "9.0.0"}, "version", "sci-fi has no build 9.0.0."),
        ({"pack": "sci-fi", "tree": "perhaps"}, "tree", "boolean"),
        ({"pack": "sci-fi", "draft": True}, "draft", "does not exist"),
        ({"pack": "empty"}, "pack", "has no build yet"),
    ],
)
def test_what_cannot_be_is_refused_by_its_field(github, build: Build, staff: Client, wish, field, words):
    Pack.objects.create(collection=Collection.objects.create(title="Empty"), slug="empty")
    assert words in problem(staff.post(PUBLISH, wish, JSON), 400)["errors"][field]


def test_the_list_has_filters_and_pages(github, content, db, staff: Client, client: Client):
    for slug in ("one", "two", "three"):
        published(make_build(content, slug=slug))
    Release.objects.filter(tag="two-v1.0.0").update(state=Release.State.GONE)
    assert client.get(LIST).status_code == 401
    reader = signed_in(somebody("eve"))
    assert [row["pack"] for row in reader.get(LIST).json()["results"]] == ["three", "two", "one"]
    assert [row["pack"] for row in reader.get(LIST, {"state": "gone"}).json()["results"]] == ["two"]
    assert [row["pack"] for row in reader.get(LIST, {"pack": "one"}).json()["results"]] == ["one"]
    page = reader.get(LIST, {"limit": 2, "ordering": "created_at"}).json()
    assert [row["pack"] for row in page["results"]] == ["one", "two"]
    assert [row["pack"] for row in reader.get(page["next"]).json()["results"]] == ["three"]
    assert "state" in problem(reader.get(LIST, {"state": "lost"}), 400)["errors"]
    assert "colour" in problem(reader.get(LIST, {"colour": "red"}), 400)["errors"]


def test_the_list_takes_no_more_queries_for_more_releases(
    github, content, staff: Client, django_assert_num_queries
):
    for slug in ("one", "two", "three"):
        published(make_build(content, slug=slug))
    with django_assert_num_queries(3):  # session, person, releases
        staff.get(LIST)


def test_a_release_is_withdrawn_once_its_tag_was_written(github, build: Build, staff: Client, worker):
    published(build)
    path = "/api/release/sci-fi-v1.0.0/withdraw"
    for body in ({}, {"confirm": "yes"}, {"confirm": "sci-fi-v1.0.0", "force": True}):
        problem(staff.post(path, body, JSON), 400)
    assert github.repo.published()
    answer = staff.post(path, {"confirm": "sci-fi-v1.0.0"}, JSON)
    assert answer.status_code == 200 and answer.json()["release"]["state"] == "withdrawn"
    assert not github.repo.releases
    assert "withdrawn already" in problem(staff.post(path, {"confirm": "sci-fi-v1.0.0"}, JSON), 409)["detail"]


def test_github_is_asked_what_became_of_them(github, build: Build, staff: Client, worker):
    published(build)
    github.repo.releases.clear()
    answer = staff.post(REFRESH, {}, JSON)
    assert answer.status_code == 200 and answer.json()["job"]["status"] == "completed"
    assert staff.get("/api/release/sci-fi-v1.0.0").json()["state"] == "gone"
    assert staff.post(f"{REFRESH}?wait=0").status_code == 202


@pytest.mark.parametrize("ref", ["none-v1.0.0", "99", "9" * 40, "٣", "a b"])
def test_what_is_not_there_is_said(github, build: Build, staff: Client, ref):
    assert "no such release" in problem(staff.get(f"/api/release/{ref}"), 404)["detail"]
    assert "no such release" in problem(staff.post(f"/api/release/{ref}/withdraw", {}, JSON), 404)["detail"]


def test_only_staff_with_a_token_that_manages_publish(github, build: Build):
    staff, other = somebody("staff", is_staff=True), somebody("other")
    wish = {"pack": "sci-fi"}
    for path in (PUBLISH, REFRESH, "/api/release/sci-fi-v1.0.0/withdraw"):
        assert problem(Client().post(path, wish, JSON), 401)
        assert "staff" in problem(signed_in(other).post(path, wish, JSON), 403)["detail"]
        assert problem(Client().post(path, wish, JSON, headers=bearer(staff, Scope.GENERATE)), 403)
    assert (
        Client().post(f"{PUBLISH}?wait=0", wish, JSON, headers=bearer(staff, Scope.MANAGE)).status_code == 202
    )
