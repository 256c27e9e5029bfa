"""Keys of a pack's page beyond those of the journey."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.support.browser import (
    deck,
    expect_takes,
    hearing,
    make_pack,
    open_pack,
    pick,
    row,
    shown,
    tab_to,
)


def changes(page: Page) -> list[str]:
    """What the page asks the studio to change from now on."""
    asked: list[str] = []
    page.on("request", lambda request: request.method == "POST" and asked.append(request.url))
    return asked


def chosen_id(page: Page, key: str) -> str:
    takes = json.loads(row(page, key).get_attribute("data-takes") or "[]")
    return next(take["id"] for take in takes if take["chosen"])


@pytest.fixture
def two_long_takes(page: Page, context: BrowserContext) -> Page:
    """A page with one row that has two takes of four seconds, the second one shown."""
    open_pack(page, make_pack(context, hooks=["task_complete"], **{"length-task_complete": "4"}), filled=1)
    page.keyboard.press("r")
    expect_takes(page, "1 ✓", "2")
    expect(shown(page)).to_have_text("2")
    return page


def test_keys_are_inert_while_somebody_types(pack_page: Page):
    page = pack_page
    asked = changes(page)
    page.keyboard.press("e")
    expect(page.get_by_label("Length")).to_be_focused()
    page.get_by_label("In words of its own").focus()
    page.keyboard.type("grzmfl 1x?")
    expect(page.get_by_label("In words of its own")).to_have_value("grzmfl 1x?")
    expect(page.locator("#keys")).to_be_hidden()
    page.get_by_label("Volume").focus()
    page.keyboard.press("ArrowLeft")
    expect_takes(page, "1 ✓")
    assert asked == []


def test_g_in_the_prompt_is_a_letter(page: Page):
    page.goto("/")
    page.get_by_role("radio", name="Jazz").check()
    page.get_by_label("… or say it in words").fill("")
    page.keyboard.type("glass")
    expect(page.get_by_label("… or say it in words")).to_have_value("glass")
    expect(page.locator("#make")).to_be_visible()


def test_a_question_mark_shows_all_keys_and_no_other_key_does_anything_meanwhile(pack_page: Page):
    page = pack_page
    asked = changes(page)
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="The keyboard does everything")).to_be_visible()
    for key in ("r", "g", "z", "m", "x", "l"):
        page.keyboard.press(key)
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    assert asked == []


def test_enter_presses_the_button_somebody_went_to(pack_page: Page):
    page = pack_page
    tab_to(page, row(page, "tool_error").get_by_role("button", name="Lock Tool error"))
    page.keyboard.press("Enter")
    expect(row(page, "tool_error")).to_have_attribute("data-locked", "true")


def test_a_and_b_run_in_step_and_a_flip_does_not_start_them_again(two_long_takes: Page):
    page = two_long_takes
    press = page.keyboard.press
    press("b")
    press("ArrowLeft")
    expect(shown(page)).to_have_text("1 ✓")
    press("a")
    with hearing(page):
        press("Space")
    for side in "BAB":
        with hearing(page):
            before = deck(page, "return deck.currentTime")
            press("Shift+Space")
            expect(page.locator(".ab .heard")).to_contain_text(side)
        assert page.evaluate("() => window.ear.back") == 0, "it goes on, neither back nor from the start"
        assert deck(page, "return deck.currentTime") > before > 0
    press("Space")
    assert deck(page, "return deck.paused")


def test_a_flip_without_held_takes_is_between_the_shown_one_and_the_choice(two_long_takes: Page):
    page = two_long_takes
    with hearing(page):
        page.keyboard.press("Space")
    page.keyboard.press("Shift+Space")
    expect(page.locator("#ab-a")).to_contain_text("1")
    expect(page.locator("#ab-b")).to_contain_text("2")
    expect(page.locator(".ab .heard")).to_contain_text("A")


def test_p_plays_all_as_a_day_does_wherever_one_is(page: Page, context: BrowserContext):
    keys = ["session_start", "task_complete", "session_end"]
    lengths = {f"length-{key}": "0.5" for key in keys}
    open_pack(page, make_pack(context, hooks=keys, **lengths), filled=3)
    pick(page, "task_complete")
    with hearing(page):
        page.keyboard.press("p")
    expect(page.locator("#play-all")).to_have_class("on")
    page.wait_for_function("() => window.ear.played.length === 3")
    assert page.evaluate("() => window.ear.played") == [chosen_id(page, key) for key in keys]
    expect(row(page, "session_end")).to_have_attribute("aria-current", "true")
    expect(page.locator("#play-all")).not_to_have_class("on")


def test_p_again_ends_it_and_so_does_playing_something_else(pack_page: Page):
    page = pack_page
    with hearing(page):
        page.keyboard.press("p")
    page.keyboard.press("p")
    expect(page.locator("#play-all")).not_to_have_class("on")
    assert deck(page, "return deck.paused")
    page.keyboard.press("p")
    expect(page.locator("#play-all")).to_have_class("on")
    row(page, "task_complete").locator(".play").click()
    expect(page.locator("#play-all")).not_to_have_class("on")


def test_s_shows_the_spectrogram_and_hides_it(pack_page: Page):
    page = pack_page
    page.keyboard.press("s")
    picture = page.get_by_role("img", name="Spectrogram of")
    expect(picture).to_be_visible()
    page.wait_for_function(
        "(image) => image.complete && image.naturalWidth > 100", arg=picture.element_handle()
    )
    page.keyboard.press("s")
    expect(picture).to_be_hidden()


def test_e_says_how_the_next_takes_of_a_row_are_to_be(pack_page: Page):
    page = pack_page
    pick(page, "tool_error")
    page.keyboard.press("e")
    page.get_by_label("Length").fill("2.5")
    page.get_by_label("In words of its own").fill("bright")
    page.keyboard.press("Enter")
    expect(page.locator("#row-form")).to_be_hidden()
    expect(row(page, "tool_error")).to_have_attribute("data-length", "2.5")
    page.keyboard.press("r")
    expect_takes(page, "1 ✓", "2")
    expect(row(page, "tool_error").locator(".measure")).to_contain_text("2.50 s")
    expect(row(page, "tool_error")).to_have_attribute("data-prompt", "bright")
    page.keyboard.press("e")
    page.get_by_label("goes into the pack").uncheck()
    page.get_by_role("button", name="Save", exact=True).first.click()
    expect(row(page, "tool_error")).to_have_attribute("data-enabled", "false")


def test_moving_plays_where_that_is_switched_on(page: Page, context: BrowserContext):
    open_pack(page, make_pack(context, hooks=["session_start", "session_end"]), filled=2)
    page.get_by_label("play on move").check()
    with hearing(page):
        page.keyboard.press("ArrowDown")
    assert page.evaluate("() => window.ear.played") == [chosen_id(page, "session_end")]
