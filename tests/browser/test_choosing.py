"""What was chosen, and taking it back."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.support.browser import Trouble, chosen, expect_takes, pick, takes, toasts


def test_choices_are_taken_back_one_after_another_even_after_a_reload(pack_page: Page, trouble: Trouble):
    page = pack_page
    pick(page, "task_complete")
    for number in (2, 3):
        page.keyboard.press("r")
        expect(takes(page)).to_have_count(number)
    for number in "23123":
        page.get_by_role("button", name=f"Take {number}").click()
        page.keyboard.press("Enter")
        expect(chosen(page)).to_have_text(f"{number} ✓")
    pick(page, "tool_error")
    page.keyboard.press("m")
    expect_takes(page, "1 ✓", "2")
    page.keyboard.press("Enter")
    expect_takes(page, "1", "2 ✓")

    page.keyboard.press("z")
    expect_takes(page, "1 ✓", "2")
    page.keyboard.press("z")
    expect_takes(page, "1", "2 ✓", "3")
    expect(page.locator("#row-task_complete")).to_have_attribute("aria-current", "true")
    page.reload()
    for number in "1321":
        page.keyboard.press("z")
        expect(chosen(page)).to_have_text(f"{number} ✓")
    page.keyboard.press("z")
    expect(toasts(page)).to_contain_text("There is no choice left to take back.")
    trouble.forgive("400")


def test_a_locked_row_is_not_changed_and_says_so(pack_page: Page, trouble: Trouble):
    page = pack_page
    pick(page, "tool_error")
    page.keyboard.press("r")
    expect_takes(page, "1 ✓", "2")
    page.keyboard.press("l")
    expect(page.locator("#row-tool_error")).to_have_attribute("data-locked", "true")
    page.keyboard.press("Enter")
    expect(toasts(page)).to_contain_text("The slot tool_error is locked; unlock it first.")
    expect_takes(page, "1 ✓", "2")
    trouble.forgive("423")


def test_a_locked_pack_shows_nothing_that_would_change_it(pack_page: Page):
    page = pack_page
    page.get_by_text("Name, description, rows").click()
    page.get_by_role("button", name="Lock the whole pack").click()
    expect(page.locator("#bar")).to_contain_text("locked")
    expect(page.get_by_role("button", name="Generate all")).to_have_count(0)
    expect(page.get_by_role("button", name="Lock Tool error")).to_have_count(0)
    page.get_by_text("Name, description, rows").click()
    page.get_by_role("button", name="Unlock the whole pack").click()
    expect(page.get_by_role("button", name="Generate all")).to_be_visible()
