"""Sounds side by side, one sound by itself, and the engines that make them."""

from __future__ import annotations

import re

from playwright.sync_api import BrowserContext, Page, expect

from tests.support.browser import deck, hearing, make_pack, open_pack, shown, toasts

LENGTHS = {"length-task_complete": "3", "length-tool_error": "3"}


def test_two_packs_are_compared_hook_by_hook(page: Page, context: BrowserContext):
    paths = [make_pack(context, theme=theme, **LENGTHS) for theme in ("minimal", "ambient")]
    for path in paths:
        open_pack(page, path, filled=2)
    page.goto("/packs/")
    for name, path in zip("ab", paths, strict=True):
        page.locator(f"select[name={name}]").select_option(path.split("/")[2])
    page.get_by_role("button", name="Compare").click()
    first, second = page.locator("#pairs tbody tr").all()
    expect(first).to_have_attribute("aria-current", "true")
    page.keyboard.press("ArrowDown")
    expect(second).to_have_attribute("aria-current", "true")
    with hearing(page):
        page.keyboard.press("b")
    with hearing(page):
        page.keyboard.press("Shift+Space")
    assert page.evaluate("() => window.ear.back") == 0
    assert len(deck(page, "return deck.sounds")) == 2
    with hearing(page):
        first.get_by_role("button", name=re.compile("^Play .* of A$")).click()
    expect(first).to_have_attribute("aria-current", "true")


def test_a_sound_by_itself_is_heard_liked_and_made_more_of(page: Page, context: BrowserContext):
    open_pack(page, make_pack(context), filled=2)
    page.get_by_role("link", name="Sound page").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Tool error")
    picture = page.get_by_role("img", name="Spectrogram of").element_handle()
    page.wait_for_function("(image) => image.complete && image.naturalWidth > 100", arg=picture)
    with hearing(page):
        page.get_by_role("button", name="Play").click()
    page.get_by_role("button", name="Favourite").click()
    expect(page.get_by_role("button", name="Favourite")).to_have_attribute("aria-pressed", "true")
    with page.expect_download() as download:
        page.get_by_role("link", name="WAV").click()
    assert download.value.suggested_filename.endswith(".wav")
    page.get_by_role("button", name="Mutate").click()
    expect(toasts(page)).to_contain_text("is made.")
    page.get_by_role("button", name="Go there").click()
    expect(page.locator(".lineage")).to_contain_text("Tool error, take 1")
    page.get_by_role("link", name="Minimal").click()
    expect(page.locator("#pack[data-ready]")).to_be_attached()
    page.keyboard.press("ArrowRight")
    expect(shown(page)).to_have_text("2")


def test_an_engine_shows_that_it_works_and_leaves_memory_when_told(page: Page, context: BrowserContext):
    open_pack(page, make_pack(context), filled=2)
    page.goto("/engines/")
    engine = page.locator(".engine", has=page.get_by_text("procedural", exact=True))
    engine.get_by_role("button", name="Unload now").click()
    expect(page).to_have_url(re.compile("/engines/$"))
    expect(engine.get_by_role("button", name="Unload now")).to_have_count(0)
