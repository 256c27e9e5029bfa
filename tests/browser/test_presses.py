"""Presses while the page changes under them."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.support.browser import Trouble, expect_takes, pick, row, toasts

CENTRE = 18


def test_a_press_counts_although_its_row_comes_anew_meanwhile(pack_page: Page):
    pick(pack_page, "tool_error")
    lock = row(pack_page, "tool_error").get_by_role("button", name="Lock Tool error")
    lock.scroll_into_view_if_needed()
    box = lock.bounding_box()
    assert box
    pack_page.mouse.move(box["x"] + CENTRE, box["y"] + CENTRE)
    pack_page.mouse.down()
    pack_page.keyboard.press("r")
    expect_takes(pack_page, "1 ✓", "2")
    pack_page.mouse.up()
    expect(row(pack_page, "tool_error")).to_have_attribute("data-locked", "true")


def test_focus_stays_on_a_button_whose_row_comes_anew(pack_page: Page):
    lock = row(pack_page, "tool_error").get_by_role("button", name="Lock Tool error")
    lock.focus()
    pack_page.keyboard.press("Space")
    expect(row(pack_page, "tool_error")).to_have_attribute("data-locked", "true")
    expect(lock).to_be_focused()
    pack_page.keyboard.press("Space")
    expect(row(pack_page, "tool_error")).to_have_attribute("data-locked", "false")


def test_the_form_of_a_row_saves_to_that_row_whatever_is_selected_meanwhile(
    pack_page: Page, trouble: Trouble
):
    form = pack_page.locator("#row-form")
    pick(pack_page, "tool_error")
    pack_page.keyboard.press("e")
    form.get_by_label("In words of its own").fill("warm bell")
    pick(pack_page, "task_complete")
    form.evaluate("(form) => { form.noValidate = true; }")
    form.get_by_label("Length").fill("77")
    form.get_by_role("button", name="Save").click()
    expect(toasts(pack_page)).to_contain_text("from 0.5 to 5 seconds")
    expect(form.get_by_label("In words of its own")).to_have_value("warm bell")
    form.get_by_label("Length").fill("2")
    form.get_by_role("button", name="Save").click()
    expect(form).to_be_hidden()
    expect(row(pack_page, "tool_error")).to_have_attribute("data-prompt", "warm bell")
    expect(row(pack_page, "task_complete")).to_have_attribute("data-prompt", "")
    trouble.forgive("400")


def test_what_was_opened_in_the_bar_stays_open(pack_page: Page):
    pack_page.get_by_text("Install line").click()
    pick(pack_page, "tool_error")
    pack_page.keyboard.press("l")
    expect(row(pack_page, "tool_error")).to_have_attribute("data-locked", "true")
    expect(pack_page.locator("#line-1")).to_be_visible()


def test_letters_are_found_on_keyboards_with_other_letters(pack_page: Page):
    pick(pack_page, "tool_error")
    press = "(key) => document.body.dispatchEvent(new KeyboardEvent('keydown', { bubbles: true, ...key }))"
    pack_page.evaluate(press, {"key": "к", "code": "KeyR"})
    expect_takes(pack_page, "1 ✓", "2")
    pack_page.evaluate(press, {"key": "&", "code": "Digit1"})
    expect_takes(pack_page, "1 ✓", "2 ★1")
