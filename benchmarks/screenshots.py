"""``make screenshots``: the studio's pages as the documentation shows them, each small enough for it."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from PIL import Image
from playwright.sync_api import Page

from benchmarks.browser import Visitor, visit
from tests.support.studio import ROOT, wait_for

FOLDER = ROOT / "docs" / "images"
LARGEST_BYTES = 200_000
COLOURS = (256, 128, 64, 32)
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
THEMES = ("sci-fi", "jazz")

ORDER = """
import sys
from accounts.models import User
from packs.generate import Plan
from packs.recipe import Recipe
admin = User.objects.get()
for theme in sys.argv[1:]:
    Plan.of(Recipe.of(theme, takes=4), owner=admin).submit(owner=admin)
"""
"""The same seeds each time: theme and hook decide them."""
LIVE_WITH = """
from accounts.models import User
from packs.generate import submit_build
from packs.models import Pack
from sounds.models import Favourite, Sound
admin = User.objects.get()
for pack in Pack.objects.all():
    slots = {slot.key: slot for slot in pack.slots()}
    takes = {key: list(slot.takes.order_by("job")) for key, slot in slots.items()}
    for row in takes.values():  # whichever worker was faster: the same numbers each time
        for number, take in enumerate(row, start=1):
            Sound.objects.filter(pk=take.pk).update(take_no=number)
    for key, number in {"prompt_submit": 2, "task_complete": 1, "permission_required": 3}.items():
        slots[key].choose(takes[key][number], by=admin)
        takes[key][number].note(rank=1)
        takes[key][0].note(rank=3)
    Favourite.objects.create(user=admin, sound=takes["prompt_submit"][2])
    pack.collection.slots.filter(key__in=["session_start", "task_complete"]).update(locked=True)
    pack.collection.slots.filter(key="user_spam").update(enabled=False)
submit_build(Pack.objects.get(slug="sci-fi"), owner=admin)
"""
HOLD = r"""async () => {
    const loaded = performance.getEntriesByType("resource").map(({ name }) => name);
    const { deck } = await import(loaded.find((name) => /\/studio\/deck\.\w+\.js$/.test(name)));
    await deck.load(deck.sound);
    deck.currentTime = 0.4 * deck.duration;
}"""
"""Puts the player's head into the middle of what is selected, without playing it."""


def main() -> int:
    FOLDER.mkdir(parents=True, exist_ok=True)
    with visit() as visitor:
        fill(visitor)
        for name, picture in pictures(visitor):
            path = FOLDER / f"{name}.png"
            path.write_bytes(picture)
            print(f"{path.relative_to(ROOT)}  {len(picture) / 1000:.0f} kB", flush=True)
    return 0


def fill(visitor: Visitor) -> None:
    """Two packs that somebody has worked on, one of them built."""
    for code, args in ((ORDER, THEMES), (LIVE_WITH, ())):
        visitor.studio.code(code, *args)
        wait_for(lambda: not visitor.studio.unfinished(), timeout=120)
    assert set(visitor.studio.statuses()) == {"succeeded"}


def pictures(visitor: Visitor) -> Iterator[tuple[str, bytes]]:
    """Name and picture of each page."""
    with opened(visitor, "/", "dark") as page:
        page.locator("[name=theme][value=sci-fi]").check()
        yield "make-dark", shot(page)
    for scheme in ("dark", "light"):
        with opened(visitor, "/packs/sci-fi/", scheme) as page:
            down(page)
            compare_takes(page)
            page.evaluate(HOLD)
            yield f"pack-{scheme}", shot(page)
    with opened(visitor, "/compare/?a=sci-fi&b=jazz", "dark") as page:
        down(page)
        yield "compare-dark", shot(page)
    with opened(visitor, "/packs/sci-fi/", "dark", **PHONE) as page:
        down(page)
        page.evaluate(HOLD)
        yield "phone-dark", shot(page)
    with opened(visitor, "/admin/", "dark") as page:
        yield "admin-dashboard-dark", shot(page)
    with opened(visitor, "/admin/jobs/job/", "light") as page:
        yield "admin-jobs-light", shot(page)


@contextmanager
def opened(visitor: Visitor, path: str, scheme: str, **options: Any) -> Iterator[Page]:
    with visitor.page(color_scheme=scheme, reduced_motion="reduce", **options) as page:
        page.goto(path)
        yield page


def down(page: Page) -> None:
    """Go to the third row."""
    for _ in range(2):
        page.keyboard.press("ArrowDown")


def compare_takes(page: Page) -> None:
    """Hold two takes of the row, as A and B."""
    page.keyboard.press("a")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("b")
    page.keyboard.press("ArrowLeft")


def shot(page: Page) -> bytes:
    """The window when all is drawn, with as many colours as there is room for."""
    page.mouse.move(0, 0)
    page.wait_for_timeout(800)
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    for colours in COLOURS:
        small = io.BytesIO()
        picture.quantize(colours, dither=Image.Dither.NONE).save(small, "PNG", optimize=True)
        if small.tell() <= LARGEST_BYTES:
            break
    return small.getvalue()


if __name__ == "__main__":
    sys.exit(main())
