"""The web server's way in."""

import os
from typing import Any

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ccbell_site.settings")
django = get_asgi_application()

from ccbell_site.gate import Gate  # noqa: E402  needs Django set up, as the next ones do
from jobs.stream import app as stream  # noqa: E402
from jobs.stream.client import Receive, Send  # noqa: E402

events = stream.EventStream()
gate = Gate(django)


async def application(scope: dict[str, Any], receive: Receive, send: Send) -> None:
    """Django, but for the event stream: there each client would cost a thread and two database handles."""
    if scope["type"] == "http" and scope["path"] == stream.PATH:
        await events(scope, receive, send)
    else:
        await gate(scope, receive, send)
