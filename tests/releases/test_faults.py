"""Each of GitHub's ways to fail by itself: what may soon be over is borne, the rest is one sentence."""

from __future__ import annotations

import json
import socket
import threading
import time

import pytest
from django.db import connection

from jobs import run
from jobs.models import Event, Job, Status
from packs.models import Build
from releases import faults, publish
from releases.assets import Asset
from releases.models import Release
from tests.releases.support import do, published, refused, submitted
from tests.support.github import TOKEN, FakeGithub
from tests.support.github.faults import CUT, HALF, LOST, SHORT, SLOW
from tests.support.studio import wait_for

pytestmark = pytest.mark.django_db(transaction=True)

CREATE = r"POST .*/releases$"
UPLOAD = r"POST .*/api/uploads/"
PUBLISH = r"PATCH .*/releases/\d+$"
SLOWER = {
    "message": "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."
}


def is_right(github: FakeGithub, build: Build) -> bool:
    """Whether there is just the one release, out and whole."""
    (there,) = github.repo.releases.values()
    zipped = there.asset(build.file_name)
    assert zipped and zipped.content == build.location.read_bytes()
    assert all(one.state == "uploaded" for one in there.assets.values())
    return not there.draft and len(there.assets) == 3 and github.repo.tags() == {there.tag}


@pytest.mark.parametrize("kind", [500, 503, CUT, LOST, HALF])
@pytest.mark.parametrize(
    "on", ["GET .*/releases$", CREATE, UPLOAD, "GET .*/assets$", PUBLISH, "GET .*/packs$"]
)
def test_what_is_over_in_a_moment_is_borne(github, build: Build, kind, on):
    github.faults.add(kind, on, times=2)
    published(build)
    assert is_right(github, build)
    assert github.faults.happened


@pytest.mark.parametrize("skip", [0, 1, 2])
@pytest.mark.parametrize("kind", [CUT, SHORT, LOST])
def test_a_file_that_did_not_arrive_whole_is_sent_again(github, build: Build, kind, skip):
    github.faults.add(kind, UPLOAD, skip=skip)
    published(build)
    assert is_right(github, build)


def test_a_lost_answer_to_the_first_request_makes_no_second_draft(github, build: Build):
    github.faults.add(LOST, CREATE)
    published(build)
    assert len([one for one in github.writes() if one.endswith("/releases")]) == 0, "its answer was lost"
    assert is_right(github, build)


def test_a_draft_that_the_list_does_not_show_yet_is_cleaned_up_in_the_end(github, build: Build):
    github.faults.add(LOST, CREATE)
    github.faults.add(200, "GET .*/releases$", skip=1, body=[])
    published(build)
    assert is_right(github, build)


@pytest.mark.parametrize("header", ["Retry-After", "X-RateLimit-Reset"])
def test_a_limit_that_ends_soon_is_waited_for(github, build: Build, header):
    headers = {"Retry-After": "1"}
    if header != "Retry-After":
        headers = {"X-RateLimit-Remaining": "0", header: str(int(time.time()) + 1)}
    github.faults.add(403, CREATE, body=SLOWER, headers=headers)
    began = time.monotonic()
    published(build)
    assert time.monotonic() - began >= 1 and is_right(github, build)


def test_a_list_that_is_behind_has_nothing_deleted_that_is_out(github, build: Build):
    github.repo.lag = 3
    release = published(build)
    assert is_right(github, build)
    assert release.github_id in github.repo.releases


def test_a_draft_that_the_list_lacks_is_taken_up_in_the_same_attempt(github, build: Build):
    github.repo.lag = 3
    github.faults.add(502, UPLOAD, times=2)
    published(build)
    assert [request for request in github.writes() if request.endswith("/releases")] == [
        "POST /repos/somebody/packs/releases"
    ]
    assert is_right(github, build)


@pytest.mark.parametrize("kind", [LOST, 502])
def test_a_list_that_is_behind_a_lost_answer_does_no_harm(github, build: Build, kind):
    github.repo.lag = 1
    github.faults.add(kind, PUBLISH)
    published(build)
    assert is_right(github, build)


def test_a_limit_without_a_time_is_waited_for_as_github_asks(github, build: Build, monkeypatch):
    monkeypatch.setattr(faults, "SECONDARY_WAIT_S", 0.3)
    github.faults.add(429, UPLOAD, body={"message": "Too many requests"})
    published(build)
    assert is_right(github, build)


ARCHIVED = {"message": "Repository was archived so is read-only."}
NO_ACCESS = {"message": "Resource not accessible by personal access token"}
HOUR = {"message": "API rate limit exceeded for user ID 1."}
BODY = {"message": "Validation Failed", "errors": [{"code": "custom", "message": "body is too long"}]}
IMMUTABLE = {"message": "tag_name was used by an immutable release"}
RULES = {
    "message": "Repository rule violations found\n\nCannot create ref due to creations being restricted."
}
SSO = {"message": "Resource protected by organization SAML enforcement."}
MOVED = {"message": "Moved Permanently"}


@pytest.mark.parametrize(
    "status, body, headers, words",
    [
        (401, {"message": "Bad credentials"}, {}, "does not take the token; it may have expired"),
        (403, NO_ACCESS, {}, "The token may not do this in somebody/packs: Resource not accessible"),
        (403, NO_ACCESS, {}, "“Contents: read and write”"),
        (403, ARCHIVED, {}, "is archived"),
        (403, HOUR, {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "4102444800"}, "after 00:00 UTC"),
        (403, SLOWER, {"Retry-After": "3600"}, "GitHub asks for fewer requests; publish again after"),
        (409, {"message": "Git Repository is empty."}, {}, "is empty; make a first commit there"),
        (422, BODY, {}, "GitHub refuses this (422: Validation Failed, body is too long)"),
        (422, IMMUTABLE, {}, "GitHub takes no tag of an immutable release twice"),
        (422, RULES, {}, "let the token's owner past that rule of somebody/packs"),
        (403, SSO, {"X-GitHub-SSO": "required; url=https://github.com/x"}, "single sign-on"),
        (451, {"message": "Blocked"}, {}, "GitHub refuses this (451: Blocked)"),
    ],
)  # fmt: skip
def test_what_no_waiting_changes_is_said_at_once(github, build: Build, status, body, headers, words):
    github.faults.add(status, UPLOAD, body=body, headers=headers)
    assert words in refused(build)
    assert len(github.faults.happened) == 1
    (draft,) = github.repo.releases.values()
    assert draft.draft, "it stays for the next try"
    published(build)
    assert is_right(github, build)


@pytest.mark.parametrize(
    "kind, words",
    [
        (502, "GitHub has trouble of its own (502"),
        (CUT, "cannot be reached; look at the network"),
        (404, "there is no such thing: Not Found; if somebody/packs is there, the token may not write to it"),
    ],
)
def test_what_does_not_end_is_given_up_with_a_sentence_and_goes_on_later(github, build: Build, kind, words):
    body = {"message": "Not Found"} if kind == 404 else None
    github.faults.add(kind, UPLOAD, times=1000, body=body)
    assert words in refused(build)
    assert 2 < len(github.faults.happened) < 10
    github.faults.clear()
    published(build)
    assert is_right(github, build)


def test_a_repository_that_is_not_there_is_said(github, build: Build, settings):
    settings.GITHUB_REPO_NAME = "other"
    assert "GitHub has no repository somebody/other, or the token may not see it" in refused(build)


def test_a_repository_that_was_renamed_is_said(github, build: Build, settings):
    github.faults.add(301, "GET .*/packs$", headers={"Location": f"{github.address}/repos/somebody/sounds"})
    github.repo.full_name = "somebody/sounds"
    assert "is called “somebody/sounds” now; set GITHUB_REPO_OWNER" in refused(build)


def test_a_repository_without_a_commit_is_said_before_a_draft_is_made(github, build: Build):
    github.repo.git.refs.clear()
    assert "is empty; make a first commit there, such as a README" in refused(build)
    assert not github.writes()


def test_an_archived_repository_is_said_before_anything_is_written(github, build: Build):
    github.repo.archived = True
    assert "is archived" in refused(build)
    assert not github.writes()


def test_a_token_that_only_reads_is_said(github, build: Build):
    github.read_only = True
    assert "The token may not do this in somebody/packs" in refused(build)


def test_a_wrong_token_is_said(github, build: Build, settings):
    settings.GITHUB_TOKEN = "of-somebody-else"
    assert "GitHub does not take the token" in refused(build)


@pytest.mark.parametrize("answer", ["<html>Welcome</html>", "{}", "[]", '{"full_name": 7}', "null"])
def test_what_is_no_github_is_said(github, build: Build, answer):
    github.faults.add(200, "GET .*/packs$", body=answer.encode(), times=100)
    assert "is not GitHub's API; check GITHUB_API_URL" in refused(build)


def test_a_host_that_is_not_there_is_said(github, build: Build, settings):
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        settings.GITHUB_API_URL = f"http://127.0.0.1:{closed.getsockname()[1]}"
    assert "cannot be reached; look at the network" in refused(build)


def test_a_host_that_says_nothing_is_not_waited_for_for_ever(github, build: Build, settings, monkeypatch):
    settings.GITHUB_TIMEOUT_S = 1
    github.faults.add(SLOW, UPLOAD, seconds=3)
    began = time.monotonic()
    published(build)
    assert time.monotonic() - began < 3 and is_right(github, build)


def test_an_address_elsewhere_is_not_gone_to(github, build: Build):
    github.repo.address = "http://127.0.0.2:9"
    assert "is not GitHub's API; check GITHUB_API_URL" in refused(build)


def test_a_wrong_answer_of_github_is_a_sentence_and_no_traceback(github, build: Build):
    github.faults.add(200, "GET .*/releases$", body=json.dumps([{"tag_name": 7}]).encode(), times=100)
    assert "is not GitHub's API" in refused(build)


def test_somebody_who_cancels_leaves_a_draft_that_the_next_try_takes_up(github, build: Build):
    release = submitted(build)
    job = release.job

    def cancel_at_the_zip(request: str) -> None:
        if "uploads" in request and len(next(iter(github.repo.releases.values())).assets) == 2:
            Job.objects.get(pk=job.pk).cancel()

    github.faults.chance = cancel_at_the_zip
    assert do(release).status == Status.CANCELLED
    assert release.state == Release.State.PUBLISHING and not release.error and not release.is_busy
    (draft,) = github.repo.releases.values()
    assert draft.draft
    github.faults.clear()
    published(build)
    assert is_right(github, build) and draft.id in github.repo.releases


def test_an_upload_says_how_far_it_is_and_can_be_stopped_in_its_middle(github, build: Build, monkeypatch):
    monkeypatch.setattr(publish, "TELL_EVERY_S", 0)
    monkeypatch.setattr(run, "REPORT_EVERY_S", 0)
    release = submitted(build)
    real = publish.Publishing._tell

    def tell(self: publish.Publishing, asset: Asset, done: int) -> None:
        if done > asset.bytes // 2:
            Job.objects.get(pk=release.job_id).cancel()
        real(self, asset, done)

    with monkeypatch.context() as patch:
        patch.setattr(publish.Publishing, "_tell", tell)
        assert do(release).status == Status.CANCELLED
    said = [event.data["message"] for event in Event.objects.filter(job=release.job)]
    size = f"{build.zip_bytes / 1e6:.1f} MB"
    assert any(message.endswith(f"zip, 0.1 of {size}") for message in said), said
    (draft,) = github.repo.drafts()
    wait_for(lambda: draft.asset(build.file_name).state == "starter")
    published(build)
    assert is_right(github, build)


def test_somebody_who_waits_for_a_limit_can_be_stopped(github, build: Build):
    release = submitted(build)
    github.faults.add(403, CREATE, body=SLOWER, headers={"Retry-After": "50"}, times=9)

    def cancel() -> None:
        Job.objects.get(pk=release.job_id).cancel()
        connection.close()

    timer = threading.Timer(1, cancel)
    timer.start()
    began = time.monotonic()
    assert do(release).status == Status.CANCELLED
    assert time.monotonic() - began < 5
    timer.join()


def test_github_enterprise_that_tells_no_digests_is_asked_for_the_bytes(github, build: Build, settings):
    github.repo.digests = False
    github.repo.prefix = "/api/v3"
    settings.GITHUB_API_URL = f"{github.address}/api/v3"
    github.faults.add(SHORT, UPLOAD, skip=2)
    published(build)
    assert is_right(github, build)
    assert any("/storage/" in request for request, _ in github.requests)


def test_the_token_is_in_no_sentence_even_if_github_says_it(github, build: Build):
    github.faults.add(422, UPLOAD, body={"message": f"what is {TOKEN} supposed to be"})
    sentence = refused(build)
    assert TOKEN not in sentence and "what is …" in sentence
