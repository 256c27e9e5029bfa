"""What the admin does without a new page: it plays, sorts and follows the queue."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.support.browser import Site, Trouble, make_pack, open_pack, row, same_document

PLAYS = "() => [...document.querySelectorAll('audio')].some((audio) => audio.currentTime > 0 && !audio.error)"
MOVES = "select id, position from sounds_{}"


@pytest.fixture
def order_of_before(site: Site) -> Iterator[None]:
    """What is dragged here stands for others where it stood."""
    kinds = ("hook", "variation")
    before = {kind: site.studio.rows(MOVES.format(kind)) for kind in kinds}
    yield
    for kind, rows in before.items():
        for pk, position in rows:
            site.studio.rows(f"update sounds_{kind} set position = ? where id = ?", position, pk)


def drag(page: Page, handle: Locator, onto: Locator) -> None:
    """As a hand does: not at once."""
    handle.scroll_into_view_if_needed()
    begin, end = handle.bounding_box(), onto.bounding_box()
    assert begin and end
    x = begin["x"] + begin["width"] / 2
    page.mouse.move(x, begin["y"] + begin["height"] / 2)
    page.mouse.down()
    page.mouse.move(x, begin["y"] - 5, steps=5)
    page.mouse.move(x, end["y"] + 5, steps=15)
    page.wait_for_timeout(200)  # the sorting animates
    page.mouse.up()


def names(page: Page, where: str) -> list[str]:
    return page.locator(where).all_inner_texts()


def test_a_theme_is_tried_and_plays(page: Page):
    page.goto("/admin/sounds/theme/")
    with same_document(page):
        place = page.locator(".try[data-theme=minimal]")
        place.get_by_role("button", name="Try it").click()
        expect(place.locator(".player img")).to_be_visible()
        page.wait_for_function(PLAYS)


def test_a_variation_is_tried_on_the_page_of_its_theme(page: Page):
    page.goto("/admin/sounds/theme/")
    page.get_by_role("link", name="Minimal").click()
    place = page.locator("#variations-group .try").first
    place.get_by_role("button", name="Try it").click()
    page.wait_for_function(PLAYS)


def test_trying_that_fails_says_why_and_may_be_repeated(page: Page, trouble: Trouble):
    page.goto("/admin/sounds/theme/")
    refusal = {"detail": "That is enough for this hour; try again later."}
    page.route("**/api/generate*", lambda route: route.fulfill(status=429, json=refusal), times=1)
    place = page.locator(".try[data-theme=minimal]")
    place.get_by_role("button", name="Try it").click()
    expect(place).to_contain_text("That is enough for this hour; try again later.")
    trouble.forgive("429")
    place.get_by_role("button", name="Try it").click()
    page.wait_for_function(PLAYS)


def test_a_hook_that_is_dragged_stays_where_it_was_dropped(page: Page, order_of_before: None):
    page.goto("/admin/sounds/hook/")
    before = names(page, "th.field-name")
    handles = page.locator("#result_list td[x-sort\\:handle]")
    with same_document(page):
        drag(page, handles.nth(4), handles.nth(1))
        expect(page.locator(".order [role=status]")).to_have_text("Saved.")
    moved = [before[0], before[4], *before[1:4], *before[5:]]
    assert names(page, "th.field-name") == moved
    page.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_load_state()
    page.goto("/admin/sounds/hook/")
    assert names(page, "th.field-name") == moved
    expect(page.locator(".state.edited")).to_have_count(4)


def test_a_variation_is_dragged_inside_its_theme_and_saved_with_it(page: Page, order_of_before: None):
    page.goto("/admin/sounds/theme/")
    page.get_by_role("link", name="Jazz").click()
    rows = "#variations-data tbody.original input[name$=-name]"

    def listed() -> list[str]:
        return page.locator(rows).evaluate_all("inputs => inputs.map((input) => input.value)")

    before = listed()
    handles = page.locator("#variations-data tbody.original [x-sort\\:handle]")
    handles.nth(0).evaluate("(row) => row.scrollIntoView({block: 'center'})")
    drag(page, handles.nth(2), handles.nth(0))
    page.get_by_role("button", name="Save and continue editing").click()
    expect(page.get_by_text("was changed successfully")).to_be_visible()
    assert listed() == [before[2], before[0], before[1], *before[3:]]


def test_the_list_of_jobs_follows_them_and_cancels(page: Page, context: BrowserContext):
    make_pack(context, hooks=["task_complete", "idle", "question"], prompt="slow", theme="", engine="steady")
    page.goto("/admin/jobs/job/")
    newest = page.locator("#result_list tbody").first
    newest.get_by_role("button", name="Cancel").click()
    expect(page.get_by_text("is cancelled.").or_(page.get_by_text("stops at its next step."))).to_be_visible()
    with same_document(page):
        expect(newest.locator(".state")).to_have_text("cancelled")
        expect(newest.get_by_role("button", name="Retry")).to_be_visible()
        expect(page.locator("#result_list tbody").nth(2).locator(".state")).to_have_text("succeeded")
        make_pack(context, hooks=["idle"], prompt="a plain tone", theme="", engine="steady")
        expect(page.locator(".standing .newer")).to_contain_text("newer")


def test_takes_are_compared_and_one_is_chosen(page: Page, context: BrowserContext):
    wish = {"prompt": "a plain tone to compare", "theme": "", "engine": "steady", "takes": "2"}
    open_pack(page, make_pack(context, hooks=["idle"], **wish), filled=1)
    expect(row(page, "idle")).to_contain_text("2 takes")
    page.goto("/admin/sounds/slot/?q=compare")
    page.get_by_role("link", name="Compare 2").click()
    page.locator(".take").first.get_by_role("button", name="Play").click()
    page.wait_for_function(PLAYS)
    # Two workers made them, so either may have been first.
    other = page.locator(".take:not(.chosen) h2").inner_text()
    page.get_by_role("button", name="Choose").click()
    expect(page.locator(".take.chosen h2")).to_have_text(other)
    expect(page.get_by_text(f"{other.lower()} is chosen.").first).to_be_visible()
