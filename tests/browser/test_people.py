"""Who may do what, and who is told so."""

from __future__ import annotations

import re

from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import Open
from tests.support.browser import (
    ADA,
    PASSWORD,
    Trouble,
    expect_takes,
    hearing,
    make_pack,
    open_pack,
    row,
    sign_in,
    toasts,
)

POST = """async (path) => {
    const headers = { ...JSON.parse(document.body.getAttribute("hx-headers")), "HX-Request": "true" };
    const answer = await fetch(path, { method: "POST", headers });
    return [answer.status, await answer.text()];
}"""
CHANGING = re.compile("^(Choose|New take|Mutate|Undo|Row|Generate|Download|Lock|Unlock|Cancel|Save)")
NOT_YOURS = "Only its owner and staff may change this; make one of your own instead."


def test_somebody_elses_pack_is_heard_and_not_changed(
    context: BrowserContext, browse: Open, trouble: Trouble
):
    path = make_pack(context)
    open_pack(context.new_page(), path, filled=2)
    page = browse(ADA).new_page()
    open_pack(page, path, filled=2)
    with hearing(page):
        row(page, "task_complete").locator(".play").click()
    expect(page.get_by_role("button", name=CHANGING)).to_have_count(0)
    page.keyboard.press("r")
    expect(toasts(page)).to_contain_text(NOT_YOURS)
    expect_takes(page, "1 ✓")
    for verb in ("generate", "rows/task_complete/take", "rows/task_complete/lock", "undo", "lock"):
        status, sentence = page.evaluate(POST, f"{path}{verb}/")
        assert status == 403 and sentence.startswith("Only its owner and staff may"), sentence
    page.keyboard.press("3")
    expect(toasts(page).last).to_contain_text("Only its owner and staff may rank this sound.")
    page.keyboard.press("f")
    expect_takes(page, "1 ✓ ♥")
    trouble.forgive("403")


def test_a_standard_person_makes_a_pack_but_no_hooks(browse: Open, trouble: Trouble):
    page = browse(ADA).new_page()
    page.goto("/")
    expect(page.get_by_text("Add a hook of your own")).to_have_count(0)
    expect(page.get_by_role("link", name="Admin")).to_have_count(0)
    status, sentence = page.evaluate(POST, "/hooks/")
    assert (status, sentence) == (
        403,
        "You may not add hooks; ask an administrator to, or for the permission.",
    )
    trouble.forgive("403")


def test_whoever_is_signed_out_comes_back_to_the_page_after_signing_in(context: BrowserContext, browse: Open):
    path = make_pack(context)
    page = browse(None).new_page()
    page.goto(f"{path}?from=a-link")
    expect(page).to_have_title("Sign in · ccbell sound studio")
    sign_in(page, ADA)
    expect(page).to_have_url(f"{path}?from=a-link")


def test_a_wrong_password_is_said_and_the_name_is_kept(browse: Open):
    page = browse(None).new_page()
    page.goto("/login/")
    page.get_by_label("Name").fill(ADA)
    page.get_by_label("Password").fill(PASSWORD.upper())
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("do not belong together")
    expect(page.get_by_label("Name")).to_have_value(ADA)


def test_signing_out_is_one_click(page: Page, browse: Open):
    page = browse(None).new_page()
    page.goto("/login/")
    sign_in(page)
    page.get_by_role("button", name="Sign out").click()
    expect(page).to_have_title("Sign in · ccbell sound studio")


def test_whose_session_ended_is_told_so(pack_page: Page, context: BrowserContext, trouble: Trouble):
    page = pack_page
    context.clear_cookies(name="sessionid")
    page.keyboard.press("r")
    expect(toasts(page)).to_contain_text("You are signed out; reload the page and sign in.")
    page.keyboard.press("f")
    expect(toasts(page)).to_have_count(2)
    expect(toasts(page).last).to_contain_text("You are signed out; reload the page and sign in.")
    trouble.forgive("401")
