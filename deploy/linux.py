"""The studio as units of systemd, run by whose folder it is."""

from __future__ import annotations

import os
import pwd
from collections.abc import Mapping
from pathlib import Path

from deploy.checkout import Checkout, Refused, below, remove, run, write

TEMPLATES = Path(__file__).resolve().parent / "systemd"
UNITS = Path("/etc/systemd/system")
RUNNING = Path("/run/systemd/system")
"""There where systemd runs the machine, sd_booted(3)."""
TARGET = "ccbell-studio.target"


def install(checkout: Checkout, root: Path | None, user: str) -> None:
    """Write the units, and unless that is only tried below `root`, start them now and at every start."""
    if not root:
        _require_systemd()
    user = user or checkout.owner()
    address, folders = checkout.settings(_whoever_tries() if root else _known(user))
    texts = _units(checkout, _known(user), folders)
    for name, text in texts.items():
        write(below(root, UNITS / name), text.encode())
    if root:
        return
    run("systemctl", "daemon-reload")
    run("systemctl", "stop", TARGET)
    checkout.prepare(user)
    run("systemctl", "enable", *texts)
    run("systemctl", "start", TARGET)
    print(
        f"The studio is at {address}, now and whenever this machine starts; it runs as {user}.\n"
        "  what it says     journalctl --unit 'ccbell-studio-*' --follow\n"
        f"  stop and start   sudo systemctl stop {TARGET}; sudo systemctl start {TARGET}\n"
        "  not any more     make uninstall-service"
    )


def uninstall(root: Path | None) -> None:
    """Stop the units and take them out; what the studio holds stays where it is."""
    places = [below(root, UNITS / template.name) for template in _templates()]
    if not root and any(place.exists() for place in places):
        _require_systemd()
        run("systemctl", "disable", "--now", *(place.name for place in places), check=False)
    gone = [remove(place) for place in places]
    if not root and any(gone):
        run("systemctl", "daemon-reload")
    print("The service is gone, your data stays." if any(gone) else "No service was installed.")


def quoted(text: str) -> str:
    """As one word of a unit, systemd.syntax(7): nothing in it means anything."""
    for sign, written in (("\\", "\\\\"), ('"', '\\"'), ("%", "%%")):
        text = text.replace(sign, written)
    return f'"{text}"'


def _units(checkout: Checkout, user: str, folders: list[Path]) -> dict[str, str]:
    values = {
        "@USER@": user,
        "@FOLDER@": str(checkout.folder).replace("%", "%%"),
        "@PYTHON@": quoted(str(checkout.python)),
        "@WRITABLE@": " ".join(quoted(str(folder)) for folder in _outermost(folders)),
    }
    return {template.name: _filled(template.read_text(), values) for template in _templates()}


def _filled(text: str, values: Mapping[str, str]) -> str:
    for name, value in values.items():
        text = text.replace(name, value)
    return text


def _templates() -> list[Path]:
    return sorted(TEMPLATES.iterdir())


def _outermost(folders: list[Path]) -> list[Path]:
    """Without those that lie in another of them."""
    return [one for one in dict.fromkeys(folders) if not any(other in one.parents for other in folders)]


def _known(user: str) -> str:
    try:
        number = pwd.getpwnam(user).pw_uid
    except KeyError:
        raise Refused(f"Nobody is called {user} here.") from None
    if number == 0:
        raise Refused(
            "The studio does not run as root; give its folder to somebody with chown, "
            "or name who has it: make install-service RUN_AS=NAME"
        )
    return user


def _whoever_tries() -> str:
    return pwd.getpwuid(os.geteuid()).pw_name


def _require_systemd() -> None:
    if not RUNNING.is_dir():
        raise Refused("This Linux does not run systemd; use make run, or Docker (docs/install.md).")
    if os.geteuid() != 0:
        raise Refused("Services of this machine are root's to install; use: make install-service")
