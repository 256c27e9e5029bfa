"""A fresh studio and somebody in front of it: real processes, Chromium, signed in."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from torture.house import House, fresh

SIGN_IN = """
from django.conf import settings
from django.test import Client
from accounts.models import User
client = Client()
client.force_login(User.objects.create_superuser("admin"))
name = settings.SESSION_COOKIE_NAME
print(name, client.cookies[name].value)
"""
WITHOUT_TEST_ENGINES = {"PYTHONPATH": ""}
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
WINDOW = {"width": 1280, "height": 860}


@dataclass(frozen=True, slots=True)
class Visitor:
    """The studio's administrator, with a browser."""

    studio: House
    browser: Browser
    cookie: dict[str, str]

    @property
    def url(self) -> str:
        return f"http://localhost:{self.studio.port}"

    @contextmanager
    def page(self, **options: Any) -> Iterator[Page]:
        """A page of a browser that only knows who is signed in; raises what its scripts did not catch."""
        context = self.browser.new_context(base_url=self.url, **{"viewport": WINDOW, **options})
        context.add_cookies([{**self.cookie, "url": self.url}])
        page = context.new_page()
        faults: list[Exception] = []
        page.on("pageerror", lambda fault: faults.append(fault))  # a builtin it would not take
        try:
            yield page
        finally:
            context.close()
        if faults:
            raise faults[0]


@contextmanager
def visit() -> Iterator[Visitor]:
    """Open a studio with nothing in it, and a browser; both are gone afterwards."""
    with chromium() as browser, fresh(**WITHOUT_TEST_ENGINES) as studio:
        name, value = studio.code(SIGN_IN).split()
        studio.open("worker", "web")
        yield Visitor(studio, browser, {"name": name, "value": value})


@contextmanager
def chromium() -> Iterator[Browser]:
    found = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if found is None:
        sys.exit("There is no Chromium on the path; `make browser` installs Debian's.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        try:
            yield browser
        finally:
            browser.close()
