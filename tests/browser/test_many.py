"""A pack of two hundred rows with two thousand takes."""

from __future__ import annotations

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.support.browser import Site, deck, make_pack, open_pack, shown, takes, wait_until

ROWS, TAKES = 200, 10
SAME = ("role", "format", "path", "bytes", "sha256")
MANY = f"""
import uuid
from packs.models import Pack
from sounds.models import AudioFile, Collection, Slot, Sound
one = Sound.objects.filter(slot__collection__pack__slug=SLUG).first()
files = list(one.files.all())
collection = Collection.objects.create(title="Many", owner=one.owner)
slots = Slot.objects.bulk_create(
    Slot(collection=collection, key=f"row_{{number}}", position=number) for number in range({ROWS})
)
sounds = []
for number in range({ROWS * TAKES}):
    one.pk, one.uuid = None, uuid.uuid4()
    one.slot, one.take_no = slots[number // {TAKES}], number % {TAKES} + 1
    values = {{field.attname: getattr(one, field.attname) for field in Sound._meta.concrete_fields}}
    sounds.append(Sound(**values))
sounds = Sound.objects.bulk_create(sounds)
AudioFile.objects.bulk_create(
    AudioFile(sound=sound, **{{name: getattr(file, name) for name in {SAME}}})
    for sound in sounds for file in files
)
for slot, sound in zip(slots, sounds[::{TAKES}]):
    slot.chosen = sound
Slot.objects.bulk_update(slots, ["chosen"])
print(Pack.objects.create_for(collection).slug)
"""
"""Rows of the database that share the files of one real sound."""
BOUND = 64 * 2**20


@pytest.fixture
def many(site: Site, page: Page, context: BrowserContext) -> Page:
    path = make_pack(context, hooks=["idle"], **{"length-idle": "5"})
    open_pack(page, path, filled=1)
    slug = site.studio.python(MANY.replace("SLUG", repr(path.split("/")[2]))).stdout.strip()
    open_pack(page, f"/packs/{slug}/")
    return page


def test_two_thousand_takes_open_move_and_play_with_no_more_players_than_one(many: Page):
    page = many
    expect(page.locator(".row")).to_have_count(ROWS)
    page.get_by_label("play on move").check()
    for number in range(1, 41):
        page.keyboard.press("ArrowDown")
        expect(page.locator(".row[aria-current]")).to_have_attribute("data-key", f"row_{number}")
        wait_until(page, "deck.currentTime > 0")
        assert deck(page, "return deck.bytes") <= BOUND
    assert deck(page, "return deck.bytes") > BOUND / 2, "there is something to bound"
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    expect(takes(page)).to_have_count(TAKES)
    expect(shown(page)).to_have_text("6")
    expect(page.locator(".row[aria-current]")).to_be_in_viewport()
    assert page.locator("audio, video").count() <= 20
    assert deck(page, "return deck.bytes") <= BOUND
