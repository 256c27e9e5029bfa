"""Themes and variations in the admin, each with an example to hear."""

from __future__ import annotations

import pytest
from django.test import Client

from sounds.models import Theme, Variation
from tests.support.admin import listing, page, page_of, run, staff

pytestmark = pytest.mark.django_db


def test_themes_and_variations_are_tried_in_lists_and_on_their_pages(admin_client: Client, presets):
    theme = Theme.objects.get(slug="jazz")
    variation = theme.variations.first()
    alone = 'class="try" data-theme="jazz" data-variation=""'
    varied = f'class="try" data-theme="jazz" data-variation="{variation.slug}"'
    assert alone in page(admin_client, listing("sounds_theme"))
    assert varied in page(admin_client, listing("sounds_variation"))
    shown = page_of(admin_client, theme)
    assert alone in shown and varied in shown and "try.js" in shown
    assert varied in page_of(admin_client, variation)


def test_who_may_only_look_can_try_them_too(presets):
    client = staff("sounds.view_theme")
    assert 'class="try"' in page(client, listing("sounds_theme"))
    assert 'class="try"' in page_of(client, Theme.objects.get(slug="jazz"))


def test_a_theme_that_is_being_added_has_nothing_to_try_yet(admin_client: Client, db):
    assert "Save it first" in page(admin_client, "/admin/sounds/theme/add/")


def test_an_instrument_is_written_so_that_one_can_read_it(admin_client: Client, presets):
    assert "{\n  &quot;" in page_of(admin_client, Theme.objects.get(slug="jazz"))


def test_lists_say_what_is_shipped_edited_and_ones_own(admin_client: Client, presets):
    theme = Theme.objects.get(slug="jazz")
    Theme.objects.filter(pk=theme.pk).update(description="Mine.")
    Variation.objects.create(theme=theme, slug="own", name="Own")
    assert 'class="state edited"' in page(admin_client, listing("sounds_theme"))
    variations = page(admin_client, listing("sounds_variation"))
    assert ">own</span>" in variations and ">shipped</span>" in variations


def test_deleting_says_which_presets_stay(admin_client: Client, presets):
    theme = Theme.objects.get(slug="jazz")
    own = Variation.objects.create(theme=theme, slug="own", name="Own")
    shown = run(
        admin_client, "sounds_variation", "delete_selected", own, theme.variations.first(), post="yes"
    )
    assert "1 shipped presets were kept" in shown and "deleted 1 variation" in shown
    assert not Variation.objects.filter(pk=own.pk).exists()
