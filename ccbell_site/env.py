"""Typed reading of settings from the environment and `.env`: a wrong value is one clear sentence."""

from __future__ import annotations

import contextlib
import os
import secrets
import zoneinfo
from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured

TRUE = {"1", "true", "yes", "on"}
FALSE = {"0", "false", "no", "off", ""}


def read_dotenv(name: str, default: Path) -> None:
    """Load the file that `name` names, or `default` if it is there; what is set already wins."""
    path = folder(name, default)
    if text(name) and not path.exists():
        raise ImproperlyConfigured(f"{name} names {path}, which is not there.")
    if path.is_file():
        try:
            environ.Env.read_env(path)
        except (OSError, UnicodeDecodeError) as error:
            raise ImproperlyConfigured(f"{path} cannot be read as text: {error}.") from error


def text(name: str, default: str = "") -> str:
    return os.environ.get(name, default).strip()


def boolean(name: str, default: bool) -> bool:
    value = text(name, str(default)).lower()
    if value in TRUE | FALSE:
        return value in TRUE
    raise ImproperlyConfigured(f"{name} must be true or false, not “{value}”.")


def choice(name: str, default: str, options: tuple[str, ...]) -> str:
    value = text(name, default).lower() or default
    if value in options:
        return value
    raise ImproperlyConfigured(f"{name} must be one of {', '.join(options)}, not “{value}”.")


def hand_down(**values: object) -> None:
    """Put decided values back into the environment, where engines read them: here and in child processes."""
    os.environ.update({name: str(value) for name, value in values.items()})


def integer(name: str, default: int, *, least: int = 0, most: int | None = None) -> int:
    value = text(name, str(default)) or str(default)
    wanted = f"a whole number from {least}" + (f" to {most}" if most is not None else " up")
    try:
        number = int(value)
    except ValueError:
        raise ImproperlyConfigured(f"{name} must be {wanted}, not “{value}”.") from None
    if number < least or (most is not None and number > most):
        raise ImproperlyConfigured(f"{name} must be {wanted}, not {number}.")
    return number


def seconds_or_never(name: str, default: int) -> int | None:
    """Seconds, or None for ``never``."""
    if text(name).lower() == "never":
        return None
    try:
        return integer(name, default, least=1)
    except ImproperlyConfigured:
        raise ImproperlyConfigured(
            f"{name} must be a whole number of seconds from 1 up or “never”, not “{text(name)}”."
        ) from None


def time_zone(name: str, default: str) -> str:
    zone = text(name, default) or default
    try:
        zoneinfo.ZoneInfo(zone)
    except (ValueError, OSError, zoneinfo.ZoneInfoNotFoundError):
        raise ImproperlyConfigured(f"{name} must be a zone such as Europe/Vienna, not “{zone}”.") from None
    return zone


def listing(name: str, default: str = "") -> list[str]:
    """Comma-separated words."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def folder(name: str, default: Path) -> Path:
    try:
        return Path(text(name) or default).expanduser().resolve()
    except RuntimeError:
        raise ImproperlyConfigured(f"{name}: nobody knows the home in {text(name)}; write it out.") from None


def make_absolute(*names: str) -> None:
    """Have child processes, which start in another folder, mean the same by these variables."""
    for name in names:
        if text(name):
            os.environ[name] = str(folder(name, Path()))


def data_folder(name: str, default: Path) -> Path:
    """A folder that is made when it is not there yet."""
    path = folder(name, default)
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise ImproperlyConfigured(
            f"{name}: the folder {path} cannot be written ({error.strerror}); "
            f"make it writable or point {name} somewhere else."
        ) from error
    return path


def secret(name: str, keep_in: Path) -> str:
    """The value of `name`, or one drawn at random on the first start and kept in a private file."""
    if value := text(name):
        return value
    try:
        return _kept(keep_in) or _draw(keep_in)
    except OSError as error:
        raise ImproperlyConfigured(
            f"{keep_in} cannot be written ({error.strerror}); make its folder writable or set {name}."
        ) from error


def _kept(path: Path) -> str:
    return path.read_text().strip() if path.is_file() else ""


def _draw(path: Path) -> str:
    """Write a random value, whole or not at all; of two that start at once the first one's counts."""
    partial = path.with_name(f"{path.name}.{os.getpid()}")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(48))
        if not _kept(path):
            path.unlink(missing_ok=True)  # an empty one is left of a first start that was cut off
        with contextlib.suppress(FileExistsError):
            os.link(partial, path)
    finally:
        partial.unlink(missing_ok=True)
    return _kept(path)
