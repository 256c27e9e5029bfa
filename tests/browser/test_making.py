"""The first page."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.support.browser import ALL_HOOKS, Site, Trouble, expect_filled, hearing, row, toasts


@pytest.fixture
def hooks_of_before(site: Site) -> Iterator[None]:
    """Hooks that are added meanwhile are for this test only."""
    known = "select coalesce(max(id), 0) from sounds_hook"
    [(newest,)] = site.studio.rows(known)
    yield
    site.studio.rows("update sounds_hook set enabled = 0 where id > ?", newest)


def only(page: Page, *hooks: str) -> None:
    """Switch all hooks off but these."""
    for box in reversed(page.locator("#hooks [name=hook]:checked").all()):
        box.uncheck()
    for hook in hooks:
        page.get_by_label(hook, exact=True).check()


def test_a_hook_of_ones_own_gets_a_row_and_a_sound(page: Page, trouble: Trouble, hooks_of_before: None):
    page.goto("/")
    page.get_by_text("Add a hook of your own").click()
    page.get_by_label("Name").fill("Deploy done")
    page.get_by_label("Feels like").select_option("farewell")
    page.locator("#own-hook").get_by_label("Length").fill("1.4")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.locator("#hooks-on")).to_have_text(f"{ALL_HOOKS + 1} of {ALL_HOOKS + 1} on")

    page.get_by_role("button", name="Add", exact=True).click()
    expect(toasts(page)).to_contain_text("There is a hook deploy_done already; choose another name.")
    trouble.forgive("400")

    only(page, "Deploy done", "Task complete")
    page.get_by_role("radio", name="Ambient").check()
    page.get_by_role("button", name="Generate all").click()
    page.wait_for_url("**/packs/*/")
    expect_filled(page, 2)
    expect(row(page, "deploy_done")).to_contain_text("Deploy done")
    expect(row(page, "deploy_done").locator(".measure")).to_contain_text("1.40 s")
    with hearing(page):
        row(page, "deploy_done").locator(".play").click()


def test_words_alone_make_a_pack(page: Page):
    page.goto("/")
    expect(page.get_by_role("button", name="Generate all")).to_be_disabled()
    page.get_by_label("… or say it in words").fill("soft wooden double knock, rising")
    only(page, "Idle", "Question")
    page.get_by_role("button", name="Generate all").click()
    page.wait_for_url("**/packs/*/")
    expect_filled(page, 2)
    with hearing(page):
        row(page, "idle").locator(".play").click()


def test_what_cannot_be_made_cannot_be_asked_for(page: Page):
    page.goto("/")
    generate = page.get_by_role("button", name="Generate all")
    page.get_by_role("radio", name="Jazz").check()
    expect(generate).to_be_enabled()
    only(page)
    expect(generate).to_be_disabled()
    page.keyboard.press("g")
    expect(page.locator("#hooks-on")).to_have_text(f"0 of {ALL_HOOKS} on")
    only(page, "Idle")
    expect(generate).to_be_enabled()
    page.get_by_text("Jazz", exact=True).click()
    expect(page.get_by_role("radio", name="Jazz")).not_to_be_checked()
    expect(generate).to_be_disabled()


def test_a_variation_brings_its_theme_along_and_another_theme_drops_it(page: Page):
    page.goto("/")
    page.get_by_text("Vibraphone", exact=True).click()
    expect(page.get_by_role("radio", name="Jazz")).to_be_checked()
    page.get_by_role("radio", name="Nature").check()
    expect(page.locator("[name=variation]:checked")).to_have_count(0)


def test_what_the_studio_refuses_it_says_on_the_page_which_keeps_the_choices(page: Page, trouble: Trouble):
    page.goto("/")
    page.get_by_role("radio", name="Jazz").check()
    page.get_by_label("User spam", exact=True).uncheck()
    page.get_by_label("Length of Idle in seconds").fill("9")
    page.locator("#make").evaluate("(form) => { form.noValidate = true; }")  # as an older browser would
    page.get_by_role("button", name="Generate all").click()
    expect(page.get_by_role("alert")).to_have_text("Choose a length from 0.5 to 5 seconds instead of “9”.")
    expect(page.get_by_role("radio", name="Jazz")).to_be_checked()
    expect(page.locator("#hooks-on")).to_have_text(f"{ALL_HOOKS - 1} of {ALL_HOOKS} on")
    trouble.forgive("400")
