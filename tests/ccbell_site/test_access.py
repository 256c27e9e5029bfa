"""Who gets in, as what, and how far."""

from __future__ import annotations

import uuid

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import URLPattern, get_resolver

from accounts.models import Scope
from jobs.models import Job, NewJob, Tier
from tests.support.briefs import submit
from tests.support.library import JSON, a_collection, a_sound, bearer, problem, signed_in, somebody

pytestmark = pytest.mark.django_db

GENERATE = "/api/generate?wait=0"
WISH = {"prompt": "a soft bell", "engine": "procedural"}
HERE = "00000000-0000-0000-0000-000000000000"
TO_CHOOSE_FROM = {
    "/api/engines",
    "/api/engines/none/unload",
    "/api/themes",
    "/api/themes/none",
    "/api/hooks",
} | {
    "/api/hooks/none",
    "/api/themes/none/variations",
    "/api/themes/none/variations/none",
}
OPEN_WHERE_ALLOWED = (
    "/api/generate",
    f"/api/generate/{HERE}/status",
    *(f"/api/audio/{HERE}{path}" for path in ("", "/peaks", "/waveform.svg", "/spectrogram.png")),
)


@pytest.fixture(autouse=True)
def nothing_is_spent_yet() -> None:
    cache.clear()


@pytest.fixture
def anonymous(settings) -> Client:
    settings.ALLOW_ANONYMOUS = True
    return Client()


def addresses(patterns=None, path: str = "/") -> list[str]:
    """Every address of the API but its page for people; where something is to be named, it is not there."""
    found = []
    for pattern in patterns or get_resolver().url_patterns:
        here = path + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            found.append(here)
        elif here.startswith("/api/"):
            found += addresses(pattern.url_patterns, here)
        elif here == "/":
            found += [one for one in addresses(pattern.url_patterns, here) if one.startswith("/api/")]
    filled = []
    for one in found:
        for name in ("uuid:id", "uuid:collection_id", "str:uuid"):
            one = one.replace(f"<{name}>", HERE)
        names = ("slug", "key", "pk", "theme_slug", "version", "ref")
        for name in [*names, *(f"str:{name}" for name in names)]:
            one = one.replace(f"<{name}>", "none")
        filled.append(one)
    return [one for one in filled if one.startswith("/api/") and one != "/api/docs/"]


def test_every_address_is_known_to_these_tests():
    known = addresses()
    assert len(known) > 45 and not [one for one in known if "<" in one or "(" in one]
    assert set(OPEN_WHERE_ALLOWED) <= set(known)


@pytest.mark.parametrize("method", ["get", "post", "put", "patch", "delete"])
def test_without_a_login_there_is_no_way_in_anywhere(method):
    client = Client()
    for address in addresses():
        answer = getattr(client, method)(address, content_type=JSON)
        assert problem(answer, 401), address
        assert answer["WWW-Authenticate"] == "Bearer"
    assert getattr(client, method)("/api/docs/").status_code == 401
    assert client.get("/healthz").status_code == 200


@pytest.mark.parametrize("method", ["get", "post", "put", "patch", "delete"])
def test_where_anybody_may_generate_that_is_all_that_is_open(anonymous, method):
    closed = set(addresses()) - set(OPEN_WHERE_ALLOWED) - (TO_CHOOSE_FROM if method == "get" else set())
    for address in closed:
        answer = getattr(anonymous, method)(address, content_type=JSON)
        assert problem(answer, 401), address


def test_a_token_that_reads_changes_nothing():
    user = somebody(is_staff=True)
    reads = bearer(user, Scope.READ)
    client = Client()
    for address in addresses():
        for method in ("post", "put", "patch", "delete"):
            answer = getattr(client, method)(address, headers=reads, content_type=JSON)
            assert problem(answer, 403), address
    assert client.get("/api/sounds", headers=reads).status_code == 200


def test_a_token_that_generates_manages_nothing():
    client, header = Client(), bearer(somebody(is_staff=True), Scope.GENERATE)
    assert client.post(GENERATE, WISH, JSON, headers=header).status_code == 202
    for path in ("engines/procedural/unload", "themes", "hooks", "release/github"):
        assert "manage" in problem(client.post(f"/api/{path}", {}, JSON, headers=header), 403)["detail"]


def test_a_token_that_manages_can_do_all_of_it():
    client, header = Client(), bearer(somebody(is_staff=True), Scope.MANAGE)
    assert client.post(GENERATE, WISH, JSON, headers=header).status_code == 202
    assert "pack" in problem(client.post("/api/release/github", {}, JSON, headers=header), 400)["errors"]


def test_a_login_by_cookie_needs_the_csrf_token_for_whatever_changes_something():
    client = Client(enforce_csrf_checks=True)
    client.force_login(somebody())
    assert client.get("/api/sounds").status_code == 200
    assert "CSRF" in problem(client.post(GENERATE, WISH, JSON), 403)["detail"]
    assert "CSRF" in problem(client.delete(f"/api/queue/{HERE}"), 403)["detail"]
    client.get("/admin/login/")
    client.cookies["csrftoken"] = secret = "a" * 32
    assert client.post(GENERATE, WISH, JSON, headers={"X-CSRFToken": secret}).status_code == 202
    assert (
        Client(enforce_csrf_checks=True)
        .post(GENERATE, WISH, JSON, headers=bearer(somebody("grace"), Scope.GENERATE))
        .status_code
        == 202
    )


@pytest.mark.parametrize(
    "more, tier", [({"is_staff": True}, "admin"), ({"group": "premium"}, "premium"), ({}, "standard")]
)
def test_whose_job_it_is_decides_how_soon_it_comes(more, tier):
    answer = signed_in(somebody(**more)).post(GENERATE, WISH, JSON).json()
    assert answer["jobs"][0]["tier"] == tier


def test_without_a_login_ones_job_is_the_last_and_belongs_to_nobody(anonymous):
    answer = anonymous.post(GENERATE, WISH, JSON)
    assert answer.status_code == 202 and answer.json()["jobs"][0]["tier"] == "free"
    job = Job.objects.get()
    assert (job.owner, job.tier) == (None, Tier.FREE)
    told = anonymous.get(f"/api/generate/{job.uuid}/status").json()
    assert (told["status"], told["position"]) == ("queued", 1)


def test_without_a_login_one_sees_no_job_of_anybody_elses(anonymous):
    of_staff, of_nobody = somebody("root", is_staff=True), None
    submit(["a"], owner=of_staff, tier=Tier.ADMIN, wake=False)
    submit(["b"], owner=of_nobody, tier=Tier.ADMIN, wake=False)  # a command's
    submit(["c"], owner=somebody(), tier=Tier.STANDARD, wake=False)
    Job.objects.submit([NewJob(kind="packs.build", lane="procedural")], owner=of_staff, wake=False)
    for job in Job.objects.all():
        problem(anonymous.get(f"/api/generate/{job.uuid}/status"), 404)


def test_without_a_login_ten_sounds_an_hour_are_all(anonymous):
    assert anonymous.post(GENERATE, WISH | {"takes": 8}, JSON).status_code == 202
    refused = anonymous.post(GENERATE, WISH | {"takes": 3}, JSON)
    assert "10 sounds an hour" in problem(refused, 429)["detail"]
    assert 3500 < int(refused["Retry-After"]) <= 3600
    assert anonymous.post(GENERATE, WISH | {"takes": 2}, JSON).status_code == 202
    problem(anonymous.post(GENERATE, WISH, JSON), 429)
    assert Job.objects.count() == 10


def test_more_than_an_hours_at_once_is_refused_without_a_promise(anonymous):
    answer = anonymous.post(GENERATE, WISH | {"takes": 11}, JSON)
    assert "ask for fewer" in problem(answer, 429)["detail"] and "Retry-After" not in answer
    assert not Job.objects.exists()


def test_what_is_refused_costs_nothing(anonymous):
    for _ in range(12):
        problem(anonymous.post(GENERATE, {"colour": "red"}, JSON), 400)
    assert anonymous.post(GENERATE, WISH | {"takes": 10}, JSON).status_code == 202


@pytest.mark.parametrize("header", ["X-Forwarded-For", "X-Real-IP", "Forwarded", "Client-IP"])
def test_a_header_that_anybody_may_write_makes_nobody_somebody_else(anonymous, header):
    anonymous.post(GENERATE, WISH | {"takes": 10}, JSON)
    for address in ("10.0.0.7", "for=10.0.0.7", "127.0.0.1, 10.0.0.7"):
        problem(anonymous.post(GENERATE, WISH, JSON, headers={header: address}), 429)
    other = anonymous.post(GENERATE, WISH, JSON, REMOTE_ADDR="10.0.0.8")
    assert other.status_code == 202, "another address has its own ten"


def test_a_login_that_does_not_hold_is_no_way_to_be_anonymous(anonymous):
    problem(anonymous.post(GENERATE, WISH, JSON, headers={"Authorization": "Bearer ccb_old"}), 401)


@pytest.mark.parametrize(
    "method, path",
    [
        ("patch", "sounds/{sound}"),
        ("delete", "sounds/{sound}"),
        ("patch", "collections/{collection}"),
        ("delete", "collections/{collection}"),
        ("post", "collections/{collection}/lock"),
        ("post", "collections/{collection}/unlock"),
        ("patch", "collections/{collection}/slots/task_complete"),
        ("post", "collections/{collection}/slots/task_complete/choose"),
        ("post", "collections/{collection}/slots/task_complete/undo"),
        ("patch", "packs/mine"),
        ("delete", "packs/mine"),
        ("post", "packs/mine/build?wait=0"),
    ],
)
@pytest.mark.parametrize("owned", [True, False])
def test_only_the_owner_and_staff_change_what_lies_there(method, path, owned):
    from packs.models import Pack

    owner = somebody("owner") if owned else None
    collection = a_collection(owner)
    Pack.objects.create_for(collection)
    sound = a_sound(owner=owner)
    address = f"/api/{path.format(sound=sound.uuid, collection=collection.uuid)}"
    stranger = signed_in(somebody("stranger"))
    told = problem(getattr(stranger, method)(address, {}, JSON), 403)
    assert "make your own" in told["detail"]
    staff = signed_in(somebody("root", is_staff=True))
    assert getattr(staff, method)(address, {}, JSON).status_code != 403


def test_people_without_rights_may_look_at_all_of_it():
    collection, sound = a_collection(somebody("owner")), a_sound()
    client = signed_in(somebody("stranger"))
    for path in (f"sounds/{sound.uuid}", f"collections/{collection.uuid}", "packs", "engines", "themes"):
        assert client.get(f"/api/{path}").status_code == 200
    assert client.get(f"/api/collections/{collection.uuid}/slots/task_complete").status_code == 200


def test_a_person_who_left_is_out_at_once():
    user = somebody()
    client, header = signed_in(user), bearer(user)
    user.is_active = False
    user.save()
    problem(client.get("/api/sounds"), 401)
    problem(Client().get("/api/sounds", headers=header), 401)


def test_what_belongs_to_nobody_is_nobodys_to_guess():
    client = signed_in(somebody())
    for path in ("jobs", "batches", "queue", "generate"):
        tail = "/status" if path == "generate" else ""
        method = client.delete if path == "queue" else client.get
        problem(method(f"/api/{path}/{uuid.uuid4()}{tail}"), 404)
