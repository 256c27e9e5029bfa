"""The admin shows and does what curation needs."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from jobs.models import Job, Status
from jobs.run import finish
from sounds.models import Collection, Hook, Slot, Sound, Theme
from tests.support.briefs import submit
from tests.support.studio import PLUGIN

pytestmark = pytest.mark.django_db(transaction=True)

admin.autodiscover()
OURS = [model for model in admin.site._registry if model._meta.app_label in ("jobs", "sounds", "packs")]


@pytest.fixture
def sound(monkeypatch, presets) -> Sound:
    monkeypatch.setenv("PYTHONPATH", str(PLUGIN))
    finish(submit(["a tone"], wake=False), tick=lambda: None)
    return Sound.objects.get()


@pytest.mark.parametrize("model", OURS, ids=lambda model: model.__name__)
def test_every_list_and_form_opens(admin_client: Client, sound, model):
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
    assert admin_client.get(reverse(f"{name}_changelist"), {"q": "a"}).status_code == 200
    if row := model._default_manager.first():
        assert admin_client.get(reverse(f"{name}_change", args=[row.pk])).status_code == 200


def test_every_model_of_ours_is_there():
    inline = {"BuildItem"}
    for app in ("accounts", "jobs", "sounds", "packs"):
        for model in apps.get_app_config(app).get_models():
            assert model in admin.site._registry or model.__name__ in inline, model


def test_sounds_play_and_show_their_shape_in_the_list(admin_client: Client, sound):
    page = admin_client.get(reverse("admin:sounds_sound_changelist")).content.decode()
    assert f'<audio src="/sounds/{sound.uuid}/audio.wav"' in page and "player.js" in page
    assert f'<img src="/sounds/{sound.uuid}/waveform.svg"' in page


def test_the_list_of_sounds_costs_the_same_queries_for_many(
    admin_client: Client, sound, django_assert_max_num_queries
):
    finish(submit(["a tone"] * 20, wake=False), tick=lambda: None)
    with django_assert_max_num_queries(14):
        admin_client.get(reverse("admin:sounds_sound_changelist"))


def action(client: Client, model: str, name: str, *pks: int) -> str:
    answer = client.post(
        reverse(f"admin:{model}_changelist"), {"action": name, "_selected_action": pks}, follow=True
    )
    return answer.content.decode()


def test_jobs_are_cancelled_and_retried(admin_client: Client, db):
    job = submit(["a tone"], wake=False).jobs.get()
    assert "1 jobs cancelled" in action(admin_client, "jobs_job", "cancel", job.pk)
    assert Job.objects.get().status == Status.CANCELLED
    assert "1 jobs queued again" in action(admin_client, "jobs_job", "retry", job.pk)
    assert Job.objects.get().status == Status.QUEUED


def test_a_take_is_chosen_and_the_choice_taken_back(admin_client: Client, sound):
    slot = Slot.objects.create(collection=Collection.objects.create(title="Mine"), key="task_complete")
    Sound.objects.update(slot=slot)
    assert "1 slots have a new choice" in action(admin_client, "sounds_sound", "choose", sound.pk)
    assert Slot.objects.get().chosen == sound
    assert "1 choices taken back" in action(admin_client, "sounds_slot", "undo", slot.pk)
    assert Slot.objects.get().chosen is None


def test_shipped_presets_are_disabled_and_not_deleted(admin_client: Client, presets):
    hook = Hook.objects.get(slug="tool_start")
    action(admin_client, "sounds_hook", "disable", hook.pk)
    assert not Hook.objects.get(slug="tool_start").enabled
    admin_client.post(
        reverse("admin:sounds_hook_changelist"),
        {"action": "delete_selected", "_selected_action": [hook.pk], "post": "yes"},
    )
    assert Hook.objects.filter(slug="tool_start").exists()
    assert admin_client.get(reverse("admin:sounds_hook_delete", args=[hook.pk])).status_code == 403


def test_a_broken_instrument_is_refused_with_a_sentence(admin_client: Client, presets):
    theme = Theme.objects.get(slug="jazz")
    form = admin_client.get(reverse("admin:sounds_theme_change", args=[theme.pk])).context["adminform"].form
    data = {name: value for name, value in form.initial.items() if value is not None}
    data |= {"voice": "{}", "tempo": "99", "variations-TOTAL_FORMS": 0, "variations-INITIAL_FORMS": 0}
    page = admin_client.post(reverse("admin:sounds_theme_change", args=[theme.pk]), data).content.decode()
    assert "tempo" in page and "0.25" in page
    theme.refresh_from_db()
    assert theme.tempo != 99


def test_deleting_sounds_in_bulk_takes_their_files_along(admin_client: Client, sound):
    folder = sound.folder
    admin_client.post(
        reverse("admin:sounds_sound_changelist"),
        {"action": "delete_selected", "_selected_action": [sound.pk], "post": "yes"},
    )
    assert not Sound.objects.exists() and not folder.exists()


def test_somebody_who_is_no_staff_gets_nowhere(client: Client, django_user_model):
    client.force_login(django_user_model.objects.create_user("guest"))
    assert client.get(reverse("admin:jobs_job_changelist")).status_code == 302
