"""The same pages in Firefox, and in WebKitGTK, which is as near to Safari as Linux comes."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Playwright

from tests.browser import firefox as firefox_program
from tests.browser import webkit as webkit_driver
from tests.browser.conftest import PATIENCE_MS, Open

# These run again, in Firefox, with the `browse` of this file.
from tests.browser.test_journey import (  # noqa: F401
    test_the_whole_journey_with_the_keyboard_alone,
    test_the_whole_journey_with_the_mouse,
)
from tests.browser.test_keys import (  # noqa: F401
    test_a_and_b_run_in_step_and_a_flip_does_not_start_them_again,
    test_p_plays_all_as_a_day_does_wherever_one_is,
    test_s_shows_the_spectrogram_and_hides_it,
    two_long_takes,
)
from tests.browser.test_stream import (  # noqa: F401
    test_seven_tabs_share_one_connection_and_hold_up_nothing,
    test_the_page_goes_on_after_the_studio_was_killed_and_started_again,
)
from tests.support.browser import ADMIN, DECK, EAR, PASSWORD, Site, Trouble
from tests.support.studio import ROOT, wait_for

pytestmark = pytest.mark.exhaustive
MISSING = "THERE IS NO {} HERE, SO NO PAGE IS TESTED IN IT: run `make browsers-all`."


@pytest.fixture(scope="module")
def loudspeaker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A sound server that nobody hears: without one, these browsers hold their audio back."""
    program = shutil.which("pulseaudio")
    if program is None:
        pytest.skip(MISSING.format("PULSEAUDIO"))
    folder = tmp_path_factory.mktemp("sound")
    address = folder / "native"
    command = [
        program, "-n", "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no", "--disable-shm",
        "-L", "module-null-sink", "-L", f"module-native-protocol-unix socket={address} auth-anonymous=1",
    ]  # fmt: skip
    environment = {**os.environ, "HOME": str(folder), "XDG_RUNTIME_DIR": str(folder)}
    server = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)
    wait_for(address.exists)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PULSE_SERVER", f"unix:{address}")
        yield
    server.terminate()
    server.wait()


@pytest.fixture(scope="module")
def firefox(
    playwright: Playwright, loudspeaker: None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Browser]:
    if firefox_program.FIREFOX is None:
        pytest.skip(MISSING.format("FIREFOX"))
    program = tmp_path_factory.mktemp("firefox") / "firefox"
    command = shlex.join([sys.executable, "-m", firefox_program.__name__])
    program.write_text(f'#!/bin/sh\ncd {shlex.quote(str(ROOT))}\nexec {command} "$@"\n')
    program.chmod(0o755)
    environment: dict[str, Any] = {**os.environ}
    browser = playwright.firefox.launch(channel="moz-firefox", executable_path=program, env=environment)
    yield browser
    browser.close()


@pytest.fixture
def browse(firefox: Browser, site: Site, cookies: Any, trouble: Trouble) -> Iterator[Open]:
    """Opens a window of Firefox."""
    contexts = []

    def open_(name: str | None = ADMIN, **options: Any) -> BrowserContext:
        state = cookies(name) if name else None
        context = firefox.new_context(base_url=site.url, storage_state=state, **options)
        context.set_default_timeout(PATIENCE_MS)
        trouble.watch(context)
        contexts.append(context)
        return context

    yield open_
    for context in contexts:
        context.close()


@pytest.fixture
def webkit(loudspeaker: None) -> Iterator[webkit_driver.WebKit]:
    if not (webkit_driver.DRIVER and webkit_driver.SCREEN and webkit_driver.BROWSER):
        pytest.skip(MISSING.format("WEBKIT"))
    with webkit_driver.webkit() as browser:
        yield browser


def hear(browser: webkit_driver.WebKit, key: str, *, shift: bool = False) -> None:
    """Press a key, after which something sounds."""
    browser.script(f"({DECK.replace('BODY', EAR)})()")
    browser.wait("window.ear")
    browser.press(key, shift=shift)
    browser.wait("ear.steps > 2 && ear.loudest > 0.003")
    browser.script("delete window.ear")


def test_the_journey_in_webkit(webkit: webkit_driver.WebKit, site: Site):
    browser = webkit
    browser.go(site.url)
    browser.wait("document.querySelector('[name=username]')")
    browser.type("[name=username]", ADMIN)
    browser.type("[name=password]", PASSWORD)
    browser.press("Enter")
    browser.wait("document.querySelector('#make')")
    browser.click("[name=theme][value=minimal]")
    for hook in ("user_spam", "idle", "api_error"):
        browser.click(f"[name=hook][value={hook}]")
    browser.script("window.isSame = true")
    browser.press("g")
    browser.wait("document.querySelector('#pack[data-ready]')")
    browser.wait("document.querySelectorAll('.row[data-state=filled]').length === 12")
    browser.wait("document.documentElement.dataset.stream === 'live'")
    hear(browser, " ")
    takes = "[...document.querySelectorAll('#takes .take')].map((take) => take.textContent).join()"
    browser.press("r")
    browser.wait(f"{takes} === '1 ✓,2'")
    browser.press("m")
    browser.wait(f"{takes} === '1 ✓,2,3'")
    browser.press("Enter")
    browser.wait(f"{takes} === '1,2,3 ✓'")
    browser.press("ArrowLeft")
    hear(browser, " ", shift=True)
    browser.press("z")
    browser.wait(f"{takes} === '1 ✓,2,3'")
    browser.press("ArrowDown")
    browser.wait("document.querySelector('.row:nth-child(2)[aria-current]')")
