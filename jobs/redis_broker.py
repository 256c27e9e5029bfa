"""The Redis broker, made to lose nothing: what Redis forgets, the Job table knows."""

from __future__ import annotations

import logging
import time
from functools import cache
from typing import Any

import redis
from django.conf import settings
from django_q.brokers.redis_broker import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from jobs.broker import Reminding

logger = logging.getLogger(__name__)

RETURN_AFTER_S = 1
"""The pusher looks for a wish to stop only between two calls."""


class RedisBroker(Reminding, Redis):
    """Carries wake-ups while Redis answers; otherwise jobs are found by looking every two seconds."""

    def enqueue(self, task: str) -> Any:
        return _while_it_answers(lambda: self.connection.rpush(self.list_key, task))

    def queue_size(self) -> int:
        return _while_it_answers(lambda: self.connection.llen(self.list_key)) or 0

    def dequeue(self) -> Any:
        if reminded := self.reminded():
            return reminded
        begun = time.monotonic()
        found = _while_it_answers(lambda: self.connection.blpop([self.list_key], RETURN_AFTER_S))
        if found:
            return [(None, found[1])]
        if time.monotonic() - begun < RETURN_AFTER_S / 2:  # refused, and not waited for
            time.sleep(RETURN_AFTER_S)
        return None

    @staticmethod
    def get_connection(list_key: str | None = None) -> redis.Redis:
        return _connection()


@cache
def _connection() -> redis.Redis:
    """The one pool of this process, which forks do not share."""
    return redis.Redis.from_url(
        settings.REDIS_URL,
        socket_connect_timeout=1,
        socket_timeout=RETURN_AFTER_S + 2,
        retry=Retry(NoBackoff(), 1),  # a connection that was idle may be gone
    )


_answers = True


def _while_it_answers(ask: Any) -> Any:
    """What Redis says, or None; that it has fallen silent, or come back, is told once."""
    global _answers
    try:
        found = ask()
    except redis.RedisError as error:
        if _answers:
            logger.error("Redis does not answer, so jobs may begin two seconds late: %s", error)
        _answers = False
        return None
    if not _answers:
        logger.warning("Redis answers again.")
    _answers = True
    return found
