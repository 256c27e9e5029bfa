"""Packs in the admin: built by a button, judged, downloaded."""

from __future__ import annotations

import pytest
from django.test import Client

from accounts.models import User
from jobs.models import Job, Status, Tier
from jobs.run import drain
from packs.models import Build, Pack
from sounds.models import Collection, Sound
from tests.support.admin import listing, page, page_of, press, run, staff
from tests.support.briefs import submit
from tests.support.library import a_collection

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def pack(warm_hosts, presets) -> Pack:
    """Filled with one real sound."""
    slot = a_collection(title="Jazz").slots.get()
    submit(["a tone"], wake=False)
    drain()
    Sound.objects.update(slot=slot)
    slot.choose(Sound.objects.get())
    return Pack.objects.create(collection=Collection.objects.get(), slug="jazz")


@pytest.fixture
def build(pack: Pack, admin_client: Client) -> Build:
    press(admin_client, pack, "build")
    drain()
    return Build.objects.get()


def test_the_button_queues_a_build_and_leads_to_its_job(admin_client: Client, admin_user: User, pack):
    answer = press(admin_client, pack, "build")
    job = Job.objects.get(kind="packs.build")
    assert answer.redirect_chain[-1][0] == f"/admin/jobs/job/{job.pk}/change/"
    assert (job.owner, job.tier) == (admin_user, Tier.ADMIN)
    drain()
    shown = page_of(admin_client, job)
    assert "jazz 1.0.0" in shown and "/packs/jazz/1.0.0.zip" in shown


def test_a_build_that_cannot_be_shows_its_reason_on_the_jobs_page(admin_client: Client, pack):
    pack.collection.slots.get().choose(None)
    press(admin_client, pack, "build")
    drain()
    job = Job.objects.get(kind="packs.build")
    assert job.status == Status.FAILED and job.error
    assert job.error[:40] in page_of(admin_client, job)


def test_the_page_of_a_pack_says_what_is_missing_and_what_is_built(admin_client: Client, pack):
    assert "it will be 1.0.0" in page_of(admin_client, pack)
    press(admin_client, pack, "build")
    drain()
    shown = page_of(admin_client, pack)
    assert "Built as 1.0.0" in shown and "/packs/jazz/1.0.0.zip" in shown
    pack.collection.slots.get().choose(None)
    assert "Still to be chosen: task_complete" in page_of(admin_client, pack)


def test_lists_lead_to_report_and_zip(admin_client: Client, build):
    report = f"/admin/packs/build/{build.pk}/change/"
    for shown in (page(admin_client, listing("packs_pack")), page(admin_client, listing("packs_build"))):
        assert report in shown and "/packs/jazz/1.0.0.zip" in shown
    zipped = b"".join(admin_client.get("/packs/jazz/1.0.0.zip"))
    assert zipped[:2] == b"PK" and len(zipped) == build.zip_bytes


def test_the_report_is_told_in_words(admin_client: Client, build):
    shown = page_of(admin_client, build)
    assert build.report["findings"], "a pack of one sound leaves something to say"
    for finding in build.report["findings"]:
        assert finding["sentence"].split("“")[0][:30] in shown
    for player, (covered, all_) in build.report["coverage"].items():
        assert f"{player} events" in shown and f"{covered} of {all_}" in shown
    assert "What was measured in each of its" in shown and "sounds/task_complete.wav" in shown


def test_several_packs_are_built_at_once(admin_client: Client, pack):
    assert "1 builds are queued" in run(admin_client, "packs_pack", "build", pack)
    assert Job.objects.filter(kind="packs.build", status=Status.QUEUED).count() == 1


def test_who_may_only_look_builds_nothing(pack):
    client = staff("packs.view_pack")
    assert "/build/" not in page(client, listing("packs_pack"))
    assert f"/admin/packs/pack/{pack.pk}/build/" not in page_of(client, pack)
    assert press(client, pack, "build").status_code == 403
    assert not Job.objects.filter(kind="packs.build").exists()


def test_who_may_not_see_jobs_stays_where_he_is(pack):
    answer = press(staff("packs.view_pack", "packs.change_pack"), pack, "build")
    assert answer.status_code == 200 and "appears under Builds" in answer.content.decode()


def test_a_job_whose_build_was_deleted_says_so(admin_client: Client, build):
    job = build.job
    build.discard()
    assert "was deleted since" in page_of(admin_client, job)


def test_the_list_costs_the_same_queries_for_many(admin_client: Client, build, django_assert_max_num_queries):
    for number in range(10):
        Pack.objects.create(collection=a_collection(), slug=f"pack-{number}")
    with django_assert_max_num_queries(10):
        page(admin_client, listing("packs_pack"))
