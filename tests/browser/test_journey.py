"""From signing in to the zip, as a person goes."""

from __future__ import annotations

import json
import re
from pathlib import Path
from zipfile import ZipFile

from playwright.sync_api import Download, Page, expect

from packs.validate import validate
from tests.browser.conftest import Open
from tests.support.browser import (
    ADMIN,
    ALL_HOOKS,
    PASSWORD,
    chosen,
    deck,
    expect_drawn,
    expect_filled,
    expect_takes,
    hearing,
    pick,
    retype,
    row,
    same_document,
    shown,
    sign_in,
    tab_to,
    takes,
    toasts,
)


def what_it_shows(page: Page) -> dict[str, str]:
    """All that a person sees of a pack, but for how it came to be."""
    texts = {name: page.locator(name).text_content() or "" for name in ("#bar", "#rows", "#progress")}
    seen = {name: " ".join(text.split()) for name, text in texts.items()}
    for key in ("task_complete", "tool_error"):
        pick(page, key)
        locked = row(page, key).get_attribute("data-locked")
        liked = page.locator("#dock .like").get_attribute("aria-pressed")
        ranked = page.locator(".rank[aria-pressed=true]").all_inner_texts()
        seen[key] = f"{takes(page).all_inner_texts()}, locked {locked}, liked {liked}, ranked {ranked}"
    return seen


def expect_zip(download: Download, folder: Path, sounds: int) -> None:
    """What was downloaded is a whole pack, and any player takes it."""
    download.save_as(folder / "pack.zip")
    with ZipFile(folder / "pack.zip") as archive:
        assert archive.testzip() is None
        manifest = json.loads(archive.read("manifest.json"))
        wavs = {name for name in archive.namelist() if name.endswith(".wav")}
    assert wavs == {f"sounds/{file['filename']}" for file in manifest["files"].values()}
    assert len(wavs) == len(manifest["hooks"]) == sounds
    assert "user_spam" not in manifest["hooks"]
    assert validate(folder / "pack.zip").valid


def test_the_whole_journey_with_the_mouse(browse: Open, tmp_path: Path):
    page = browse(None).new_page()
    page.goto("/login/")
    sign_in(page)

    with hearing(page):
        page.get_by_role("button", name="Listen to Nature").click()
    page.get_by_role("radio", name="Nature").check()
    page.get_by_text("Kalimba", exact=True).click()
    retype(page.get_by_label("Length of Task complete in seconds"), "2")
    page.get_by_label("User spam", exact=True).uncheck()
    expect(page.locator("#hooks-on")).to_have_text(f"{ALL_HOOKS - 1} of {ALL_HOOKS} on")
    page.get_by_role("button", name="Generate all").click()

    page.wait_for_url(re.compile("/packs/nature"))
    with same_document(page):
        expect(page.locator("#rows .row")).to_have_count(ALL_HOOKS)
        expect_filled(page, ALL_HOOKS - 1)
    expect(page.locator("#bar")).to_contain_text(re.compile("Kalimba", re.IGNORECASE))
    expect(row(page, "user_spam")).to_have_attribute("data-state", "off")
    expect(row(page, "task_complete").locator(".measure")).to_contain_text("2.00 s")
    expect_drawn(page)

    with hearing(page):
        row(page, "task_complete").locator(".play").click()
    with hearing(page):
        wave = row(page, "task_complete").locator(".outline")
        wave.click(position={"x": wave.bounding_box()["width"] / 2, "y": 10})
        assert deck(page, "return deck.currentTime") >= 0.9, "a click in the middle plays from there"

    page.get_by_role("button", name="New take").click()
    expect_takes(page, "1 ✓", "2")
    page.get_by_role("button", name="Mutate").click()
    expect_takes(page, "1 ✓", "2", "3")
    expect(shown(page)).to_have_text("3")
    takes(page).nth(1).click()
    page.get_by_role("button", name="Choose").click()
    expect_takes(page, "1", "2 ✓", "3")
    page.get_by_role("button", name="Rank 2").click()
    page.locator("#dock").get_by_role("button", name="Favourite").click()
    expect_takes(page, "1", "2 ✓ ★2 ♥", "3")
    page.get_by_role("button", name="Lock Task complete").click()
    expect(row(page, "task_complete")).to_have_attribute("data-locked", "true")

    page.get_by_role("button", name="Generate all").click()
    expect(page.locator(".row", has_text="2 takes")).to_have_count(ALL_HOOKS - 2)
    expect_filled(page, ALL_HOOKS - 1)
    expect_takes(page, "1", "2 ✓ ★2 ♥", "3")
    page.get_by_role("button", name="Undo").click()
    expect_takes(page, "1 ✓", "2")
    expect(row(page, "task_complete")).not_to_have_attribute("aria-current", "true")

    with page.expect_download() as download:
        page.get_by_role("button", name="Download ZIP").click()
    expect_zip(download.value, tmp_path, ALL_HOOKS - 1)
    page.get_by_text("Install line").click()
    page.get_by_role("button", name="Copy the line for ccbell").click()
    expect(toasts(page).filter(has_text="Copied.")).to_be_visible()
    page.get_by_text("Install line").click()
    page.get_by_text("Name, description, rows").click()
    retype(page.get_by_label("Description"), "")
    page.keyboard.press("ControlOrMeta+v")
    line = page.get_by_label("Description").input_value()
    assert line.startswith("python3 ~/Downloads/") and line.endswith(" --for ccbell")
    assert download.value.suggested_filename in line

    before = what_it_shows(page)
    page.reload()
    assert what_it_shows(page) == before


def test_the_whole_journey_with_the_keyboard_alone(browse: Open, tmp_path: Path):
    page = browse(None).new_page()
    press = page.keyboard.press
    page.goto("/login/")
    tab_to(page, page.get_by_label("Name"))
    page.keyboard.type(ADMIN)
    tab_to(page, page.get_by_label("Password"))
    page.keyboard.type(PASSWORD)
    press("Enter")

    page.wait_for_url("/")
    tab_to(page, page.get_by_role("radio", name="Sci-fi"))
    press("Space")
    expect(page.get_by_role("radio", name="Sci-fi")).to_be_checked()
    tab_to(page, page.get_by_role("button", name="Listen to Sci-fi"))
    with hearing(page):
        press("Enter")
    tab_to(page, page.get_by_label("User spam", exact=True))
    press("Space")
    expect(page.locator("#hooks-on")).to_have_text(f"{ALL_HOOKS - 1} of {ALL_HOOKS} on")
    press("g")

    page.wait_for_url("**/packs/*/")
    expect_filled(page, ALL_HOOKS - 1)
    first, second = page.locator(".row").nth(0), page.locator(".row").nth(1)
    expect(first).to_have_attribute("aria-current", "true")
    press("ArrowDown")
    expect(second).to_have_attribute("aria-current", "true")
    press("ArrowUp")
    expect(first).to_have_attribute("aria-current", "true")
    with hearing(page):
        press("Space")
    press("r")
    expect_takes(page, "1 ✓", "2")
    press("m")
    expect_takes(page, "1 ✓", "2", "3")
    expect(shown(page)).to_have_text("3")
    press("ArrowLeft")
    expect(shown(page)).to_have_text("2")
    press("Enter")
    expect_takes(page, "1", "2 ✓", "3")
    press("z")
    expect_takes(page, "1 ✓", "2", "3")
    press("ArrowRight")
    press("Enter")
    expect_takes(page, "1", "2", "3 ✓")
    press("4")
    press("f")
    expect_takes(page, "1", "2", "3 ✓ ★4 ♥")
    press("4")
    expect_takes(page, "1", "2", "3 ✓ ♥")
    press("l")
    expect(first).to_have_attribute("data-locked", "true")
    press("g")
    expect(page.locator(".row", has_text="2 takes")).to_have_count(ALL_HOOKS - 2)
    expect_filled(page, ALL_HOOKS - 1)
    expect(chosen(page)).to_have_text("3 ✓ ♥")
    with page.expect_download() as download:
        press("d")
    expect_zip(download.value, tmp_path, ALL_HOOKS - 1)
