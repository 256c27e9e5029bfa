"""WebKitGTK, driven by its own driver: the little of the WebDriver protocol that a person needs."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from glob import glob
from typing import Any

from tests.support.studio import wait_for

DRIVER = shutil.which("WebKitWebDriver")
SCREEN = shutil.which("Xvfb")
BROWSER = next(iter(glob("/usr/lib/*/webkit2gtk-4.1/MiniBrowser")), None)
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
KEYS = {"Enter": "\ue007", "ArrowDown": "\ue015", "ArrowLeft": "\ue012", "ArrowRight": "\ue014"}
SHIFT = "\ue008"


class WebKit:
    def __init__(self, port: int) -> None:
        self._at = f"http://127.0.0.1:{port}"
        wait_for(self._is_ready)
        options = {"binary": BROWSER, "args": ["--automation"]}
        asked = {"capabilities": {"alwaysMatch": {"webkitgtk:browserOptions": options}}}
        self._at += "/session/" + self._ask("POST", "/session", asked)["sessionId"]

    def _is_ready(self) -> bool:
        try:
            return bool(self._ask("GET", "/status")["ready"])
        except OSError:
            return False

    def _ask(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(
            self._at + path, data, {"Content-Type": "application/json"}, method=method
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)["value"]

    def go(self, url: str) -> None:
        self._ask("POST", "/url", {"url": url})

    @property
    def url(self) -> str:
        return str(self._ask("GET", "/url"))

    def click(self, selector: str) -> None:
        # In the middle: what sticks to an edge of the page would be clicked instead.
        self.script(f"document.querySelector({json.dumps(selector)}).scrollIntoView({{ block: 'center' }})")
        self._ask("POST", f"/element/{self._find(selector)}/click", {})

    def type(self, selector: str, text: str) -> None:
        self._ask("POST", f"/element/{self._find(selector)}/value", {"text": text})

    def press(self, key: str, *, shift: bool = False) -> None:
        """Press a key wherever the focus is."""
        held = [SHIFT] * shift + [KEYS.get(key, key)]
        steps = [{"type": "keyDown", "value": one} for one in held]
        steps += [{"type": "keyUp", "value": one} for one in reversed(held)]
        self._ask("POST", "/actions", {"actions": [{"type": "key", "id": "keyboard", "actions": steps}]})

    def script(self, body: str) -> Any:
        return self._ask("POST", "/execute/sync", {"script": body, "args": []})

    def wait(self, condition: str) -> None:
        """Until a condition holds, in JavaScript."""
        wait_for(lambda: self.script(f"return Boolean({condition})"))

    def _find(self, selector: str) -> str:
        found = self._ask("POST", "/element", {"using": "css selector", "value": selector})
        return str(found[ELEMENT])

    def close(self) -> None:
        self._ask("DELETE", "")


@contextmanager
def webkit() -> Iterator[WebKit]:
    """A browser on a screen of its own that nobody sees."""
    assert DRIVER and SCREEN
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    reader, writer = os.pipe()
    screen = subprocess.Popen(
        [SCREEN, "-displayfd", str(writer), "-screen", "0", "1400x1000x24", "-nolisten", "tcp"],
        pass_fds=[writer], stderr=subprocess.DEVNULL,
    )  # fmt: skip
    os.close(writer)
    with os.fdopen(reader) as pipe:
        display = pipe.readline().strip()
    environment = {**os.environ, "DISPLAY": f":{display}", "GDK_BACKEND": "x11", "LIBGL_ALWAYS_SOFTWARE": "1"}
    driver = subprocess.Popen([DRIVER, f"--port={port}"], env=environment)
    browser = None
    try:
        browser = WebKit(port)
        yield browser
    finally:
        if browser:
            browser.close()
        for process in (driver, screen):
            process.terminate()
            process.wait()
