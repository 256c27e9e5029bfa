"""What GitHub says of the token and the repository, without a word of the token."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from studio.doctor import github as doctor
from studio.doctor.finding import Finding, State
from tests.studio.doctor.support import named, only
from tests.support.github import TOKEN, FakeGithub

RATE = "X-RateLimit-Remaining"


def found() -> list[Finding]:
    told = list(doctor.publishing())
    assert all(TOKEN not in f"{one.fact} {one.todo}" for one in told)
    return told


def test_what_is_not_set_up_is_no_fault(settings):
    settings.GITHUB_TOKEN = settings.GITHUB_REPO_OWNER = settings.GITHUB_REPO_NAME = ""
    assert only(found()).state is State.NOTE
    settings.GITHUB_REPO_NAME = "packs"
    told = only(found())
    assert told.state is State.WARN and told.todo.startswith("Set GITHUB_TOKEN and GITHUB_REPO_OWNER")


def test_a_repository_that_may_be_written_is_well(github: FakeGithub):
    github.repo.permissions = {"push": True}
    told = found()
    assert {one.name: one.state for one in told} == {
        "token": State.OK, "repository": State.OK, "requests": State.OK,
    }  # fmt: skip
    assert named(told, "token").fact == "of octocat, for chosen repositories"
    assert named(told, "requests").fact == "4,999 of 5,000 are left for this hour"
    assert not github.writes()


def test_a_classic_token_needs_its_scope(github: FakeGithub):
    github.headers["X-OAuth-Scopes"] = "public_repo, gist"
    assert named(found(), "token").fact == "of octocat, classic with gist, public_repo"
    for scopes in ("gist", ""):
        github.headers["X-OAuth-Scopes"] = scopes
        told = named(found(), "token")
        assert told.state is State.FAIL and "public_repo" in told.fact


def test_a_token_that_soon_expires_is_told(github: FakeGithub):
    for days, state in ((3, State.WARN), (30, State.OK)):
        moment = timezone.now() + timedelta(days=days)
        for form in ("%Y-%m-%d %H:%M:%S UTC", "%Y-%m-%d %H:%M:%S +0000"):
            github.headers["GitHub-Authentication-Token-Expiration"] = moment.strftime(form)
            told = named(found(), "token")
            assert told.state is state and f"expires on {moment:%Y-%m-%d}" in told.fact


def test_who_may_only_read_cannot_publish(github: FakeGithub):
    github.repo.permissions = {"push": False, "pull": True}
    assert named(found(), "repository").state is State.FAIL


@pytest.mark.parametrize(
    "status, body, state, words",
    [
        (401, {"message": "Bad credentials"}, State.FAIL, "does not take the token"),
        (500, {"message": "Oops"}, State.WARN, "has trouble of its own"),
        (403, {"message": "Resource not accessible by integration"}, None, ""),
    ],
)
def test_what_github_refuses_is_a_sentence(github: FakeGithub, status, body, state, words):
    github.faults.add(status, "GET /user", body=body)
    told = found()
    if state is None:  # a token of an app, which is no person's
        assert named(told, "token").fact.startswith("of an app") and named(told, "repository")
    else:
        one = only(told)
        assert one.state is state and words in one.fact and one.todo


def test_a_repository_that_is_not_there_is_told(github: FakeGithub, settings):
    settings.GITHUB_REPO_NAME = "elsewhere"
    told = named(found(), "publishing")
    assert (
        told.state is State.FAIL and "no repository somebody/elsewhere" in told.fact and "check" in told.todo
    )


def test_without_a_network_it_is_said_and_no_fault(github: FakeGithub, settings):
    settings.GITHUB_API_URL = "http://127.0.0.1:9"
    assert only(found()).state is State.NOTE
    settings.GITHUB_API_URL = github.address
    github.faults.add("slow", "GET /user", seconds=3)
    settings.GITHUB_TIMEOUT_S = 1
    assert "cannot be reached" in only(found()).fact


def test_few_requests_left_are_told(github: FakeGithub):
    github.headers[RATE] = "12"
    told = named(found(), "requests")
    assert told.state is State.WARN and told.fact.startswith("12 are left")


def test_a_clock_that_is_wrong_is_told_by_githubs(github: FakeGithub):
    github.date = "Tue, 03 Feb 2026 04:05:06 GMT"
    told = named(found(), "clock")
    assert told.state is State.WARN and "of GitHub's" in told.fact
