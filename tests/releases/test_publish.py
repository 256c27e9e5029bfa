"""Publishing: what ends up on GitHub, and what is refused before anything does."""

from __future__ import annotations

import hashlib
import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from django.db import connections

from jobs.models import Job, Status
from jobs.run import JobRun, drain
from packs.models import Build
from releases.errors import PublishError
from releases.models import Release
from releases.publish import Publishing
from tests.packs.support import with_sound
from tests.releases.support import do, download, make_build, published, refused, submitted

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_build_becomes_a_release_that_anybody_can_download(github, build: Build):
    release = published(build)
    (there,) = github.repo.releases.values()
    assert (there.draft, there.tag, there.name) == (False, "sci-fi-v1.0.0", "Sci-Fi 1.0.0")
    assert github.repo.tags() == {"sci-fi-v1.0.0"}
    assert release.state == Release.State.PUBLISHED and release.url.endswith("/releases/tag/sci-fi-v1.0.0")
    zipped = download(release.zip_url)
    assert zipped == build.location.read_bytes()
    assert hashlib.sha256(zipped).hexdigest() == release.assets[build.file_name]["sha256"] == build.zip_sha256
    assert json.loads(download(release.assets["manifest.json"]["url"])) == build.manifest
    line = download(release.assets[f"{build.file_name}.sha256"]["url"]).decode()
    assert line == f"{build.zip_sha256}  {build.file_name}\n"
    assert release.zip_url in there.body and build.zip_sha256 in there.body


def test_every_file_is_sent_once_and_nothing_is_asked_for_twice(github, build: Build):
    published(build)
    assert [one.split("/")[-1] for one in github.writes()] == ["releases", "assets", "assets", "assets", str(
        next(iter(github.repo.releases))
    )]  # fmt: skip


def test_what_is_out_is_only_looked_at(github, build: Build):
    first = published(build)
    writes = github.writes()
    again = published(build)
    assert again.pk == first.pk and again.state == Release.State.PUBLISHED
    assert github.writes() == writes


def test_a_draft_of_before_is_filled_and_a_second_one_deleted(github, build: Build):
    for _ in range(2):
        github.repo.create_release({"tag_name": "sci-fi-v1.0.0", "draft": True})
    fuller = github.repo.drafts()[0]
    wrong = github.repo.begin_asset(fuller, "manifest.json", "application/json")
    other = github.repo.begin_asset(fuller, f"{build.file_name}.sha256", "text/plain")
    other.content = f"{build.zip_sha256}  {build.file_name}\n".encode()
    other.state = "uploaded"
    published(build)
    (there,) = github.repo.releases.values()
    assert there.id == fuller.id and not there.draft
    assert other.id in there.assets and wrong.id not in there.assets


def test_drafts_and_releases_of_others_stay_as_they_are(github, build: Build):
    github.most_a_page = 2
    for number in range(5):
        github.repo.create_release({"tag_name": f"jazz-v1.{number}.0", "draft": number % 2 == 0})
    before = [vars_of(one) for one in github.repo.releases.values()]
    published(build)
    assert [vars_of(one) for one in github.repo.releases.values()][:5] == before
    assert len(github.repo.releases) == 6


def vars_of(release) -> tuple:
    return release.id, release.tag, release.draft, release.name


def test_a_release_with_another_zip_is_not_touched(github, build: Build):
    release = github.repo.create_release({"tag_name": "sci-fi-v1.0.0"})
    github.repo.begin_asset(release, build.file_name, "application/zip").content = b"something else"
    assert "is out on GitHub already" in refused(build)
    assert not github.writes()


def test_versions_only_rise_in_the_database(github, build: Build, content):
    published(make_build(content, "1.1.0"))
    with pytest.raises(PublishError, match=r"Version 1\.1\.0 of sci-fi was published already"):
        submitted(build)
    published(make_build(content, "1.10.0"))
    assert not Release.objects.filter(tag="sci-fi-v1.0.0").exists()


def test_versions_only_rise_on_github_whatever_the_database_knows(github, build: Build, content):
    for tag in ("sci-fi-v1.2.0", "sci-fi-v1.10.0", "sci-fi-vx", "sci-fi-2-v9.0.0", "v9.9.9"):
        github.repo.create_release({"tag_name": tag})
    assert "has version 1.10.0 of sci-fi already" in refused(build)
    assert not github.writes()
    published(make_build(content, "1.11.0"))


def test_other_content_under_a_version_that_was_published_is_refused(github, build: Build, content):
    release = published(build)
    release.withdraw(by=None, wake=False)
    do(release)
    Release.objects.update(build=make_build(with_sound(content, "tool_error", title="Other"), slug="other"))
    with pytest.raises(PublishError, match="was published with other content"):
        submitted(build)


def test_a_zip_that_was_changed_or_is_gone_is_said_before_anything_happens(github, build: Build):
    whole = build.location.read_bytes()
    build.location.write_bytes(whole[:-1] + b"!")
    with pytest.raises(PublishError, match="was changed since it was built"):
        submitted(build)
    build.location.unlink()
    with pytest.raises(PublishError, match="cannot be read"):
        submitted(build)
    build.location.write_bytes(whole)
    release = submitted(build)
    build.location.unlink()
    assert "cannot be read" in do(release).error
    assert not github.requests


@pytest.mark.parametrize("licence", ["", "NOASSERTION", "all mine", "LicenseRef-Unknown"])
def test_sounds_that_nobody_knows_the_licence_of_are_not_published(github, content, db, licence):
    build = make_build(with_sound(content, "tool_error", licence=licence))
    with pytest.raises(PublishError, match="Nobody knows the licence of the sounds for tool_error; choose"):
        submitted(build)


def test_what_is_being_published_is_not_published_twice(github, build: Build):
    release = submitted(build)
    with pytest.raises(PublishError, match="is being worked on"):
        submitted(build)
    with pytest.raises(PublishError, match="is being worked on"):
        release.withdraw(by=None)
    assert do(release).status == Status.SUCCEEDED


def test_eight_threads_that_publish_the_same_build_make_one_release(github, build: Build):
    def attempt(_: int) -> str:
        try:
            return do(submitted(Build.objects.select_related("pack").get(pk=build.pk))).status
        except PublishError as error:
            return str(error)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as threads:
        said = list(threads.map(attempt, range(8)))
    assert Status.SUCCEEDED in said
    assert all(one == Status.SUCCEEDED or "is being worked on" in one for one in said), said
    assert Release.objects.count() == 1 and len(github.repo.releases) == 1
    assert not github.repo.drafts()


def test_two_studios_that_publish_the_same_build_at_once_make_one_release(github, build: Build):
    """The queue lets one of ours in at a time, so here they share the job."""
    release = submitted(build)
    job = Job.objects.claim("somebody")
    assert job

    def attempt(_: int) -> None:
        try:
            mine = Release.objects.select_related("build__pack", "job").get(pk=release.pk)
            Publishing(JobRun(job), mine).do()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(attempt, range(4)))
    (there,) = github.repo.releases.values()
    assert not there.draft and len(there.assets) == 3


def test_an_old_job_that_is_tried_again_does_nothing_any_more(github, build: Build):
    release = published(build)
    old = release.job
    release.withdraw(by=None, wake=False)
    do(release)
    type(old).objects.filter(pk=old.pk).update(status=Status.FAILED)
    old.retry()
    drain()
    old.refresh_from_db()
    assert "Something else was asked" in old.error and not github.repo.releases


def test_an_odd_title_is_one_line_of_words(github, content):
    odd = replace(content, display_name="Sci\n# Fi\u202e\x07 😀")
    published(make_build(odd))
    (there,) = github.repo.releases.values()
    assert there.name == "Sci # Fi\ufffd\ufffd 😀 1.0.0"


def test_a_row_that_is_deleted_on_the_way_is_a_sentence_that_says_how_to_have_it_again(github, build: Build):
    release = submitted(build)
    job = release.job
    github.faults.chance = lambda request: request.startswith("PATCH") and Release.objects.all().delete()[:0]
    drain()
    job.refresh_from_db()
    assert job.error == (
        "sci-fi-v1.0.0 was deleted from the studio meanwhile; publish the build again to have it here as it "
        "is on GitHub."
    )
    published(build)
    assert len(github.repo.releases) == 1
