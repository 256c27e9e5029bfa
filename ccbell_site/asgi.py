"""The web server's way in."""

import os
from typing import Any

import django
from asgiref.sync import SyncToAsync

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ccbell_site.settings")
django.setup(set_prefix=False)

from ccbell_site.gate import Gate  # noqa: E402  needs Django set up, as the next ones do
from ccbell_site.handler import Handler  # noqa: E402
from jobs.stream import app as stream  # noqa: E402
from jobs.stream.client import Receive, Send  # noqa: E402

events = stream.EventStream()
gate = Gate(Handler())


async def application(scope: dict[str, Any], receive: Receive, send: Send) -> None:
    """Django, but for the event stream: there each client would cost a thread and two database handles."""
    # uvicorn begins what waits on a connection in the context of what came before: that one's thread is gone.
    SyncToAsync.thread_sensitive_context.set(None)  # type: ignore[arg-type]
    if scope["type"] == "http" and scope["path"] == stream.PATH:
        await events(scope, receive, send)
    else:
        await gate(scope, receive, send)
