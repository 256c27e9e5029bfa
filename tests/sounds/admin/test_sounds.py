"""Many sounds at once: ranked, tagged, chosen, deleted as far as nobody needs them."""

from __future__ import annotations

import pytest
from django.test import Client

from packs.models import Build, BuildItem, Pack
from sounds.models import Favourite, Sound, Tag
from tests.support.admin import listing, page, page_of, run, staff
from tests.support.library import a_collection, a_sound, somebody

pytestmark = pytest.mark.django_db(transaction=True)


def a_build_of(*sounds: Sound, version: str = "1.0.0") -> Build:
    pack, _ = Pack.objects.get_or_create(slug="mine", defaults={"collection": a_collection()})
    build = Build.objects.create(
        pack=pack, version=version, content_sha256="0", manifest={}, report={"gate": "gold", "badge": True},
        zip_path=f"releases/{version}.zip", zip_sha256="0", zip_bytes=1,
    )  # fmt: skip
    for number, sound in enumerate(sounds):
        BuildItem.objects.create(build=build, hook=f"hook_{number}", sound=sound)
    return build


def ranks() -> list[int | None]:
    return list(Sound.objects.order_by("pk").values_list("rank", flat=True))


def test_sounds_are_ranked_together(admin_client: Client):
    one, two, three = a_sound("one"), a_sound("two"), a_sound("three", rank=5)
    assert "2 sounds have rank 1" in run(admin_client, "sounds_sound", "rank_1", one, two)
    assert ranks() == [1, 1, 5]
    assert "no rank any more" in run(admin_client, "sounds_sound", "rank_none", two, three)
    assert ranks() == [1, None, None]


def test_sounds_are_tagged_together_and_found_by_it(admin_client: Client):
    one, two = a_sound("one", tags=("old",)), a_sound("two")
    asked = run(admin_client, "sounds_sound", "tag", one, two)
    assert "Tag 2 sounds" in asked and asked.count('name="_selected_action"') == 2
    shown = run(admin_client, "sounds_sound", "tag", one, two, tags=" soft,  early  morning ", how="add")
    assert "2 sounds have other tags now" in shown
    assert {tag.name for tag in one.tags.all()} == {"old", "soft", "early morning"}
    assert str(one) in page(admin_client, listing("sounds_sound", q="early"))


def test_tags_are_taken_away_together(admin_client: Client):
    one, two = a_sound("one", tags=("old", "soft")), a_sound("two", tags=("soft",))
    run(admin_client, "sounds_sound", "tag", one, two, tags="soft", how="remove")
    assert [tag.name for tag in one.tags.all()] == ["old"] and not two.tags.exists()


@pytest.mark.parametrize("tags, sentence", [(" , ", "at least one tag"), ("a/b", "up to 40 letters")])
def test_a_tag_that_cannot_be_is_asked_for_again(admin_client: Client, tags, sentence):
    sound = a_sound()
    assert sentence in run(admin_client, "sounds_sound", "tag", sound, tags=tags, how="add")
    assert not Tag.objects.exists()


def test_a_sound_with_enough_tags_gets_no_more(admin_client: Client):
    full = a_sound("full", tags=tuple(f"tag {number}" for number in range(20)))
    shown = run(admin_client, "sounds_sound", "tag", full, tags="one more", how="add")
    assert "at most 20 tags" in shown and full.tags.count() == 20


def test_a_tag_that_is_renamed_or_deleted_is_searched_for_as_it_is(admin_client: Client):
    sound = a_sound("one", tags=("old",))
    tag = Tag.objects.get()
    admin_client.post(f"/admin/sounds/tag/{tag.pk}/change/", {"name": "fresh"})
    sound.refresh_from_db()
    assert "fresh" in sound.words and "old" not in sound.words
    run(admin_client, "sounds_tag", "delete_selected", tag, post="yes")
    sound.refresh_from_db()
    assert "fresh" not in sound.words


def test_deleting_says_which_sounds_stay_and_in_which_builds(admin_client: Client):
    kept, gone = a_sound("kept one"), a_sound("gone one")
    a_build_of(kept)
    a_build_of(kept, version="1.1.0")
    asked = run(admin_client, "sounds_sound", "delete_selected", kept, gone)
    assert "“kept one” (mine 1.0.0, mine 1.1.0)" in asked and "Are you sure" in asked
    shown = run(admin_client, "sounds_sound", "delete_selected", kept, gone, post="yes")
    assert "Successfully deleted 1 sound" in shown
    assert list(Sound.objects.all()) == [kept]


def test_when_builds_hold_all_of_them_nothing_is_asked(admin_client: Client):
    kept = a_sound("kept one")
    a_build_of(kept)
    shown = run(admin_client, "sounds_sound", "delete_selected", kept)
    assert "Kept, because builds hold them" in shown and "Nothing is left to delete" in shown


def test_a_build_that_comes_between_asking_and_deleting_keeps_its_sound(admin_client: Client):
    from sounds.admin.sounds import why_kept

    sounds = [a_sound(f"sound {number}") for number in range(10)]
    a_build_of(*sounds)
    said = why_kept(sounds)
    assert "“sound 0” (mine 1.0.0)" in said and "2 more" in said


def test_the_page_of_a_sound_names_its_builds(admin_client: Client):
    sound = a_sound()
    assert "In no build." in page_of(admin_client, sound)
    a_build_of(sound)
    assert "mine 1.0.0" in page_of(admin_client, sound)


def test_locked_slots_keep_their_choice(admin_client: Client):
    slot = a_collection().slots.get()
    sound = a_sound(slot=slot)
    slot.locked = True
    slot.save()
    assert "1 slots are locked" in run(admin_client, "sounds_sound", "choose", sound)
    slot.refresh_from_db()
    assert slot.chosen is None


def test_favourites_are_filtered(admin_client: Client, admin_user):
    mine, anothers, nobodys = a_sound("mine one"), a_sound("other one"), a_sound("third one")
    Favourite.objects.create(user=admin_user, sound=mine)
    Favourite.objects.create(user=somebody(), sound=anothers)
    for liked, there in (("me", [mine]), ("anybody", [mine, anothers]), ("", [mine, anothers, nobodys])):
        shown = page(admin_client, listing("sounds_sound", liked=liked))
        listed = [sound for sound in (mine, anothers, nobodys) if str(sound.uuid) in shown]
        assert listed == there


def test_columns_are_filtered_by_the_words_there_are(admin_client: Client):
    jazz, nature = a_sound("one", theme="jazz"), a_sound("two", theme="nature")
    shown = page(admin_client, listing("sounds_sound", theme="jazz"))
    assert str(jazz.uuid) in shown and str(nature.uuid) not in shown
    assert 'value="nature"' in shown, "the other one can be chosen"


def test_who_may_only_look_is_offered_nothing_that_fails(db):
    sound = a_sound()
    client = staff("sounds.view_sound")
    shown = page(client, listing("sounds_sound"))
    assert str(sound.uuid) in shown and 'value="compare"' in shown
    for action in ("choose", "tag", "rank_1", "delete_selected"):
        assert f'value="{action}"' not in shown
        run(client, "sounds_sound", action, sound, post="yes", tags="x", how="add")
    sound.refresh_from_db()
    assert sound.rank is None and not sound.tags.exists()
