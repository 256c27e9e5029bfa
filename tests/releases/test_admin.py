"""Releases in the admin: published from a build, followed, withdrawn, and only by who may."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from jobs.models import Job
from jobs.run import drain
from packs.models import Build
from releases.models import Release
from tests.releases.support import published
from tests.support.admin import listing, page, page_of, press, staff
from tests.support.github import FakeGithub

pytestmark = pytest.mark.django_db(transaction=True)


def publishing(build: Build) -> str:
    return reverse("admin:releases_release_of_build", args=[build.pk])


def test_a_builds_page_leads_to_publishing_it(admin_client: Client, github: FakeGithub, build: Build):
    assert publishing(build) in page_of(admin_client, build)
    asked = page(admin_client, publishing(build))
    assert "sci-fi-v1.0.0" in asked and "somebody/packs" in asked
    answer = admin_client.post(publishing(build), {"tree": "on"}, follow=True)
    job = Job.objects.get(kind="releases.publish")
    assert answer.redirect_chain[-1][0] == f"/admin/jobs/job/{job.pk}/change/"
    drain()
    release = Release.objects.get()
    assert release.tree and release.state == Release.State.PUBLISHED
    assert release.url in page_of(admin_client, job)
    shown = page_of(admin_client, release)
    assert build.zip_sha256 in shown and "manifest_sha256" in shown and "--for ccbell" in shown


def test_a_failure_is_told_in_the_list_and_taken_up_by_a_button(admin_client: Client, github, build: Build):
    github.read_only = True
    admin_client.post(publishing(build))
    drain()
    release = Release.objects.get()
    assert release.error and release.error[:30] in page(admin_client, listing("releases_release"))
    github.read_only = False
    press(admin_client, release, "publish")
    drain()
    assert Release.objects.get().state == Release.State.PUBLISHED


def test_withdrawing_asks_for_the_tag_first(admin_client: Client, github: FakeGithub, build: Build):
    release = published(build)
    assert "Type <code>sci-fi-v1.0.0</code>" in press(admin_client, release, "withdraw").content.decode()
    address = reverse("admin:releases_release_withdraw", args=[release.pk])
    refused = admin_client.post(address, {"tag": "sci-fi"})
    assert "Type sci-fi-v1.0.0" in refused.content.decode() and github.repo.releases
    admin_client.post(address, {"tag": "sci-fi-v1.0.0"})
    drain()
    assert not github.repo.releases and Release.objects.get().state == Release.State.WITHDRAWN


def test_the_list_is_refreshed_from_github(admin_client: Client, github: FakeGithub, build: Build):
    published(build)
    github.repo.releases.clear()
    admin_client.post(reverse("admin:releases_release_refresh"))
    drain()
    assert Release.objects.get().state == Release.State.GONE


def test_without_a_token_nothing_is_queued_and_the_page_says_why(
    admin_client: Client, build: Build, settings
):
    settings.GITHUB_TOKEN = ""
    assert "Set GITHUB_TOKEN" in page(admin_client, publishing(build))
    answer = admin_client.post(publishing(build), follow=True)
    assert "Set GITHUB_TOKEN" in answer.content.decode() and not Job.objects.exists()
    admin_client.post(reverse("admin:releases_release_refresh"))
    assert not Job.objects.exists()


def test_who_may_only_look_neither_publishes_nor_withdraws(github: FakeGithub, build: Build):
    release = published(build)
    helper = staff("releases.view_release", "packs.view_build")
    assert publishing(build) not in page_of(helper, build)
    assert helper.get(publishing(build)).status_code == helper.post(publishing(build)).status_code == 403
    assert press(helper, release, "withdraw").status_code == 403
    assert page(helper, listing("releases_release"))
