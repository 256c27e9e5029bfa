"""Looking at GitHub: the rows say what it says, and nothing is written there."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from jobs.models import Status
from jobs.run import finish
from packs.models import Build
from releases.models import Release
from tests.releases.support import do, download, make_build, published, refused, submitted

pytestmark = pytest.mark.django_db(transaction=True)

State = Release.State


def refresh() -> dict[str, int]:
    batch = Release.objects.refresh(by=None, wake=False)
    finish(batch, tick=lambda: None)
    job = batch.jobs.get()
    assert job.status == Status.SUCCEEDED, job.error
    return job.result


def test_downloads_are_counted(github, build: Build):
    release = published(build)
    writes = github.writes()
    for _ in range(3):
        download(release.zip_url)
    assert refresh() == {"releases": 1, "changed": 0}
    release.refresh_from_db()
    assert release.downloads == 3 and release.state == State.PUBLISHED
    assert release.assets["manifest.json"]["downloads"] == 0 and release.assets[build.file_name]["sha256"]
    assert github.writes() == writes


def test_what_was_deleted_or_made_a_draft_or_changed_on_github_is_gone(github, content, db):
    rows = [published(make_build(content, slug=slug)) for slug in ("one", "two", "three", "four")]
    there = {release.tag: release for release in github.repo.releases.values()}
    del github.repo.releases[there["one-v1.0.0"].id]
    there["two-v1.0.0"].draft = True
    zipped = there["three-v1.0.0"].asset(rows[2].build.file_name)
    zipped.content = zipped.content[:-1] + b"!"
    assert refresh() == {"releases": 4, "changed": 3}
    assert [Release.objects.get(pk=row.pk).state for row in rows] == [State.GONE] * 3 + [State.PUBLISHED]
    there["two-v1.0.0"].draft = False
    assert refresh()["changed"] == 1
    assert Release.objects.get(pk=rows[1].pk).state == State.PUBLISHED


def test_what_got_out_though_its_answer_was_lost_is_found(github, build: Build):
    github.faults.add(500, "PATCH .*/releases/", times=100)
    assert "trouble of its own" in refused(build)
    (draft,) = github.repo.drafts()
    github.faults.clear()
    refresh()
    assert Release.objects.get().state == State.PUBLISHING
    github.repo.update_release(draft, {"draft": False})
    refresh()
    release = Release.objects.get()
    assert release.state == State.PUBLISHED and release.zip_url and release.published_at


def test_what_is_being_worked_on_is_left_alone(github, build: Build):
    release = published(build)
    github.repo.releases.clear()
    submitted(build)
    assert refresh() == {"releases": 0, "changed": 0}
    release.refresh_from_db()
    assert release.state == State.PUBLISHED
    assert do(release).status == Status.SUCCEEDED and len(github.repo.published()) == 1


def test_more_releases_than_a_page_holds_are_all_looked_at(github, build: Build):
    github.most_a_page = 3
    published(build)
    for number in range(10):
        github.repo.create_release({"tag_name": f"jazz-v1.{number}.0"})
    assert refresh() == {"releases": 1, "changed": 0}
    assert Release.objects.get().state == State.PUBLISHED


def test_a_list_that_is_behind_makes_nothing_gone(github, build: Build):
    github.repo.lag = 9
    release = published(build)
    assert refresh() == {"releases": 1, "changed": 0}
    release.refresh_from_db()
    assert release.state == State.PUBLISHED


def test_what_was_withdrawn_while_github_was_asked_stays_withdrawn(github, build: Build):
    release = published(build)
    batch = Release.objects.refresh(by=None, wake=False)
    later = timezone.now() + timedelta(minutes=1)
    Release.objects.update(state=State.WITHDRAWN, refreshed_at=later)
    finish(batch, tick=lambda: None)
    release.refresh_from_db()
    assert release.state == State.WITHDRAWN


def test_without_digests_the_size_has_to_do(github, build: Build):
    release = published(build)
    github.repo.digests = False
    refresh()
    release.refresh_from_db()
    assert release.state == State.PUBLISHED
    assert release.assets[build.file_name]["sha256"] == build.zip_sha256


def test_rows_of_another_repository_are_not_touched(github, build: Build, settings):
    release = published(build)
    Release.objects.update(repo="somebody/elsewhere")
    github.repo.releases.clear()
    assert refresh() == {"releases": 0, "changed": 0}
    release.refresh_from_db()
    assert release.state == State.PUBLISHED
