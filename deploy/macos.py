"""The studio as agents of launchd, run in the login session of whoever installs it, who has the GPU."""

from __future__ import annotations

import os
import plistlib
import pwd
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from deploy.checkout import Checkout, Refused, below, remove, run, write

TEMPLATES = Path(__file__).resolve().parent / "launchd"
GONE_WITHIN_S = 30.0
"""A service that is told to end is still known to launchd until it has."""


def install(checkout: Checkout, root: Path | None, user: str) -> None:
    """Write the agents, and unless that is only tried below `root`, start them now and at every login."""
    me = _me()
    if user not in ("", me.pw_name):
        raise Refused("On a Mac the studio runs as who installs it; leave RUN_AS out.")
    address, _ = checkout.settings(me.pw_name)
    home = Path(me.pw_dir)
    logs = home / "Library" / "Logs" / "ccbell-studio"
    values = {"@FOLDER@": str(checkout.folder), "@PYTHON@": str(checkout.python), "@LOGS@": str(logs)}
    _make(below(root, logs))
    for template in _templates():
        filled = _filled(plistlib.loads(template.read_bytes()), values)
        write(below(root, _agents() / template.name), plistlib.dumps(filled))
    if root:
        return
    for template in _templates():
        _stop(template.stem)
    checkout.prepare(me.pw_name)
    for template in _templates():
        run("launchctl", "bootstrap", _domain(), str(_agents() / template.name))
    print(
        f"The studio is at {address}, now and whenever {me.pw_name} is logged in.\n"
        f"  what it says   tail -f {logs}/*.log\n"
        f"  begin anew     launchctl kickstart -k {_domain()}/{_templates()[0].stem}\n"
        "  not any more   make uninstall-service"
    )


def uninstall(root: Path | None) -> None:
    """Stop the agents and take them out; what the studio holds stays where it is."""
    if not root:
        for template in _templates():
            _stop(template.stem)
    gone = [remove(below(root, _agents() / template.name)) for template in _templates()]
    print("The service is gone, your data stays." if any(gone) else "No service was installed.")


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Refused(f"{folder} cannot be written ({error.strerror}).") from error


def _stop(label: str) -> None:
    """Have launchd forget the service, and wait until it has."""
    service = f"{_domain()}/{label}"
    if not run("launchctl", "print", service, check=False):
        return
    run("launchctl", "bootout", service, check=False)
    until = time.monotonic() + GONE_WITHIN_S
    while run("launchctl", "print", service, check=False):
        if time.monotonic() > until:
            raise Refused(f"{label} does not stop; look at it with: launchctl print {service}")
        time.sleep(0.2)


def _filled(value: Any, values: Mapping[str, str]) -> Any:
    """The same with every name in it replaced."""
    if isinstance(value, dict):
        return {key: _filled(one, values) for key, one in value.items()}
    if isinstance(value, list):
        return [_filled(one, values) for one in value]
    if isinstance(value, str):
        for name, text in values.items():
            value = value.replace(name, text)
    return value


def _templates() -> list[Path]:
    return sorted(TEMPLATES.iterdir())


def _agents() -> Path:
    return Path(_me().pw_dir) / "Library" / "LaunchAgents"


def _domain() -> str:
    return f"gui/{os.getuid()}"


def _me() -> pwd.struct_passwd:
    return pwd.getpwuid(os.getuid())
