"""Many publishes while a part of all requests goes wrong: each ends in just the one right release."""

from __future__ import annotations

import json
import random

import pytest

from jobs.models import Status
from packs.models import Build
from releases import patience
from releases.models import Release
from tests.releases.support import do, make_build, submitted
from tests.support.github import Chance, FakeGithub

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

PACKS = 8
HEAD = "heads/main"


def until_out(build: Build, *, tree: bool) -> int:
    """Publish again and again as a person would; how often it took."""
    for attempt in range(1, 30):
        job = do(submitted(build, tree=tree))
        if job.status == Status.SUCCEEDED:
            return attempt
        assert job.error.endswith(".") and "unforeseen" not in job.error, job.error
    raise AssertionError(f"{build} never got out: {job.error}")


def check_all(github: FakeGithub, builds: list[Build], trees: set[str]) -> None:
    """Of each build there is one release with its bytes, and of the files the latest of each pack."""
    repo, git = github.repo, github.repo.git
    assert not repo.drafts()
    assert sorted(one.tag for one in repo.published()) == sorted(
        f"{one.pack.slug}-v{one.version}" for one in builds
    )
    by_tag = {one.tag: one for one in repo.published()}
    for build in builds:
        there = by_tag[f"{build.pack.slug}-v{build.version}"]
        assert there.asset(build.file_name).content == build.location.read_bytes()
        assert {one.state for one in there.assets.values()} == {"uploaded"} and len(there.assets) == 3
    index = json.loads(git.read(HEAD, "index.json"))["packs"]
    assert [entry["name"] for entry in index] == sorted({one.pack.slug for one in builds} & trees)
    for entry in index:
        latest = max((one for one in builds if one.pack.slug == entry["name"]), key=lambda one: one.number)
        assert (entry["version"], entry["sha256"]) == (latest.version, latest.zip_sha256)
        assert json.loads(git.read(HEAD, f"{entry['name']}/openpeon.json"))["version"] == latest.version
    assert repo.tags() == by_tag.keys()


@pytest.mark.parametrize("publishes", [50, pytest.param(200, marks=pytest.mark.exhaustive)])
def test_publishes_through_faults_are_as_many_right_releases(github, content, monkeypatch, publishes: int):
    monkeypatch.setattr(patience, "FIRST_WAIT_S", 0.0)
    github.faults.chance = Chance(seed=4711, share=0.06)
    dice = random.Random(4711)
    trees = {f"pack-{number}" for number in range(PACKS // 2)}
    versions = dict.fromkeys((f"pack-{number}" for number in range(PACKS)), 0)
    builds, attempts = [], []
    for _ in range(publishes):
        slug = dice.choice(list(versions))
        versions[slug] += 1
        build = make_build(content, f"1.{versions[slug]}.0", slug=slug)
        attempts.append(until_out(build, tree=slug in trees))
        builds.append(build)
    assert len(github.faults.happened) > publishes
    check_all(github, builds, trees)
    assert Release.objects.filter(state=Release.State.PUBLISHED).count() == publishes
    assert github.repo.git.history(HEAD).count("first") == 1
    commits = [message for message in github.repo.git.history(HEAD) if message != "first"]
    assert len(commits) == len(set(commits)) == sum(one.pack.slug in trees for one in builds)
    assert sum(attempts) < 2 * publishes, "most faults are borne within one attempt"
