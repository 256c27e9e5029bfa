"""A studio that all tests of this folder share, and a browser before it."""

from __future__ import annotations

import os
import shutil
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect, sync_playwright

from tests.support.browser import ADMIN, CHROMIUM, Site, Trouble, make_pack, open_pack, sign_in
from tests.support.studio import Studio

PATIENCE_MS = 20_000
Open = Callable[..., BrowserContext]


@pytest.fixture(scope="package")
def playwright() -> Iterator[Playwright]:
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="package")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    if CHROMIUM is None:
        sentence = "THERE IS NO CHROMIUM HERE, SO NO PAGE IS TESTED: run `make browser`, or install Chromium."
        if os.environ.get("CI"):
            pytest.fail(sentence)
        warnings.warn(sentence, stacklevel=1)
        pytest.skip(sentence)
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
    yield browser
    browser.close()


@pytest.fixture(scope="package")
def new_site(
    prepared_database: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[..., Site]]:
    """Starts a studio of one's own; those who need nothing empty take `site`."""
    studios = []

    def start(**options: Any) -> Site:
        data = tmp_path_factory.mktemp("site")
        shutil.copy(prepared_database, data)
        studios.append(Studio(data))
        return Site(studios[-1], **options)

    yield start
    for studio in studios:
        studio.close()


@pytest.fixture(scope="package")
def shared_site(new_site: Callable[..., Site]) -> Site:
    return new_site()


@pytest.fixture
def site(shared_site: Site) -> Iterator[Site]:
    before = len(shared_site.log.read_text())
    yield shared_site
    if shared_site.web.poll() is not None:
        shared_site.start_web()  # whoever killed it did not get so far
    assert "Traceback" not in shared_site.log.read_text()[before:]


@pytest.fixture(scope="package")
def cookies(shared_site: Site, chromium: Browser) -> Callable[[str], Any]:
    """What a browser keeps of a person who signed in, once for each of them."""
    kept: dict[str, Any] = {}

    def of(name: str) -> Any:
        if name not in kept:
            with chromium.new_context(base_url=shared_site.url) as context:
                page = context.new_page()
                page.goto("/login/")
                sign_in(page, name)
                page.wait_for_url("/")
                kept[name] = context.storage_state()
        return kept[name]

    return of


@pytest.fixture
def trouble(site: Site) -> Iterator[Trouble]:
    """All that nobody would see; a test ends without any."""
    trouble = Trouble(site)
    yield trouble
    assert trouble == []


@pytest.fixture
def browse(chromium: Browser, site: Site, cookies: Callable[[str], Any], trouble: Trouble) -> Iterator[Open]:
    """Opens a browser window for somebody, ``None`` being signed out."""
    contexts = []

    def open_(name: str | None = ADMIN, **options: Any) -> BrowserContext:
        state = cookies(name) if name else None
        context = chromium.new_context(base_url=site.url, storage_state=state, **options)
        context.set_default_timeout(PATIENCE_MS)
        trouble.watch(context)
        contexts.append(context)
        return context

    yield open_
    for context in contexts:
        context.close()


@pytest.fixture
def context(browse: Open) -> BrowserContext:
    return browse()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()


@pytest.fixture
def pack_page(page: Page, context: BrowserContext) -> Page:
    """The page of a new pack with two sounds."""
    open_pack(page, make_pack(context), filled=2)
    return page


@pytest.fixture
def pages(page: Page, context: BrowserContext) -> dict[str, str]:
    """Every page of the studio by its name, each with something on it."""
    path, other = make_pack(context), make_pack(context, theme="", prompt="very " * 20 + "calm")
    for each in (other, path):
        open_pack(page, each, filled=2)
    sound = page.locator("#dock-page").get_attribute("href")
    assert sound
    a, b = (each.split("/")[2] for each in (path, other))
    return {
        "make": "/",
        "packs": "/packs/",
        "pack": path,
        "compare": f"/compare/?a={a}&b={b}",
        "sound": sound,
        "jobs": "/jobs/",
        "engines": "/engines/",
    }
