"""A real browser before a real studio, and what a person does there."""

from __future__ import annotations

import shutil
import socket
import subprocess
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlencode, urlsplit

import psutil
from playwright.sync_api import (
    BrowserContext,
    ConsoleMessage,
    Locator,
    Page,
    Request,
    Response,
    WebError,
    expect,
)

from tests.support.studio import Studio, wait_for

ADMIN, ADA = "admin", "ada"
PASSWORD = "long enough for tests"
PEOPLE = f"""
from accounts.models import User
User.objects.create_superuser({ADMIN!r}, password={PASSWORD!r})
User.objects.create_user({ADA!r}, password={PASSWORD!r})
"""
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
FORM = "application/x-www-form-urlencoded"
ALL_HOOKS = 15

DECK = """async () => {
    const names = performance.getEntriesByType("resource").map(({ name }) => name);
    const { deck } = await import(names.find((name) => /\\/studio\\/deck(\\.\\w+)?\\.js$/.test(name)));
    BODY
}"""
"""Do something with the page's own player: its module is the same wherever it is imported."""
EAR = """
    const ear = { loudest: 0, steps: 0, back: 0, last: deck.currentTime, played: [], id: null };
    window.ear = ear;
    const listen = () => {
        if (window.ear !== ear) return;
        requestAnimationFrame(listen);
        const { currentTime: now, analyser, sound, paused } = deck;
        if (now > ear.last && !paused) ear.steps += 1;
        if (now < ear.last) ear.back += 1;
        ear.last = now;
        if (!paused && sound.id !== ear.id) ear.played.push((ear.id = sound.id));
        if (!analyser) return;
        const samples = new Float32Array(analyser.fftSize);
        analyser.getFloatTimeDomainData(samples);
        ear.loudest = Math.max(ear.loudest, ...samples.map(Math.abs));
    };
    listen();
"""
"""Notes from then on how loud it gets, which way the position moves, and what plays."""

DRAWN = """() => {
    const isDrawn = (canvas) => {
        const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
        return data.filter((value, index) => index % 4 === 3 && value).length > 100;
    };
    const { shadowRoot } = document.querySelector("#wave .wave-detail-wave").firstElementChild;
    const large = [...shadowRoot.querySelectorAll("canvas")];
    const small = document.querySelector(".row[aria-current] .outline");
    return large.length > 0 && [...large, small].every(isDrawn);
}"""


class Site:
    """A studio with a web server on a port of its own, and people who have a login."""

    def __init__(self, studio: Studio, *, workers: bool = True) -> None:
        self.studio = studio
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port: int = free.getsockname()[1]
        self.url = f"http://localhost:{self.port}"
        self.log = studio.data / "web.log"
        studio.environment["API_PORT"] = str(self.port)
        studio.python(PEOPLE)
        self.start_web()
        if workers:
            studio.worker()

    def start_web(self) -> None:
        with self.log.open("a") as log:
            self.web: subprocess.Popen[str] = self.studio.start("manage.py", "web", stdout=log, stderr=log)
        wait_for(self.is_there, timeout=60)

    def kill_web(self) -> None:
        self.web.kill()
        self.web.wait()

    def is_there(self) -> bool:
        assert self.web.poll() is None, self.log.read_text()
        try:
            with urllib.request.urlopen(f"{self.url}/healthz", timeout=5) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    def connections(self) -> int:
        """How many clients the web server has now."""
        found = psutil.Process(self.web.pid).net_connections("tcp")
        return sum(one.status == psutil.CONN_ESTABLISHED and one.laddr.port == self.port for one in found)


class Trouble(list[str]):
    """What went wrong in a browser where nobody sees it; a test that expects some of it forgives it."""

    def __init__(self, site: Site) -> None:
        super().__init__()
        self._host = urlsplit(site.url).netloc

    def watch(self, context: BrowserContext) -> None:
        context.on("console", self._said)
        context.on("weberror", self._broke)
        context.on("request", self._asked)
        context.on("response", self._answered)
        context.on("requestfailed", self._failed)

    def forgive(self, *words: str) -> None:
        """Forget what has any of these words, of which one has to be there."""
        forgiven = [one for one in self if any(word in one for word in words)]
        assert forgiven, f"nobody said “{'” or “'.join(words)}” in {list(self)}"
        self[:] = [one for one in self if one not in forgiven]

    def _said(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.append(f"console: {message.text} ({message.location.get('url')})")

    def _broke(self, error: WebError) -> None:
        self.append(f"error: {error.error}")

    def _asked(self, request: Request) -> None:
        url = urlsplit(request.url)
        if url.scheme not in ("data", "blob") and url.netloc != self._host:
            self.append(f"left the studio: {request.url}")

    def _answered(self, response: Response) -> None:
        if response.status >= 400:
            self.append(f"answer: {response.status} to {response.request.method} {response.url}")

    def _failed(self, request: Request) -> None:
        if "ERR_ABORTED" not in (request.failure or ""):  # whoever leaves a page needs the rest no more
            self.append(f"no answer: {request.failure} to {request.method} {request.url}")


def sign_in(page: Page, name: str = ADMIN, password: str = PASSWORD) -> None:
    """On the page where one does."""
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()


def make_pack(
    context: BrowserContext, *, hooks: Sequence[str] = ("task_complete", "tool_error"), **choices: str
) -> str:
    """What the form of the first page does, without the page; returns the pack's address."""
    token = next(one["value"] for one in context.cookies() if one["name"] == "csrftoken")
    choices = {"theme": "minimal", **choices, "csrfmiddlewaretoken": token}
    body = urlencode([*choices.items(), *(("hook", hook) for hook in hooks)])
    answer = context.request.post("/", data=body, headers={"Content-Type": FORM})
    assert answer.ok, answer.text()
    return urlsplit(answer.url).path


def open_pack(page: Page, path: str, *, filled: int | None = None) -> None:
    """Go to a pack's page, and wait until so many rows have their sound."""
    page.goto(path)
    expect(page.locator("#pack[data-ready]")).to_be_attached()
    if filled is not None:
        expect_filled(page, filled)


def expect_filled(page: Page, rows: int) -> None:
    expect(page.locator(".row[data-state=filled]")).to_have_count(rows)
    expect(page.locator("#progress")).to_have_attribute("data-active", "false")


def retype(field: Locator, text: str) -> None:
    """Have a field say something else, as hands do it."""
    field.press("ControlOrMeta+a")
    field.press("Delete")
    field.press_sequentially(text)


def row(page: Page, key: str) -> Locator:
    return page.locator(f"#row-{key}")


def pick(page: Page, key: str) -> None:
    """Select a row."""
    row(page, key).locator(".pick").click()


def takes(page: Page) -> Locator:
    """The takes of the selected row."""
    return page.locator("#takes .take")


def chosen(page: Page) -> Locator:
    """The chosen take of the selected row."""
    return page.locator("#takes .take.chosen")


def shown(page: Page) -> Locator:
    """The take of the selected row that is shown."""
    return page.locator("#takes .take[aria-pressed=true]")


def expect_takes(page: Page, *texts: str) -> None:
    """The selected row has exactly these takes, with what is said of them."""
    expect(takes(page)).to_have_text(list(texts))


def toasts(page: Page) -> Locator:
    return page.locator(".toast")


def deck(page: Page, body: str) -> Any:
    """Ask the page's player, `deck`, for something."""
    page.wait_for_load_state()
    return page.evaluate(DECK.replace("BODY", body))


def wait_until(page: Page, of_deck: str) -> None:
    """Wait until something holds of the page's player."""
    page.wait_for_function(DECK.replace("BODY", f"return {of_deck};"))


def expect_drawn(page: Page) -> None:
    """The shape of the selected row's sound is to be seen, small in the row and large below."""
    page.wait_for_function(DRAWN)


@contextmanager
def hearing(page: Page) -> Iterator[None]:
    """What is done inside can be heard: the position moves on, and it is not silence that flows."""
    deck(page, EAR)
    yield
    page.wait_for_function("() => window.ear.steps > 2 && window.ear.loudest > 0.003")


@contextmanager
def same_document(page: Page) -> Iterator[None]:
    """What happens inside happens without a new page."""
    page.evaluate("() => { window.isSame = true; }")
    yield
    assert page.evaluate("() => window.isSame === true"), "the page was loaded anew"


def tab_to(page: Page, target: Locator, *, most: int = 80) -> None:
    """Press Tab until the focus is there."""
    for _ in range(most):
        if target.evaluate("(element) => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{target} is not reached by {most} tabs")
