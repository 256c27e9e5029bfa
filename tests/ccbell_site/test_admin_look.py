"""The admin's theme: complete without a network, no burden to workers, fit for people who may do less."""

from __future__ import annotations

import re

import pytest
from django.conf import settings
from django.contrib import admin
from django.test import Client

from jobs.models import Machine
from tests.support.admin import listing, page, staff

pytestmark = pytest.mark.django_db
SOURCE = re.compile(r'(?:src|href|action|url)\s*[=(]\s*["\']?(?:https?:)?//([^"\'\s)]+)')


def test_pages_load_nothing_from_elsewhere(admin_client: Client, presets):
    for address in ("/admin/", listing("sounds_theme"), listing("sounds_sound"), listing("jobs_job")):
        assert SOURCE.findall(page(admin_client, address)) == []
    assert SOURCE.findall(page(Client(), "/admin/login/")) == []


def test_every_admin_wears_the_theme():
    from unfold.admin import ModelAdmin

    plain = [model for model, one in admin.site._registry.items() if not isinstance(one, ModelAdmin)]
    assert plain == []


def test_every_list_is_reached_from_the_sidebar(admin_client: Client):
    shown = page(admin_client, "/admin/")
    sidebar = shown[shown.index('id="nav-sidebar-apps"') :]
    missing = [
        model
        for model in admin.site._registry
        if (model is not Machine or settings.IS_SHARED)  # has no rows on one machine
        and f'href="/admin/{model._meta.app_label}/{model._meta.model_name}/"' not in sidebar
    ]
    assert missing == []


def test_the_sidebar_shows_what_one_may_see(db):
    shown = page(staff("packs.view_pack"), "/admin/")
    sidebar = shown[shown.index('id="nav-sidebar-apps"') :]
    assert "/admin/packs/pack/" in sidebar and "Open the studio" in sidebar
    assert "/admin/jobs/job/" not in sidebar and "/admin/accounts/user/" not in sidebar


def test_the_workers_own_lists_open(admin_client: Client):
    for model in ("ormq", "schedule", "success", "failure"):
        assert page(admin_client, listing(f"django_q_{model}"))


def test_dates_are_short(admin_client: Client, admin_user):
    written = f"{admin_user.date_joined:%H:%M}"
    shown = page(admin_client, f"/admin/accounts/user/{admin_user.pk}/change/")
    assert written in shown and "a.m." not in shown


@pytest.mark.slow
def test_processes_without_pages_import_no_admin(studio):
    code = (
        "import sys\n"
        "import jobs.cluster, jobs.tasks\n"
        "print(sorted(m for m in sys.modules if m.endswith('.admin') and m != 'django.contrib.admin' "
        "or m.startswith('unfold.') and not m.startswith('unfold.contrib')))"
    )
    assert studio.python(code).stdout.strip() == "[]"
