"""Jobs that wait, are cancelled, or fail."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.support.browser import (
    Site,
    Trouble,
    expect_filled,
    make_pack,
    open_pack,
    pick,
    row,
    sign_in,
    toasts,
)

FOUR = ["task_complete", "tool_error", "idle", "question"]
STEADY = {"theme": "", "engine": "steady"}


def test_one_row_is_cancelled_and_then_all_of_them(page: Page, context: BrowserContext):
    open_pack(page, make_pack(context, hooks=FOUR, prompt="endless", **STEADY))
    expect(page.locator("#progress")).to_contain_text("Generating 0 of 4")
    expect(row(page, "question")).to_contain_text("in line")
    pick(page, "question")
    page.keyboard.press("x")
    expect(row(page, "question")).to_have_attribute("data-state", "empty")
    row(page, "idle").get_by_role("button", name="Cancel Idle").click()
    expect(row(page, "idle")).to_have_attribute("data-state", "empty")
    expect(page.locator(".row:is([data-state=queued], [data-state=running])")).to_have_count(2)
    page.keyboard.press("Shift+X")
    expect(page.locator(".row[data-state=empty]")).to_have_count(4)
    expect(page.locator("#progress")).to_contain_text("The queue is empty, and so is this pack. Press G")
    page.reload()
    expect(page.locator("#progress")).to_contain_text("The queue is empty, and so is this pack. Press G")
    page.keyboard.press("Space")
    expect(toasts(page)).to_contain_text("This row has no take yet; press R to make one.")


def test_all_is_cancelled_by_a_button(page: Page, context: BrowserContext):
    open_pack(page, make_pack(context, hooks=FOUR, prompt="endless", **STEADY))
    page.get_by_role("button", name="Cancel all").click()
    expect(page.locator(".row[data-state=empty]")).to_have_count(4)


def test_a_job_that_fails_says_why_and_may_be_tried_again(
    page: Page, context: BrowserContext, tmp_path: Path
):
    marker = tmp_path / "marker"
    open_pack(page, make_pack(context, hooks=["idle"], prompt=f"raise once in {marker}", **STEADY))
    expect(row(page, "idle")).to_have_attribute("data-state", "failed")
    assert row(page, "idle").locator(".why").inner_text().endswith(".")
    row(page, "idle").get_by_role("button", name="Retry").click()
    expect_filled(page, 1)
    for path in tmp_path.glob("marker*"):
        path.unlink()
    page.keyboard.press("r")
    expect(row(page, "idle")).to_have_attribute("data-state", "failed")
    page.keyboard.press("r")
    expect(row(page, "idle")).to_contain_text("2 takes")
    expect_filled(page, 1)


def test_the_page_of_jobs_follows_them_and_can_cancel_and_retry(page: Page, context: BrowserContext):
    page.goto("/jobs/")
    make_pack(context, hooks=["idle"], prompt="slow", **STEADY)
    job = page.locator("tbody tr").first
    expect(job).to_contain_text("Running")
    expect(job.get_by_role("progressbar")).to_be_visible()
    job.get_by_role("button", name="Cancel").click()
    expect(job).to_contain_text("Cancelled")
    job.get_by_role("button", name="Retry").click()
    expect(job).to_contain_text("Succeeded")
    expect(job.get_by_role("link")).to_be_visible()


def test_empty_pages_say_so_and_what_to_do(new_site: Callable[..., Site], chromium: Browser):
    site = new_site(workers=False)
    trouble = Trouble(site)
    with chromium.new_context(base_url=site.url) as context:
        trouble.watch(context)
        page = context.new_page()
        page.goto("/packs/")
        sign_in(page)
        expect(page.get_by_text("There is no pack yet.")).to_be_visible()
        page.get_by_role("link", name="Make the first one").click()
        expect(page).to_have_url(f"{site.url}/")
        page.goto("/jobs/")
        expect(page.get_by_text("The queue is empty, and nothing was ever asked of it.")).to_be_visible()
        page.get_by_role("link", name="Failed").click()
        expect(page.get_by_text("No job is failed.")).to_be_visible()
        page.goto("/compare/")
        expect(page.get_by_text("Choose two packs to hear them side by side.")).to_be_visible()
    assert trouble == []
