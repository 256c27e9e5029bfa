"""Withdrawing: whatever of a release is there goes, and nothing else."""

from __future__ import annotations

import json

import pytest

from packs.models import Build
from releases.errors import PublishError
from releases.models import Release
from tests.releases.support import do, make_build, published, refused, submitted
from tests.support.github.faults import CUT, LOST

pytestmark = pytest.mark.django_db(transaction=True)

HEAD = "heads/main"


def withdrawn(release: Release) -> Release:
    release.withdraw(by=None, wake=False)
    job = do(release)
    assert job.status == "succeeded", job.error
    assert release.state == Release.State.WITHDRAWN and release.withdrawn_at and not release.url
    return release


@pytest.mark.parametrize("tree", [False, True])
def test_nothing_of_it_is_left_and_it_can_be_published_again(github, build: Build, tree):
    release = withdrawn(published(build, tree=tree))
    assert not github.repo.releases and not github.repo.tags()
    assert github.repo.git.paths(HEAD) == ({"README.md", "index.json"} if tree else {"README.md"})
    assert not release.zip_url and not release.install_lines, "there is nothing to install"
    again = published(build, tree=tree)
    assert again.pk == release.pk and again.withdrawn_at is None
    assert github.repo.tags() == {"sci-fi-v1.0.0"}


def test_a_version_that_was_withdrawn_stays_used(github, build: Build, content):
    withdrawn(published(make_build(content, "1.1.0")))
    with pytest.raises(PublishError, match="versions only rise"):
        submitted(build)


def test_the_files_of_a_later_version_stay(github, build: Build, content):
    first = published(build, tree=True)
    published(make_build(content, "1.1.0"), tree=True)
    before = github.repo.git.refs[HEAD]
    withdrawn(first)
    assert github.repo.git.refs[HEAD] == before
    assert github.repo.tags() == {"sci-fi-v1.1.0"}
    assert [entry["version"] for entry in json.loads(github.repo.git.read(HEAD, "index.json"))["packs"]] == [
        "1.1.0"
    ]


def test_other_packs_stay(github, build: Build, content):
    published(make_build(content, slug="other"), tree=True)
    release = published(build, tree=True)
    withdrawn(release)
    assert "other/openpeon.json" in github.repo.git.paths(HEAD)
    assert not any(path.startswith("sci-fi/") for path in github.repo.git.paths(HEAD))
    assert github.repo.tags() == {"other-v1.0.0"} and len(github.repo.releases) == 1


@pytest.mark.parametrize("kind", [CUT, LOST, 500])
@pytest.mark.parametrize("on", ["DELETE .*/releases/", "DELETE .*/git/refs/", "PATCH .*/git/refs/heads/main"])
def test_a_lost_answer_is_looked_after(github, build: Build, kind, on):
    release = published(build, tree=True)
    github.faults.add(kind, on)
    withdrawn(release)
    assert not github.repo.releases and not github.repo.tags()
    assert github.repo.git.history(HEAD) == ["Withdraw sci-fi 1.0.0", "sci-fi 1.0.0", "first"]


def test_what_somebody_deleted_by_hand_is_no_obstacle(github, build: Build):
    release = published(build)
    github.repo.releases.clear()
    del github.repo.git.refs["tags/sci-fi-v1.0.0"]
    withdrawn(release)


def test_a_list_that_is_behind_hides_no_release(github, build: Build):
    github.repo.lag = 9
    withdrawn(published(build))
    assert not github.repo.releases and not github.repo.tags()


def test_a_list_that_still_has_what_is_deleted_is_no_obstacle(github, build: Build):
    github.repo.lag = 9
    release = published(build)
    github.faults.add(LOST, "DELETE .*/releases/")
    withdrawn(release)
    assert not github.repo.releases and not github.repo.tags()


def test_a_draft_that_was_never_published_can_be_thrown_away(github, build: Build):
    github.faults.add(401, "POST .*/uploads/", body={"message": "Bad credentials"})
    assert "token" in refused(build)
    release = Release.objects.get()
    assert release.error
    withdrawn(release)
    assert not github.repo.releases


def test_what_is_withdrawn_or_elsewhere_is_not_withdrawn(github, build: Build, settings):
    release = published(build)
    settings.GITHUB_REPO_NAME = "elsewhere"
    with pytest.raises(PublishError, match="is in somebody/packs, and the settings name somebody/elsewhere"):
        release.withdraw(by=None)
    settings.GITHUB_REPO_NAME = "packs"
    withdrawn(release)
    with pytest.raises(PublishError, match="is withdrawn already"):
        release.withdraw(by=None)
