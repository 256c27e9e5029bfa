"""What happens in the queue reaches the page, whatever becomes of the connection."""

from __future__ import annotations

from playwright.sync_api import APIResponse, BrowserContext, Page, Route, expect

from tests.browser.conftest import Open
from tests.support.browser import (
    ALL_HOOKS,
    Site,
    Trouble,
    expect_takes,
    make_pack,
    open_pack,
    pick,
    row,
    same_document,
    toasts,
)
from tests.support.studio import wait_for

LOOKS = "No live connection; looking each second."
NO_SHARED_WORKER = "delete globalThis.SharedWorker"
"""As on Android; only the requests of a page's own worker can be answered here instead of by the studio."""

AN_OLD_EVENT = """id: 1
data: {"type": "progress", "job_id": "none", "batch_id": "none", "status": "queued"}

"""
"""Its number is lower than what the page knows already: so the studio has another database."""


def expect_live(page: Page) -> None:
    expect(page.locator("html")).to_have_attribute("data-stream", "live")
    expect(page.locator("#stream")).to_be_empty()


def all_ended(site: Site) -> bool:
    return {"queued", "running"}.isdisjoint(site.studio.statuses())


def test_the_page_goes_on_after_the_studio_was_killed_and_started_again(
    page: Page, context: BrowserContext, site: Site, trouble: Trouble
):
    path = make_pack(context, hooks=["idle", "question"], theme="", engine="steady", prompt="slow")
    open_pack(page, path, filled=2)
    expect_live(page)
    pick(page, "idle")
    page.keyboard.press("r")
    expect(row(page, "idle")).to_have_attribute("data-state", "running")
    with same_document(page):
        with page.expect_event("requestfailed"):
            site.kill_web()
            expect(page.locator("#stream")).to_have_text(LOOKS)
        wait_for(lambda: all_ended(site))
        expect(row(page, "idle")).to_have_attribute("data-state", "running")
        expect(toasts(page)).to_have_count(0)
        site.start_web()
        expect_takes(page, "1 ✓", "2")
        expect_live(page)
        page.keyboard.press("r")
        expect_takes(page, "1 ✓", "2", "3")
        ids = page.locator(".row").evaluate_all("(rows) => rows.map(({ id }) => id)")
        assert len(ids) == len(set(ids)) == ALL_HOOKS
    trouble.forgive("CONNECTION_REFUSED", "CONNECTION_RESET", "EMPTY_RESPONSE")  # by when it was asked
    trouble.forgive("console: htmx:")


def test_a_key_that_finds_no_studio_says_so(pack_page: Page, site: Site, trouble: Trouble):
    page = pack_page
    expect_live(page)
    site.kill_web()
    page.keyboard.press("r")
    expect(toasts(page)).to_have_text("The studio cannot be reached; is it still running?×")
    site.start_web()
    expect_live(page)
    page.keyboard.press("r")
    expect_takes(page, "1 ✓", "2")
    trouble.forgive("CONNECTION_REFUSED", "CONNECTION_RESET", "EMPTY_RESPONSE")  # by when it was asked
    trouble.forgive("console: htmx:")


def test_without_a_stream_the_page_looks_each_second(browse: Open, trouble: Trouble):
    context = browse()
    context.add_init_script(NO_SHARED_WORKER)
    refused: list[str] = []

    def refuse(route: Route) -> None:
        refused.append(route.request.url)
        route.fulfill(status=500, body="out of order")

    context.route("**/api/queue/events*", refuse)
    page = context.new_page()
    open_pack(page, make_pack(context, hooks=["idle", "question"]), filled=2)
    expect(page.locator("#stream")).to_have_text(LOOKS)
    page.keyboard.press("m")
    expect_takes(page, "1 ✓", "2")
    assert refused
    context.unroute("**/api/queue/events*")
    expect_live(page)
    trouble.forgive("500")


def test_when_too_much_was_missed_every_row_is_looked_at_again(browse: Open):
    context = browse()
    context.add_init_script(NO_SHARED_WORKER)
    held: list[Route] = []
    context.route("**/api/queue/events*", lambda route: held.append(route), times=1)
    page = context.new_page()
    path = make_pack(context, hooks=["idle", "question"])
    open_pack(page, path, filled=2)
    elsewhere = context.new_page()
    open_pack(elsewhere, path)
    for key in ("idle", "question"):
        pick(elsewhere, key)
        elsewhere.keyboard.press("l")
        expect(row(elsewhere, key)).to_have_attribute("data-locked", "true")
    held[0].fulfill(content_type="text/event-stream", body=AN_OLD_EVENT)
    for key in ("idle", "question"):
        expect(row(page, key)).to_have_attribute("data-locked", "true")
    expect_live(page)


def test_no_answer_is_older_than_what_the_page_shows(pack_page: Page):
    page = pack_page
    pick(page, "tool_error")
    looks: list[tuple[Route, APIResponse]] = []
    order: list[str] = []
    page.on("request", lambda request: request.method == "POST" and order.append("changes"))
    page.route("**/rows/?*", lambda route: looks.append((route, route.fetch())), times=1)
    page.keyboard.press("r")
    wait_for(lambda: page.evaluate("true") and looks)
    page.keyboard.press("l")
    [(route, answer)] = looks
    order.append("sees what was")
    route.fulfill(response=answer)
    expect_takes(page, "1 ✓", "2")
    expect(row(page, "tool_error")).to_have_attribute("data-locked", "true")
    assert order == ["changes", "sees what was", "changes"]


def test_a_page_with_a_worker_of_its_own_is_live_too(browse: Open):
    context = browse()
    context.add_init_script(NO_SHARED_WORKER)
    page = context.new_page()
    open_pack(page, make_pack(context, hooks=["idle"]), filled=1)
    expect_live(page)
    page.keyboard.press("r")
    expect_takes(page, "1 ✓", "2")


def test_seven_tabs_share_one_connection_and_hold_up_nothing(browse: Open, site: Site):
    context = browse()
    path = make_pack(context, hooks=["idle"])
    tabs = [context.new_page() for _ in range(7)]
    for tab in tabs:
        open_pack(tab, path, filled=1)
    for tab in tabs:
        expect_live(tab)
    tabs[3].keyboard.press("r")
    for tab in tabs:
        expect(row(tab, "idle")).to_contain_text("2 takes")
    assert context.request.get("/healthz").ok
    answers = tabs[6].evaluate(
        "() => Promise.all(Array.from({ length: 5 }, async () => (await fetch('/jobs/')).ok))"
    )
    assert answers == [True] * 5
    # The web server closes connections that are idle for some seconds; a stream never is.
    wait_for(lambda: site.connections() == 1)
    tabs[0].keyboard.press("r")
    for tab in tabs:
        expect(row(tab, "idle")).to_contain_text("3 takes")
