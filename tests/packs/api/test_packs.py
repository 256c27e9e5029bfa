"""Packs over HTTP: made of a collection, built, taken away."""

from __future__ import annotations

import io
import uuid
import zipfile

import pytest
from django.test import Client

from jobs.models import Job
from jobs.run import drain
from packs.models import Build, Pack
from packs.validate import validate
from tests.support.library import JSON, a_collection, problem, signed_in, somebody

pytestmark = pytest.mark.django_db

URL = "/api/packs"


def test_a_pack_is_built_and_its_zip_is_a_pack(client: Client, collection, tmp_path):
    slug = collection.pack.slug
    answer = client.post(f"{URL}/{slug}/build?wait=0", {}, JSON)
    assert answer.status_code == 202 and answer.json()["build"] is None
    drain()
    (build,) = client.get(f"{URL}/{slug}").json()["builds"]
    assert (build["version"], build["valid"], build["formats"]) == ("1.0.0", True, ["wav", "mp3"])
    assert build["zip_url"] == f"/api/packs/{slug}/1.0.0.zip"
    zipped = client.get(build["zip_url"])
    assert zipped["Content-Type"] == "application/zip" and "attachment" in zipped["Content-Disposition"]
    path = tmp_path / f"ccbell-sounds-{slug}-v1.0.0.zip"
    path.write_bytes(zipped.getvalue())
    assert len(path.read_bytes()) == build["zip_bytes"] and validate(path).valid
    assert signed_in(somebody("eve")).get(build["zip_url"]).status_code == 200
    taken = client.post(f"{URL}/{slug}/build?wait=0", {"version": "1.0.0", "formats": ["ogg"]}, JSON).json()
    drain()
    job = client.get(f"/api/jobs/{taken['job']['id']}").json()
    assert job["status"] == "failed" and "1.1.0" in job["error"]
    again = client.post(f"{URL}/{slug}/build?wait=0", {"formats": ["mp3"]}, JSON).json()
    drain()
    assert client.get(f"/api/jobs/{again['job']['id']}").json()["status"] == "completed"
    assert Build.objects.count() == 1, "the same content is the same build"
    assert "builds and stays" in problem(client.delete(f"{URL}/{slug}"), 409)["detail"]
    for sound in collection.slots.values_list("chosen__uuid", flat=True):
        problem(client.delete(f"/api/sounds/{sound}"), 409)
    names = zipfile.ZipFile(io.BytesIO(path.read_bytes())).namelist()
    assert {"manifest.json", "sounds/task_complete.wav", "sounds/task_complete.mp3"} <= set(names)


def test_what_has_no_choice_cannot_be_built_and_says_so(client: Client, user):
    pack = Pack.objects.create_for(a_collection(user, "idle"))
    told = client.post(f"{URL}/{pack.slug}/build?wait=0", {}, JSON).json()
    drain()
    job = client.get(f"/api/jobs/{told['job']['id']}").json()
    assert job["status"] == "failed" and "no take chosen for idle" in job["error"]


@pytest.mark.parametrize(
    "change, field",
    [
        ({"version": "1.0"}, "version"),
        ({"version": "01.0.0"}, "version"),
        ({"version": "1.0.0-rc1"}, "version"),
        ({"version": "٣.0.0"}, "version"),
        ({"version": 1}, "version"),
        ({"version": "9" * 30 + ".0.0"}, "version"),
        ({"version": None}, "version"),
        ({"formats": ["m4a"]}, "formats.0"),
        ({"formats": None}, "formats"),
        ({"formats": {}}, "formats"),
        ({"slots": ["idle"]}, "slots"),
    ],
)
def test_a_build_that_cannot_be_is_refused_at_its_field(client: Client, user, change, field):
    pack = Pack.objects.create_for(a_collection(user))
    answer = client.post(f"{URL}/{pack.slug}/build?wait=0", change, JSON)
    assert set(problem(answer, 400)["errors"]) == {field} and not Job.objects.exists()


def test_a_pack_is_named_after_its_collection_unless_it_is_given_a_name(client: Client, user):
    def made(title: str, **more) -> str:
        body = {"collection": str(a_collection(user, title=title).uuid)} | more
        answer = client.post(URL, body, JSON)
        assert answer.status_code == 201 and answer.json()["builds"] == []
        return answer.json()["slug"]

    assert [made("Soft Bells!"), made("soft bells"), made("日本"), made("x" * 120)] == [
        "soft-bells", "soft-bells-2", "pack", "x" * 59,
    ]  # fmt: skip
    assert made("x", slug="mine_2-b", author="Ada", homepage="https://example.org") == "mine_2-b"
    told = client.get(f"{URL}/mine_2-b").json()
    assert (told["author"], told["owner"], told["title"]) == ("Ada", "ada", "x")


@pytest.mark.parametrize(
    "change, field",
    [
        ({"slug": "Mine"}, "slug"),
        ({"slug": "-mine"}, "slug"),
        ({"slug": "mine"}, "slug"),
        ({"slug": "a b"}, "slug"),
        ({"slug": "ä"}, "slug"),
        ({"slug": ""}, "slug"),
        ({"slug": "x" * 65}, "slug"),
        ({"slug": "../up"}, "slug"),
        ({"collection": None}, "collection"),
        ({"collection": "x"}, "collection"),
        ({"collection": str(uuid.uuid4())}, "collection"),
        ({"homepage": "javascript:alert(1)"}, "homepage"),
        ({"homepage": "nowhere"}, "homepage"),
        ({"author": "x" * 81}, "author"),
        ({"description": "x" * 257}, "description"),
        ({"title": "x"}, "title"),
    ],
)
def test_a_pack_that_cannot_be_is_refused_at_its_field(client: Client, user, change, field):
    Pack.objects.create_for(a_collection(user, title="mine"))
    body = {"collection": str(a_collection(user).uuid), "slug": "other"} | change
    assert set(problem(client.post(URL, body, JSON), 400)["errors"]) == {field}
    assert Pack.objects.count() == 1


def test_a_collection_has_one_pack_and_that_is_its_owners_to_make(client: Client, user):
    collection = a_collection(user)
    body = {"collection": str(collection.uuid)}
    problem(signed_in(somebody("eve")).post(URL, body, JSON), 403)
    assert client.post(URL, body, JSON).status_code == 201
    assert "has a pack already" in problem(client.post(URL, body | {"slug": "x"}, JSON), 409)["detail"]
    assert Pack.objects.count() == 1


def test_a_pack_without_builds_is_described_and_deleted(client: Client, user):
    collection = a_collection(user)
    Pack.objects.create_for(collection)
    told = client.patch(f"{URL}/mine", {"description": "Soft.", "author": "Ada"}, JSON).json()
    assert (told["description"], told["author"], told["slug"]) == ("Soft.", "Ada", "mine")
    problem(client.patch(f"{URL}/mine", {"colour": "red"}, JSON), 400)
    problem(client.patch(f"{URL}/mine", '{"description": "\\ud800"}', JSON), 400)
    assert client.delete(f"{URL}/mine").status_code == 204
    problem(client.get(f"{URL}/mine"), 404)
    assert client.get(f"/api/collections/{collection.uuid}").json()["pack"] is None


def test_packs_are_listed_by_name_and_filtered(client: Client, user):
    for owner, title in ((user, "b"), (somebody("eve"), "a")):
        Pack.objects.create_for(a_collection(owner, title=title))

    def slugs(**query) -> list[str]:
        return [row["slug"] for row in client.get(URL, query).json()["results"]]

    assert slugs() == ["a", "b"] and slugs(ordering="-slug") == ["b", "a"] and slugs(owner="eve") == ["a"]
    assert slugs(collection=Pack.objects.get(slug="b").collection.uuid) == ["b"]
    assert slugs(limit=1) == ["a"]
    problem(client.get(URL, {"collection": "x"}), 400)


@pytest.mark.parametrize("path", ["none/1.0.0.zip", "mine/1.0.0.zip", "mine/..zip", "mine/1.0.0%2f..zip"])
def test_a_zip_that_is_not_there_is_not_found(client: Client, user, path):
    Pack.objects.create_for(a_collection(user))
    problem(client.get(f"{URL}/{path}"), 404)


def test_many_cost_the_same_queries_as_few(client: Client, user, django_assert_max_num_queries):
    for number in (3, 30):
        for _ in range(number):
            pack = Pack.objects.create_for(a_collection(user))
            for version in ("1.0.0", "1.1.0"):
                Build.objects.create(
                    pack=pack, version=version, content_sha256="0", manifest={}, report={"valid": True},
                    zip_path="x", zip_sha256="0", zip_bytes=1,
                )  # fmt: skip
        with django_assert_max_num_queries(6):
            assert client.get(URL, {"limit": 100}).status_code == 200
