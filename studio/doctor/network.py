"""Whether the web server answers, to whom, and under which address."""

from __future__ import annotations

import ipaddress
import os
import time
from collections.abc import Iterator
from urllib.parse import urlsplit

import requests
from django.conf import settings

from studio.doctor.finding import Finding, fail, note, ok, warn

WITHIN_S = 3.0
START = "make run, or start its service again"
PUBLISHED = "PUBLISHED_AT"
"""Address and port outside of a container, by docker-compose.yml; what is listened at inside says nothing."""


def web() -> Iterator[Finding]:
    begun = time.monotonic()
    where = _local().removeprefix("http://")
    try:
        health = _health(_local(), Host="localhost")
    except requests.RequestException:
        if settings.IS_SHARED:
            yield note("web server", f"none on this machine at {where}")
        else:
            yield fail("web server", f"nobody answers at {where}", START)
        return
    took_ms = 1000 * (time.monotonic() - begun)
    if health is None:
        yield fail(
            "web server", f"what answers at {where} is not the studio", "end it, or set another API_PORT"
        )
    elif health["database"] != "ok":
        yield fail(
            "web server", f"answers at {where}, but has no database", "restart it when the database is back"
        )
    else:
        yield ok("web server", f"answers at {where} in {took_ms:.0f} ms")


def reach() -> Iterator[Finding]:
    where = os.environ.get(PUBLISHED) or _at(settings.API_HOST)
    if _is_loopback(urlsplit(f"//{where}").hostname or ""):
        yield ok("reach", "only this machine, and who stands before it as a proxy")
        if settings.DEBUG:
            yield note("DEBUG", "is on: errors show the code they are in", "DEBUG=false")
        return
    yield ok("reach", f"everybody who reaches {where}; all but /healthz needs a login")
    if settings.DEBUG:
        yield fail("DEBUG", "is on, and shows code and settings to the network", "DEBUG=false")
    if settings.ALLOW_ANONYMOUS:
        yield warn(
            "anonymous", "who reaches it may have sounds made without a login", "ALLOW_ANONYMOUS=false"
        )


def address() -> Iterator[Finding]:
    """Whether what people type leads here."""
    url = settings.PUBLIC_URL
    try:
        health = _health(url)
    except requests.exceptions.SSLError:
        yield warn(
            "address",
            f"{url} has no certificate that this machine trusts",
            "renew it, or PUBLIC_URL=http://…",
        )
    except requests.RequestException:
        yield _unreached(url)
    else:
        if health is None:
            yield warn("address", f"{url} leads to something else than the studio", "put PUBLIC_URL right")
        elif _goes_in_circles(url):
            yield fail(
                "address",
                f"{url} leads to itself for ever: the proxy does not say that people come by https",
                "have it send X-Forwarded-Proto; FORWARDED_ALLOW_IPS names it where it is another machine",
            )
        else:
            yield ok("address", f"{url} leads here")


CHECKS = (web, reach, address)


def _local() -> str:
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.API_HOST, settings.API_HOST)
    return f"http://{_at(host)}"


def _at(host: str) -> str:
    return f"{f'[{host}]' if ':' in host else host}:{settings.API_PORT}"


def _health(url: str, **headers: str) -> dict[str, object] | None:
    """What the studio at an address says of itself; None when that is no studio."""
    with requests.Session() as session:
        session.trust_env = not headers  # no proxy stands between this machine and itself
        answer = session.get(f"{url}/healthz", headers=headers, timeout=WITHIN_S, allow_redirects=False)
    try:
        told = answer.json()
    except requests.JSONDecodeError:
        return None
    return told if isinstance(told, dict) and {"status", "database", "workers"} <= told.keys() else None


def _goes_in_circles(url: str) -> bool:
    if not url.startswith("https:"):
        return False
    answer = requests.get(f"{url}/", timeout=WITHIN_S, allow_redirects=False)
    return answer.is_redirect and answer.headers["Location"].rstrip("/") == url


def _unreached(url: str) -> Finding:
    """Why nobody answers there, as far as the settings tell."""
    parts = urlsplit(url)
    if not _is_running():
        return note("address", f"{url}; not asked, as the web server does not run")
    if PUBLISHED in os.environ:
        return note("address", f"{url}; cannot be asked from inside a container")
    if not _is_loopback(parts.hostname or "") and _is_loopback(settings.API_HOST) and parts.scheme == "http":
        todo = "API_HOST=0.0.0.0, or put a proxy before it"
        return warn(
            "address", f"{url} cannot be reached: the studio listens at {settings.API_HOST} only", todo
        )
    if parts.scheme == "http" and (parts.port or 80) != settings.API_PORT:
        todo = f"PUBLIC_URL=http://{parts.hostname}:{settings.API_PORT}"
        return warn("address", f"{url} cannot be reached: the studio's port is {settings.API_PORT}", todo)
    return warn("address", f"{url} cannot be reached from here", "put PUBLIC_URL right, or its name or proxy")


def _is_running() -> bool:
    try:
        return _health(_local(), Host="localhost") is not None
    except requests.RequestException:
        return False


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
