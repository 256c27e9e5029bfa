"""Presets in the order in which somebody dragged them."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from sounds.load_presets import load_presets
from sounds.models import Hook, Theme, Variation
from tests.support.admin import listing, page, staff

pytestmark = pytest.mark.django_db
HANDLE = "x-sort:handle"


def slugs() -> list[str]:
    return list(Hook.objects.values_list("slug", flat=True))


def drop(client: Client, model: str, rows: list):
    return client.post(reverse(f"admin:sounds_{model}_order"), {"pk": [row.pk for row in rows]})


def test_a_drop_is_saved_and_stays(admin_client: Client, presets):
    hooks = list(Hook.objects.all())
    moved = [hooks[4], *hooks[:4], *hooks[5:]]
    answer = drop(admin_client, "hook", moved)
    assert answer.status_code == 200
    assert slugs() == [hook.slug for hook in moved]
    assert answer.json()[str(hooks[4].pk)] == 1
    load_presets()
    assert slugs() == [hook.slug for hook in moved]


def test_only_what_moved_counts_as_edited(admin_client: Client, presets):
    hooks = list(Hook.objects.all())
    drop(admin_client, "hook", [hooks[1], hooks[0], *hooks[2:]])
    assert [hook.slug for hook in Hook.objects.all() if hook.edited] == [hooks[1].slug, hooks[0].slug]


def test_rows_that_shared_a_position_get_one_each(admin_client: Client, presets):
    ours = [
        Hook.objects.create(
            slug=f"own_{number}", name=f"Own {number}", intent="x", gesture="x", length_s=1, loudness_lufs=-18
        )
        for number in range(3)
    ]
    assert {hook.position for hook in ours} == {100}
    drop(admin_client, "hook", [*Hook.objects.exclude(pk__in=[hook.pk for hook in ours]), *reversed(ours)])
    assert slugs()[-3:] == ["own_2", "own_1", "own_0"]


def test_a_filtered_list_moves_its_rows_among_themselves(admin_client: Client, presets):
    hooks = list(Hook.objects.all())
    drop(admin_client, "hook", [hooks[6], hooks[2]])
    order = slugs()
    assert order.index(hooks[6].slug) == 2 and order.index(hooks[2].slug) == 6


def test_the_variations_of_a_theme_are_put_in_order(admin_client: Client, presets):
    theme = Theme.objects.get(slug="jazz")
    before = list(theme.variations.all())
    drop(admin_client, "variation", before[::-1])
    assert list(theme.variations.all()) == before[::-1]
    assert not any(one.edited for one in Variation.objects.exclude(theme=theme))


def test_variations_are_dragged_inside_one_theme_only(admin_client: Client, presets):
    assert HANDLE not in page(admin_client, listing("sounds_variation"))
    theme = Theme.objects.get(slug="jazz")
    assert HANDLE in page(admin_client, listing("sounds_variation", theme__id__exact=theme.pk))


def test_a_list_that_is_sorted_otherwise_has_no_handles(admin_client: Client, presets):
    assert HANDLE in page(admin_client, listing("sounds_hook"))
    assert HANDLE not in page(admin_client, listing("sounds_hook", o="1"))


def test_who_may_only_look_drags_nothing(presets):
    client = staff("sounds.view_hook")
    assert HANDLE not in page(client, listing("sounds_hook"))
    before = list(Hook.objects.all())
    assert drop(client, "hook", before[::-1]).status_code == 403
    assert list(Hook.objects.all()) == before


def test_nonsense_is_refused(admin_client: Client, presets):
    address = reverse("admin:sounds_hook_order")
    assert admin_client.get(address).status_code == 405
    assert admin_client.post(address, {"pk": ["a", "b"]}).status_code == 400
    before = slugs()
    pk = Hook.objects.first().pk
    assert admin_client.post(address, {"pk": [pk, pk, 10**9]}).status_code == 200
    assert slugs() == before


def test_the_list_saves_what_is_switched_without_moving_anything(admin_client: Client, presets):
    hooks = list(Hook.objects.all())
    form = {"form-TOTAL_FORMS": len(hooks), "form-INITIAL_FORMS": len(hooks), "_save": "Save"}
    for number, hook in enumerate(hooks):
        form |= {f"form-{number}-id": hook.pk, f"form-{number}-position": hook.position}
        form |= {f"form-{number}-enabled": "on"} if number else {}
    admin_client.post(listing("sounds_hook"), form)
    assert [hook.slug for hook in Hook.objects.filter(enabled=False)] == [hooks[0].slug]
    assert list(Hook.objects.all()) == hooks
