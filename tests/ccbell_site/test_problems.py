"""Whatever goes wrong is told in one shape, whoever noticed it."""

from __future__ import annotations

import json

import pytest
from django.test import Client
from django.urls import get_resolver

from tests.support.library import JSON, a_collection, a_sound, bearer, problem, signed_in, somebody

pytestmark = pytest.mark.django_db

GENERATE = "/api/generate?wait=0"


@pytest.fixture
def client() -> Client:
    return signed_in(somebody())


@pytest.mark.parametrize(
    "path", ["nothing", "sounds/", "sounds/1", "sounds/x/mutate", "audio", "generate/1/status"]
)
@pytest.mark.parametrize("method", ["get", "post", "delete"])
def test_what_is_at_no_address_is_not_found(client: Client, method, path):
    told = problem(getattr(client, method)(f"/api/{path}"), 404)
    assert told["title"] == "Not Found" and "/api/docs/" in told["detail"]


def test_outside_of_the_api_it_is_a_page(client: Client):
    answer = client.get("/nothing")
    assert answer.status_code == 404 and answer["Content-Type"].startswith("text/html")


@pytest.mark.parametrize(
    "body",
    [
        "{", "[1, 2]", "null", '"text"', "7", "true", "[]", "[" * 100_000, '{"a":' * 100_000, "\0",
        '{"prompt": NaN}', '{"duration_s": Infinity}', b'{"prompt": "\xff"}', b"\xef\xbb\xbf{}",
        '{"seed": 1%s}' % ("0" * 5000), '{"prompt": "x"} {"prompt": "y"}', "{'prompt': 'x'}",
    ],
)  # fmt: skip
def test_a_body_that_is_no_json_object_is_refused(client: Client, body):
    problem(client.post(GENERATE, body, JSON), 400)


def test_no_body_at_all_is_an_empty_one(client: Client):
    assert "theme" in problem(client.post(GENERATE, content_type=JSON), 400)["errors"]


@pytest.mark.parametrize("type_", ["text/plain", "application/xml", "application/octet-stream", "nonsense"])
def test_another_content_type_is_refused(client: Client, type_):
    problem(client.post(GENERATE, "x", type_), 415)


@pytest.mark.parametrize("charset", ["nonsense", "bz2_codec"])
def test_a_charset_that_is_none_is_refused(client: Client, charset):
    answer = client.generic("POST", "/api/generate", b"{}", f"application/json; charset={charset}")
    problem(answer, 400)


@pytest.mark.parametrize("body", ['{"prompt": "%s"}', '{"%s": 1}', "[%s"])
def test_a_body_of_many_megabytes_is_refused(client: Client, body):
    assert client.post(GENERATE, body % ("a" * 10_000_000), JSON).status_code in (400, 413)


def test_a_form_of_many_megabytes_is_refused_in_the_same_shape(client: Client):
    form = "prompt=" + "a" * 10_000_000
    problem(client.post(GENERATE, form, "application/x-www-form-urlencoded"), 400)


@pytest.mark.parametrize(
    "url, body",
    [
        (GENERATE, {"\ud800": 1}),
        (GENERATE, {"prompt": "x", "knobs": {"\udfff": 1}}),
        (GENERATE, {"prompt": "x", "knobs": {"\ud800": "high"}}),
        (GENERATE, {"prompt": "\ud83d"}),
        (GENERATE, {"theme": "\ud800"}),
        (GENERATE, {"prompt": "x", "engine": "\ud800"}),
        ("/api/export/zip", {"sounds": ["\ud800"], "formats": ["\ud800"]}),
        ("/api/generate/batch", {"theme": "sci-fi", "hooks": ["\ud800"]}),
        ("/api/collections", {"title": "\ud800"}),
    ],
)
def test_half_a_character_is_refused_and_told_of_without_breaking(client: Client, url, body):
    problem(client.post(url, json.dumps(body), JSON), 400)


def test_a_page_for_people_is_a_page_though_something_is_wrong(client: Client):
    answer = client.get("/api/themes/none", headers={"Accept": "text/html"})
    assert answer.status_code == 404 and answer["Content-Type"].startswith("text/html")
    assert client.get("/api/themes/none", headers={"Accept": "*/*"})["Content-Type"].endswith("problem+json")


def test_what_we_cannot_speak_is_refused(client: Client):
    problem(client.get("/api/themes", headers={"Accept": "application/xml"}), 406)
    problem(client.get("/api/themes?format=yaml"), 404)


@pytest.mark.parametrize("method", ["put", "patch", "delete", "get"])
def test_a_method_that_is_none_of_an_addresss_is_refused(client: Client, method):
    answer = getattr(client, method)("/api/generate")
    problem(answer, 405)
    assert "POST" in answer["Allow"]


def test_a_host_that_is_not_ours_is_refused_in_a_line_of_the_log(client: Client, caplog):
    problem(client.get("/api/sounds", headers={"Host": "elsewhere.example"}), 400)
    assert "elsewhere.example" in caplog.text and "Traceback" not in caplog.text


def test_a_fault_of_ours_tells_nothing_of_itself(client: Client, monkeypatch):
    from sounds.models.sound import SoundQuerySet

    monkeypatch.setattr(SoundQuerySet, "for_api", lambda *_: 1 / 0)
    client.raise_request_exception = False
    told = problem(client.get("/api/sounds"), 500)
    assert "division" not in json.dumps(told) and "log" in told["detail"]


def test_every_page_can_be_looked_at_in_a_browser_and_asked_for_its_options(admin_client: Client):
    a_sound()
    plain = [name for name in get_resolver().reverse_dict if isinstance(name, str) and name.endswith("-list")]
    assert {"sounds-list", "jobs-list", "packs-list", "collections-list"} <= set(plain)
    sound, slots = a_sound(), f"collections/{a_collection().uuid}/slots"
    pages = ("sounds", "jobs", "batches", "collections", "packs", "queue", "engines", "themes")
    for path in (*pages, slots, f"{slots}/task_complete", f"sounds/{sound.uuid}"):
        page = admin_client.get(f"/api/{path}", headers={"Accept": "text/html"})
        assert page.status_code == 200 and page["Content-Type"].startswith("text/html"), path
        assert admin_client.options(f"/api/{path}").status_code == 200


def test_a_request_is_authenticated_before_it_is_read():
    answer = Client().post(GENERATE, "[" * 10_000, JSON)
    assert problem(answer, 401) and answer["WWW-Authenticate"] == "Bearer"
    headers = {"Authorization": "Bearer ccb_wrong"}
    problem(Client().post(GENERATE, "{", JSON, headers=headers), 401)
    reads = bearer(somebody("grace"))
    problem(Client().post(GENERATE, "{", JSON, headers=reads), 403)
