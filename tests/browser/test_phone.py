"""A phone in one hand."""

from __future__ import annotations

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.browser.conftest import Open
from tests.support.browser import (
    ADMIN,
    chosen,
    deck,
    expect_filled,
    expect_takes,
    hearing,
    row,
    takes,
)

SIZE = {"width": 390, "height": 844}
PHONE = {"viewport": SIZE, "has_touch": True, "is_mobile": True, "device_scale_factor": 2}
TOO_WIDE = """() => {
    const wide = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= wide && innerWidth === wide) return [];
    const all = [...document.querySelectorAll("main *, header *, #dock *")];
    const beyond = all.filter((one) => one.getBoundingClientRect().right > wide + 1);
    return beyond.map(({ outerHTML }) => outerHTML.slice(0, 120));
}"""


@pytest.fixture
def phone(browse: Open) -> BrowserContext:
    return browse(ADMIN, **PHONE)


def expect_to_fit(page: Page) -> None:
    """Nobody has to scroll sideways."""
    assert page.evaluate(TOO_WIDE) == []
    assert page.evaluate("() => document.documentElement.scrollWidth") <= SIZE["width"]


def test_every_page_fits(phone: BrowserContext, pages: dict[str, str]):
    page = phone.new_page()
    for path in pages.values():
        page.goto(path)
        expect_to_fit(page)
    page.goto(pages["make"])
    page.get_by_text("Add a hook of your own").tap()
    expect_to_fit(page)
    page.goto(pages["pack"])
    page.get_by_text("Install line").tap()
    page.get_by_text("Name, description, rows").tap()
    page.get_by_role("button", name="Row").tap()
    expect_to_fit(page)
    page.get_by_role("button", name="Keys").tap()
    expect(page.get_by_role("dialog")).to_be_visible()
    expect_to_fit(page)


def test_the_page_to_sign_in_fits(browse: Open):
    page = browse(None, **PHONE).new_page()
    page.goto("/login/")
    expect_to_fit(page)


def test_a_pack_is_made_heard_and_chosen_by_tapping(phone: BrowserContext):
    page = phone.new_page()
    page.goto("/")
    with hearing(page):
        page.get_by_role("button", name="Listen to Minimal").tap()
    page.locator(".theme-head", has_text="Minimal").tap()
    for name in ("Prompt submitted", "Tool start", "Question", "User spam"):
        page.get_by_text(name, exact=True).tap()
    page.get_by_role("button", name="Generate all").tap()
    page.wait_for_url("**/packs/*/")
    expect_filled(page, 11)

    with hearing(page):
        row(page, "idle").locator(".play").tap()
    page.get_by_role("button", name="New take").tap()
    expect_takes(page, "1 ✓", "2")
    page.get_by_role("button", name="Choose").tap()
    expect_takes(page, "1", "2 ✓")
    page.get_by_role("button", name="Mutate").tap()
    expect_takes(page, "1", "2 ✓", "3")
    page.get_by_role("button", name="Undo").tap()
    expect(chosen(page)).to_have_text("1 ✓")
    takes(page).nth(1).tap()
    page.get_by_role("button", name="Rank 1").tap()
    page.locator("#dock").get_by_role("button", name="Favourite").tap()
    expect_takes(page, "1 ✓", "2 ★1 ♥", "3")
    page.get_by_role("button", name="Lock Idle").tap()
    expect(row(page, "idle")).to_have_attribute("data-locked", "true")
    with hearing(page):
        wave = page.locator("#wave .wave-detail-wave")
        page.locator("#dock .play").tap()
        tap_in_the_middle(page, wave)
        assert deck(page, "return deck.currentTime / deck.duration") > 0.4
    with page.expect_download():
        page.get_by_role("button", name="Download ZIP").tap()


def tap_in_the_middle(page: Page, element: Locator) -> None:
    box = element.bounding_box()
    assert box
    page.touchscreen.tap(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
