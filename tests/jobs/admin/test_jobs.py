"""Jobs in the admin: their state, and what a person does about it."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from jobs.models import Event, Job, Status
from tests.support.admin import listing, page, page_of, press, run, staff
from tests.support.briefs import submit

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def job() -> Job:
    return submit(["a tone"], wake=False).jobs.get()


def failed(job: Job, error: str = "It fell over; try again.") -> Job:
    job.start("somebody")
    job.fail(error)
    return job


def test_a_job_is_cancelled_and_retried_by_its_buttons(admin_client: Client, job):
    assert "is cancelled" in press(admin_client, job, "cancel").content.decode()
    assert Job.objects.get().status == Status.CANCELLED
    assert "is queued again" in press(admin_client, job, "retry").content.decode()
    assert Job.objects.get().status == Status.QUEUED


def test_a_running_job_stops_at_its_next_step(admin_client: Client, job):
    job.start("somebody")
    assert "stops at its next step" in press(admin_client, job, "cancel").content.decode()
    assert Job.objects.get().cancel_requested
    assert ">stopping<" in page(admin_client, listing("jobs_job"))


def test_a_button_that_comes_too_late_says_so(admin_client: Client, job):
    job.cancel()
    assert "had ended already" in press(admin_client, job, "cancel").content.decode()
    job.retry()
    assert "only failed and cancelled jobs" in press(admin_client, job, "retry").content.decode()


def test_a_button_leads_back_to_the_list_that_one_came_from(admin_client: Client, job):
    address = reverse("admin:jobs_job_cancel", args=[job.pk])
    came_from = f"http://testserver{listing('jobs_job')}?status__exact=queued"
    assert admin_client.post(address, headers={"Referer": came_from}).url == came_from
    elsewhere = admin_client.post(address, headers={"Referer": "https://example.org/"})
    assert elsewhere.url == listing("jobs_job")


def test_only_buttons_that_make_sense_now_are_offered(admin_client: Client, job):
    failed(job)
    shown = page(admin_client, listing("jobs_job"))
    cancel, retry = (
        shown.split(f'formaction="{reverse(f"admin:jobs_job_{verb}", args=[job.pk])}"')[1].split(">")[0]
        for verb in ("cancel", "retry")
    )
    assert "hidden" in cancel and "hidden" not in retry


def test_buttons_are_pressed_and_not_followed_by_a_crawler(admin_client: Client, job):
    assert admin_client.get(reverse("admin:jobs_job_cancel", args=[job.pk])).status_code == 405
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = admin_client.cookies
    assert strict.post(reverse("admin:jobs_job_cancel", args=[job.pk])).status_code == 403
    assert Job.objects.get().status == Status.QUEUED


def test_the_list_filters_by_state_and_counts_them(admin_client: Client, job):
    failed(submit(["another"], wake=False).jobs.get(), "It fell over badly; try again.")
    shown = page(admin_client, listing("jobs_job", status__exact="failed"))
    assert "It fell over badly" in shown and f'data-job="{job.uuid}"' not in shown
    counts = admin_client.get(reverse("admin:jobs_job_counts")).json()
    assert counts == {"queued": 1, "failed": 1}


def test_the_list_knows_from_where_to_follow_the_stream(admin_client: Client, job):
    shown = page(admin_client, listing("jobs_job"))
    newest = Event.objects.order_by("-pk").first().pk
    assert f'data-after="{newest}"' in shown and "jobs.js" in shown
    assert f'data-job="{job.uuid}"' in shown and f'data-bar="{job.uuid}"' in shown


def test_the_page_of_a_job_shows_its_error_and_follows_it(admin_client: Client, job):
    shown = page_of(admin_client, failed(job))
    assert "It fell over; try again." in shown and f'data-follow="{job.uuid}"' in shown


def test_who_may_only_look_sees_no_buttons_and_presses_none(db, job):
    client = staff("jobs.view_job")
    shown = page(client, listing("jobs_job"))
    assert f'data-job="{job.uuid}"' in shown and "formaction" not in shown
    assert "formaction" not in page_of(client, job)
    assert press(client, job, "cancel").status_code == 403
    run(client, "jobs_job", "cancel", job)
    assert Job.objects.get().status == Status.QUEUED


def test_who_may_change_jobs_works_the_buttons(db, job):
    client = staff("jobs.view_job", "jobs.change_job")
    assert "formaction" in page_of(client, job)
    assert "is cancelled" in press(client, job, "cancel").content.decode()


def test_who_may_not_see_jobs_does_not_count_them(db):
    assert staff("sounds.view_sound").get(reverse("admin:jobs_job_counts")).status_code == 403


def test_deleting_keeps_jobs_that_have_not_ended(admin_client: Client, job):
    ended = failed(submit(["another"], wake=False).jobs.get())
    shown = run(admin_client, "jobs_job", "delete_selected", job, ended, post="yes")
    assert "1 jobs that have not ended are kept" in shown and "deleted 1 job" in shown
    assert list(Job.objects.all()) == [job]
    assert "Nothing is left to delete" in run(admin_client, "jobs_job", "delete_selected", job, post="yes")


def test_the_list_costs_the_same_queries_for_many(admin_client: Client, job, django_assert_max_num_queries):
    submit(["a tone"] * 40, wake=False)
    with django_assert_max_num_queries(14):
        page(admin_client, listing("jobs_job"))
