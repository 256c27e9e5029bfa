"""A take that was cleaned up, as people meet it."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.support.browser import Site, Trouble, expect_takes, pick, toasts

LONG_AGO = """
from datetime import timedelta
from django.db.models import F
from sounds.models import Choice, Sound
from studio import cleanup
ago = timedelta(days=3)
mine = Sound.objects.filter(slot__collection__pack__slug={slug!r})
mine.update(created_at=F("created_at") - ago)
Choice.objects.filter(slot__collection__pack__slug={slug!r}).update(at=F("at") - ago)
cleanup.run()
"""


def test_it_says_why_it_cannot_be_heard_and_r_makes_it_again(pack_page: Page, site: Site, trouble: Trouble):
    page = pack_page
    pick(page, "task_complete")
    page.keyboard.press("r")
    expect_takes(page, "1 ✓", "2")
    site.studio.python(LONG_AGO.format(slug=page.url.strip("/").rpartition("/")[2]))
    page.reload()
    pick(page, "task_complete")
    page.get_by_role("button", name="Take 2, cleaned up").click()
    expect(page.locator("#dock-take")).to_contain_text("cleaned up: R makes it again")
    for key in (" ", "Enter"):
        page.keyboard.press(key)
        expect(toasts(page).last).to_contain_text("This take was cleaned up, as nobody had kept it")
    page.locator("#wave").click()
    page.keyboard.press("r")
    expect_takes(page, "1 ✓", "2", "3")
    expect(page.locator("#dock-take")).not_to_contain_text("cleaned up")

    page.get_by_role("button", name="Take 2, cleaned up").click()
    page.get_by_role("link", name="Sound page").click()
    expect(page.locator("#cleaned")).to_contain_text("Its files were cleaned up on")
    expect(page.get_by_role("button", name="Play")).to_have_count(0)
    page.keyboard.press(" ")
    expect(page.get_by_role("button", name="Make it again")).to_be_visible()
