"""Typed reading of settings from the environment and `.env`: a wrong value is one clear sentence."""

from __future__ import annotations

import contextlib
import io
import ipaddress
import os
import re
import secrets
import zoneinfo
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

TRUE = {"1", "true", "yes", "on"}
FALSE = {"0", "false", "no", "off", ""}


_LINE = re.compile(r"""((?:export )?([A-Za-z_]\w*)=(?:"(?:\\.|[^"\\])*"|'[^']*'|.*?))(?:\s+#.*)?""")
"""A line of `.env`, without the remark behind it."""
_UNSET = re.compile(r"\$(\w+|\{\w+\})")
_HOST_NAME = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?(\.[A-Za-z0-9_-]+)*\.?")

known: set[str] = set()
"""Every variable that was asked for so far."""


def read_dotenv(name: str, default: Path) -> Path | None:
    """Load the file that `name` names, or `default` if it is there; what is set already wins.

    Of two lines for one variable the last one counts, as it does for Docker.
    """
    path = folder(name, default)
    if text(name) and not path.exists():
        raise ImproperlyConfigured(f"{name} names {path}, which is not there.")
    if path.is_dir():
        raise ImproperlyConfigured(f"{path} is a folder; it must be a file with lines such as API_PORT=8000.")
    if not path.is_file():
        return None
    lines = {name: line for line, name in dotenv_lines(path)}
    environ.Env.read_env(io.StringIO("\n".join(lines.values())))
    return path


def dotenv_lines(path: Path) -> list[tuple[str, str]]:
    """What such a file says, line by line, each with the name that it sets.

    No error repeats a line: it may hold a secret.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise ImproperlyConfigured(f"{path} cannot be read as text ({reason}).") from error
    told = []
    for number, line in enumerate(map(str.strip, lines), 1):
        if not line or line.startswith("#"):
            continue
        if not (match := _LINE.fullmatch(line)):
            raise ImproperlyConfigured(
                f"Line {number} of {path} must be like API_PORT=8000, without spaces around the sign."
            )
        told.append((match[1], match[2]))
    return told


def text(name: str, default: str = "") -> str:
    known.add(name)
    return os.environ.get(name, default).strip()


def word(name: str, pattern: str, wanted: str) -> str:
    """Text of a certain form, or ``""``; a wrong one is not repeated, as it may be half a secret."""
    value = text(name)
    if value and not re.fullmatch(pattern, value):
        raise ImproperlyConfigured(f"{name} must be {wanted}.")
    return value


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


def seconds_or_never(name: str, default: int, *, most: int) -> int | None:
    """Seconds, or None for ``never``."""
    if text(name).lower() == "never":
        return None
    try:
        return integer(name, default, least=1, most=most)
    except ImproperlyConfigured:
        raise ImproperlyConfigured(
            f"{name} must be a whole number of seconds from 1 to {most} or “never”, not “{text(name)}”."
        ) from None


def time_zone(name: str, default: str) -> str:
    zone = text(name, default) or default
    try:
        zoneinfo.ZoneInfo(zone)
    except (ValueError, OSError, zoneinfo.ZoneInfoNotFoundError):
        raise ImproperlyConfigured(f"{name} must be a zone such as Europe/Vienna, not “{zone}”.") from None
    return zone


def address(name: str) -> str:
    """Where a server is, or ``""``; not repeated either, as somebody may write a password into it."""
    if not (value := text(name)):
        return ""
    try:
        parts = urlsplit(value)
        is_right = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        is_right = False
    if not is_right or parts.username or parts.password or parts.query or parts.fragment:
        raise ImproperlyConfigured(
            f"{name} must be empty or an address such as http://minio:9000, without a name or a password."
        )
    return value.rstrip("/")


def bucket(backend: str, *, bucket_name: str, location: str, **options: str) -> dict[str, Any]:
    """An S3-compatible bucket as STORAGES takes it; what is empty is boto3's to find, as it always does."""
    for package in ("storages", "boto3"):
        _need(package, "AUDIO_STORE=s3")
    if not bucket_name:
        raise ImproperlyConfigured("AUDIO_STORE=s3 needs AWS_STORAGE_BUCKET_NAME, the name of the bucket.")
    if bool(options["access_key"]) != bool(options["secret_key"]):
        raise ImproperlyConfigured("AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY belong together; set both.")
    location = location.strip("/")
    if ".." in location.split("/"):
        raise ImproperlyConfigured(f"AWS_LOCATION must be a prefix such as studio, not “{location}”.")
    given = {name: value or None for name, value in options.items()}
    return {"BACKEND": backend, "OPTIONS": {"bucket_name": bucket_name, "location": location, **given}}


def listing(name: str, default: str = "") -> list[str]:
    """Comma-separated words."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def host(name: str, default: str) -> str:
    """An address to listen at, or a name of one."""
    value = text(name) or default
    if not _is_host(value):
        raise ImproperlyConfigured(
            f"{name} must be an address of this machine such as 127.0.0.1 or 0.0.0.0, not “{value}”."
        )
    return value


def hosts(name: str) -> list[str]:
    """Host names, separated by commas; ``.example.org`` stands for all below it."""
    found = []
    for value in listing(name):
        bare = value.removeprefix("[").removesuffix("]")
        if value != "*" and not _is_host(bare.removeprefix(".")):
            raise ImproperlyConfigured(
                f"{name} must be names such as mac-mini, without http:// or a port, not “{value}”."
            )
        found.append(asked_for(name, bare))
    return found


def asked_for(name: str, host: str) -> str:
    """A host as it stands in a request for it; with an underscore Django answers none (RFC 952)."""
    if "_" in host:
        raise ImproperlyConfigured(f"{name}: a host's name has no underscore, and so “{host}” leads nowhere.")
    with contextlib.suppress(ValueError):
        return f"[{ipaddress.IPv6Address(host)}]"
    return host.rstrip(".")


def _is_host(value: str) -> bool:
    with contextlib.suppress(ValueError):
        return bool(ipaddress.ip_address(value))
    return _HOST_NAME.fullmatch(value) is not None


def web_address(name: str, default: str, example: str) -> SplitResult:
    """An address that http or https leads to, as browsers write it.

    One with a password in it is refused, and not repeated.
    """
    value = text(name).rstrip("/") or default
    try:
        parts = urlsplit(value)
        is_right = parts.scheme in ("http", "https") and _is_host(parts.hostname or "") and parts.port != 0
    except ValueError:
        is_right = False
    if not is_right or "@" in value or parts.query or parts.fragment:
        but = "without a name or password in it" if "@" in value else f"not “{value}”"
        raise ImproperlyConfigured(f"{name} must be an address such as {example}, {but}.")
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    usual = {"http": 80, "https": 443}[parts.scheme]
    return parts._replace(netloc=f"{host}:{parts.port}" if parts.port not in (None, usual) else f"{host}")


def folder(name: str, default: Path) -> Path:
    value = os.path.expandvars(text(name))
    if unset := _UNSET.search(value):
        raise ImproperlyConfigured(f"{name}: {unset[0]} is not set; write the folder out.")
    try:
        return Path(value or default).expanduser().resolve()
    except RuntimeError:
        raise ImproperlyConfigured(f"{name}: nobody knows the home in {text(name)}; write it out.") from None


def make_absolute(*names: str) -> None:
    """Have child processes, which start in another folder, mean the same by these folders."""
    for name in names:
        if text(name):
            path = folder(name, Path())
            if os.path.exists(path) and not os.path.isdir(path):
                raise ImproperlyConfigured(f"{name} must name a folder, but {path} is a file.")
            os.environ[name] = str(path)


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


def postgres(name: str) -> dict[str, Any] | None:
    """The server that an address names, as Django's settings name it; None where there is none.

    No sentence repeats the address: there is a password in it.
    """
    if not (url := text(name)):
        return None
    try:
        found = environ.Env.db_url_config(url)
    except ValueError:  # such as a port that is no number, or a password with a slash in it
        found = {}
    if found.get("ENGINE") != "django.db.backends.postgresql" or not (found["HOST"] and found["NAME"]):
        raise ImproperlyConfigured(
            f"{name} must be empty or an address such as postgres://user:password@host:5432/studio, "
            "with signs such as @ or / in the password written as %40 or %2F."
        )
    _need("psycopg", name)
    return found


def redis(name: str) -> str:
    """The address of a Redis, or ``""``; nor is this one repeated."""
    if not (url := text(name)):
        return ""
    try:
        parts = urlsplit(url)
        known = parts.scheme in ("redis", "rediss") and parts.hostname and parts.port != 0
        known = known and (parts.path.strip("/") or "0").isdecimal()
    except ValueError:
        known = False
    if not known:
        raise ImproperlyConfigured(f"{name} must be empty or an address such as redis://127.0.0.1:6379/0.")
    _need("redis", name)
    return url


def _need(package: str, name: str) -> None:
    if find_spec(package) is None:
        raise ImproperlyConfigured(f"{name} needs the Python package {package}; run: make scale")


def secret(name: str, keep_in: Path) -> str:
    """The value of `name`, or one drawn at random on the first start and kept in a private file."""
    if value := text(name):
        return value
    try:
        return kept(keep_in)
    except OSError as error:
        raise ImproperlyConfigured(
            f"{keep_in} cannot be written ({error.strerror}); make its folder writable or set {name}."
        ) from error


def kept(path: Path) -> str:
    """What was drawn at random the first time that anybody asked, and is kept in a private file."""
    return _kept(path) or _draw(path)


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
