"""How much one person, or one address without a login, may ask of the studio."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from rest_framework.exceptions import Throttled
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from jobs.tiers import tier_of

MINUTE_S, HOUR_S = 60.0, 3600.0
LOCKED_S = 2
"""No longer does anybody hold up the others, not even one that is killed meanwhile."""
LOOK_EVERY_S = 0.005
CLOCKS_APART_S = 5.0
"""What was spent still later was spent by a clock that was put back since."""

logger = logging.getLogger(__name__)
_lock = threading.Lock()
_counts = True
"""Whether what is spent was counted the last time."""


class RequestsAMinute(BaseThrottle):
    """For every view: requests, by the tier of who sends them."""

    def allow_request(self, request: Request, view: Any) -> bool:
        most = settings.REQUESTS_A_MINUTE[tier_of(request.user)]
        self._wait_s = _spend(f"requests {_who(request)}", 1, most, MINUTE_S)
        return not self._wait_s

    def wait(self) -> float:
        return self._wait_s


def spend_sounds(request: HttpRequest | Request, sounds: int) -> None:
    """Count sounds that a request wants made; raises ``Throttled`` when they are too many for the hour."""
    most = settings.SOUNDS_AN_HOUR[tier_of(request.user)]
    if most is not None and sounds > most:
        raise Throttled(detail=f"You may have {most} sounds an hour made; ask for fewer.")
    if wait_s := _spend(f"sounds {_who(request)}", sounds, most, HOUR_S):
        raise Throttled(wait_s, detail=f"You may have {most} sounds an hour made.")


def _who(request: HttpRequest | Request) -> str:
    """The person, or the address: the server's word for it, for anybody may write a header."""
    return f"user {request.user.pk}" if request.user.is_authenticated else str(request.META["REMOTE_ADDR"])


def _spend(key: str, number: int, most: int | None, period_s: float) -> float:
    """Spend `number` of the `most` in any period; the seconds to wait when they are not there."""
    global _counts
    if most is None:
        return 0.0
    try:
        wait_s = _spend_of(f"spent {key}".replace(" ", "-"), number, most, period_s)
    except _faults() as error:
        if _counts:
            logger.error("Redis does not answer, so nobody is throttled: %s", error)
        _counts = False
        return 0.0
    _counts = True
    return wait_s


def _spend_of(key: str, number: int, most: int, period_s: float) -> float:
    with _alone_with(key):
        now = time.time()
        until = now + CLOCKS_APART_S
        spent = [moment for moment in cache.get(key, []) if now - period_s < moment <= until]
        if len(spent) + number > most:
            free_at = spent[len(spent) + number - most - 1] + period_s
            return max(free_at - now, 0.001)
        cache.set(key, spent + [now] * number, period_s)
    return 0.0


@contextmanager
def _alone_with(key: str) -> Iterator[None]:
    """Keep out others who count the same: threads, and with Redis other web servers too."""
    if not settings.REDIS_URL:
        with _lock:
            yield
        return
    turn, patience_until = f"{key}-turn", time.monotonic() + LOCKED_S
    while not cache.add(turn, True, LOCKED_S) and time.monotonic() < patience_until:
        time.sleep(LOOK_EVERY_S)
    try:
        yield
    finally:
        cache.delete(turn)


def _faults() -> tuple[type[Exception], ...]:
    """What is raised when Redis does not answer, where there is one."""
    if not settings.REDIS_URL:
        return ()
    from redis import RedisError

    return (RedisError,)
