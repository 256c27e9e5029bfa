"""What holds for every page."""

from __future__ import annotations

import json
from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.conftest import Open
from tests.support.browser import Site, same_document
from tests.support.studio import ROOT

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
GRAVE = ("serious", "critical")


def violations(page: Page) -> list[str]:
    """What keeps people out, in dark and in light."""
    page.evaluate(AXE.read_text())
    found = []
    for scheme in ("dark", "light"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        answer: dict[str, Any] = page.evaluate("() => axe.run({ resultTypes: ['violations'] })")
        for rule in answer["violations"]:
            if rule["impact"] in GRAVE:
                where = [f"{node['html'][:160]} {node['failureSummary'][:300]}" for node in rule["nodes"]]
                found.append(f"{scheme} {page.url} {rule['id']}: {json.dumps(where[:5], indent=1)}")
    return found


def test_nothing_keeps_anybody_out(page: Page, pages: dict[str, str]):
    found = []
    for path in pages.values():
        page.goto(path)
        found += violations(page)
    assert found == [], "\n".join(found)


def test_neither_does_what_opens_on_a_page(page: Page, pages: dict[str, str]):
    page.goto(pages["make"])
    page.get_by_role("radio", name="Jazz").check()
    page.get_by_label("User spam", exact=True).uncheck()
    page.get_by_text("Add a hook of your own").click()
    found = violations(page)
    page.goto(pages["pack"])
    page.get_by_text("Install line").click()
    page.get_by_text("Name, description, rows").click()
    for key in "absle":
        page.keyboard.press(key)
    page.keyboard.press("Escape")
    expect(page.locator("#row-form")).to_be_visible()
    expect(page.locator(".row[data-locked=true]")).to_have_count(1)
    page.get_by_role("button", name="Dark or light").click()
    page.get_by_role("button", name="Dark or light").click()
    page.get_by_role("button", name="Dark or light").click()
    found += violations(page)
    page.get_by_role("button", name="Keys").click()
    found += violations(page)
    assert found == [], "\n".join(found)


def test_nothing_keeps_anybody_from_signing_in(browse: Open):
    page = browse(None).new_page()
    page.goto("/login/")
    found = violations(page)
    page.get_by_label("Name").fill("nobody")
    page.get_by_label("Password").fill("wrong")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_be_visible()
    found += violations(page)
    assert found == [], "\n".join(found)


def test_no_page_asks_anybody_but_the_studio(page: Page, pages: dict[str, str], site: Site):
    """Every other test fails on such a request too: see `Trouble`."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    for path in [*pages.values(), "/login/"]:
        page.goto(path)
    assert len(asked) > 30
    assert {url.split("/")[2] for url in asked if url.startswith("http")} == {f"localhost:{site.port}"}


def test_dark_or_light_is_remembered(page: Page):
    page.emulate_media(color_scheme="light")
    page.goto("/packs/")
    paper = "() => getComputedStyle(document.documentElement).backgroundColor"
    light = page.evaluate(paper)
    with same_document(page):
        page.get_by_role("button", name="Dark or light").click()
        page.wait_for_function(f"(light) => ({paper})() !== light", arg=light)
    dark = page.evaluate(paper)
    page.goto("/jobs/")
    assert page.evaluate(paper) == dark
    page.get_by_role("button", name="Dark or light").click()
    assert page.evaluate(paper) == light
