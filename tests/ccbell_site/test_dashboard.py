"""The admin's first page: what the studio is doing."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from ccbell_site.dashboard import Dashboard
from jobs.models import Job
from sounds.models import AudioFile, Sound
from tests.support.admin import page, staff
from tests.support.briefs import submit
from tests.support.library import a_sound

pytestmark = pytest.mark.django_db
INDEX = "/admin/"


def test_lanes_tell_what_runs_and_what_waits(db):
    submit(["one", "two", "three"], wake=False)
    submit(["four"], lane="neural", wake=False)
    Job.objects.first().start("somebody")
    lanes = {lane.name: (lane.running, lane.queued) for lane in Dashboard().lanes}
    assert lanes["neural"] == (1, 0) and lanes["procedural"] == (0, 3) and lanes["network"] == (0, 0)
    assert (Dashboard().running, Dashboard().queued) == (1, 3)


def test_sounds_are_counted_by_the_hour(db):
    now = timezone.now()
    for hours in (0, 0, 2, 30):
        Sound.objects.filter(pk=a_sound().pk).update(created_at=now - timedelta(hours=hours))
    hours = Dashboard().hours
    assert len(hours) == 24 and hours[-1].sounds == 2 and hours[-3].sounds == 1
    assert (hours[-1].share, hours[-3].share) == (1, 0.5)
    assert (Dashboard().made, Dashboard().best, Dashboard().sounds) == (3, 2, 4)


def test_failures_of_the_last_day_are_told_the_latest_first(db):
    for number, hours in enumerate((1, 2, 30)):
        job = submit([f"tone {number}"], wake=False).jobs.get()
        job.start("somebody")
        job.fail(f"It fell over {hours} hours ago; try again.")
        Job.objects.filter(pk=job.pk).update(finished_at=timezone.now() - timedelta(hours=hours))
    assert [job.label for job in Dashboard().failures] == ["tone 0", "tone 1"]
    assert Dashboard().failed == 2


def test_disk_counts_what_the_rows_say(db):
    AudioFile.objects.create(
        sound=a_sound(), role=AudioFile.Role.MASTER, format="wav", path="x.wav", bytes=1234, sha256="0"
    )
    assert Dashboard().audio_bytes == 1234 and Dashboard().zip_bytes == 0


def test_an_empty_studio_has_a_first_page_too(admin_client: Client):
    shown = page(admin_client, INDEX)
    assert "None yet" in shown and "No worker is running" in shown


def test_it_shows_all_there_is(admin_client: Client):
    job = submit(["a tone"], wake=False).jobs.get()
    job.start("somebody")
    job.fail("It fell over; try again.")
    shown = page(admin_client, INDEX)
    assert "It fell over; try again." in shown and f"/admin/jobs/job/{job.pk}/change/" in shown
    assert "Sounds per hour" in shown and "Stable Audio Open Small" in shown


def test_it_costs_a_handful_of_queries_however_much_there_is(
    admin_client: Client, django_assert_max_num_queries
):
    for number in range(20):
        a_sound()
        job = submit([f"tone {number}"], wake=False).jobs.get()
        job.start("somebody")
        job.fail("It fell over; try again.")
    with django_assert_max_num_queries(18):
        page(admin_client, INDEX)


def test_it_shows_and_asks_for_only_what_one_may_see(django_assert_max_num_queries):
    submit(["a tone"], wake=False)
    client = staff("packs.view_pack")
    with django_assert_max_num_queries(14):  # half of them for who asks, and for the engines
        shown = page(client, INDEX)
    assert "Packs" in shown and "Sounds per hour" not in shown and "Failures of the last day" not in shown
