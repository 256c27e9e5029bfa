"""Takes side by side."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from sounds.models import Slot, Sound
from tests.support.admin import listing, page, run, staff
from tests.support.library import a_collection, a_sound

pytestmark = pytest.mark.django_db


@pytest.fixture
def slot() -> Slot:
    return a_collection().slots.get()


@pytest.fixture
def takes(slot: Slot) -> list[Sound]:
    return [a_sound(f"take {number}", slot=slot, take_no=number, seed=40 + number) for number in (1, 2, 3)]


def compare(**query) -> str:
    return reverse("admin:sounds_sound_compare", query=query)


def choose(client: Client, take: Sound, slot: Slot):
    return client.post(reverse("admin:sounds_sound_choose", args=[take.pk, slot.pk]), follow=True)


def test_all_takes_of_a_slot_stand_side_by_side(admin_client: Client, slot, takes):
    slot.choose(takes[1])
    shown = page(admin_client, compare(slot=slot.pk))
    for take in takes:
        assert f'data-take="{take.pk}"' in shown and f'<audio src="/sounds/{take.uuid}/audio.wav"' in shown
        assert reverse("sounds:spectrogram", args=[take.uuid]) in shown and f"<dd>{take.seed}</dd>" in shown
    assert "take 2 is chosen" in shown and shown.count('class="take chosen"') == 1
    assert shown.count("/compare/choose/") == 2, "the one that is chosen needs no button"


def test_selected_sounds_stand_side_by_side(admin_client: Client, takes):
    other = a_sound("of no slot")
    shown = run(admin_client, "sounds_sound", "compare", takes[0], other)
    assert f'data-take="{takes[0].pk}"' in shown and f'data-take="{other.pk}"' in shown
    assert f'data-take="{takes[1].pk}"' not in shown
    assert shown.count("/compare/choose/") == 1, "a sound without a slot can be chosen for none"


def test_too_many_are_refused_in_words(admin_client: Client):
    many = [a_sound(f"sound {number}") for number in range(25)]
    assert "Select at most 24 sounds" in run(admin_client, "sounds_sound", "compare", *many)


def test_a_take_is_chosen_there(admin_client: Client, admin_user, slot, takes):
    answer = choose(admin_client, takes[2], slot)
    assert "take 3 is chosen" in answer.content.decode()
    assert Slot.objects.get().chosen == takes[2]
    assert slot.choices.get().by == admin_user


def test_a_locked_slot_keeps_what_it_has(admin_client: Client, slot, takes):
    Slot.objects.update(locked=True)
    assert "is locked" in choose(admin_client, takes[0], slot).content.decode()
    assert Slot.objects.get().chosen is None
    assert "Its slot is locked." in page(admin_client, compare(slot=slot.pk))


def test_a_sound_from_elsewhere_is_no_take(admin_client: Client, slot):
    assert "is no take of" in choose(admin_client, a_sound(), slot).content.decode()
    assert Slot.objects.get().chosen is None


def test_what_was_chosen_out_of_the_library_is_among_the_takes(admin_client: Client, slot, takes):
    borrowed = a_sound("borrowed")
    slot.choose(borrowed)
    assert f'data-take="{borrowed.pk}"' in page(admin_client, compare(slot=slot.pk))


def test_a_take_is_ranked_there(admin_client: Client, takes):
    address = reverse("admin:sounds_sound_rank", args=[takes[0].pk])
    admin_client.post(address, {"rank": "2"})
    assert Sound.objects.get(pk=takes[0].pk).rank == 2
    assert "from 1 to 5" in admin_client.post(address, {"rank": "9"}, follow=True).content.decode()
    admin_client.post(address, {"rank": ""})
    assert Sound.objects.get(pk=takes[0].pk).rank is None


def test_who_may_only_look_has_no_buttons(slot, takes):
    client = staff("sounds.view_sound")
    shown = page(client, compare(slot=slot.pk))
    assert f'data-take="{takes[0].pk}"' in shown
    assert "/compare/choose/" not in shown and "/compare/rank/" not in shown
    assert choose(client, takes[0], slot).status_code == 403
    assert client.post(reverse("admin:sounds_sound_rank", args=[takes[0].pk])).status_code == 403


def test_who_may_not_see_sounds_compares_none(slot):
    assert staff("jobs.view_job").get(compare(slot=slot.pk)).status_code == 403


@pytest.mark.parametrize("query", [{"slot": "x"}, {"slot": "0"}, {"sound": "x"}])
def test_an_address_that_names_nothing_is_not_found(admin_client: Client, query):
    assert admin_client.get(compare(**query)).status_code == 404


def test_slots_and_sounds_lead_there(admin_client: Client, slot, takes):
    assert compare(slot=slot.pk) in page(admin_client, listing("sounds_slot"))
    assert compare(slot=slot.pk) in page(admin_client, listing("sounds_sound"))


def test_a_page_of_many_takes_costs_few_queries(
    admin_client: Client, slot, takes, django_assert_max_num_queries
):
    for number in range(4, 20):
        a_sound(f"take {number}", slot=slot, take_no=number)
    with django_assert_max_num_queries(8):
        page(admin_client, compare(slot=slot.pk))
