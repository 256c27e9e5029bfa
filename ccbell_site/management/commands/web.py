import contextlib
import gc
import resource
import socket
import sys
import warnings

import uvicorn
from django.conf import settings
from django.core.management.base import CommandError
from uvicorn.config import STARTUP_FAILURE

from ccbell_site.lean import without_optional_libraries
from ccbell_site.static_files import collect
from jobs.checkpoint import leave_to_others
from jobs.management.foreground import ForegroundCommand

OPEN_FILES = 4096
"""Each open event stream is one; on a Mac 256 are allowed unless a program asks for more."""


class Server(uvicorn.Server):
    """Ends the event streams before it stops; they would hold up Ctrl-C for ever."""

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        from ccbell_site.asgi import events

        events.close()
        await super().shutdown(sockets)


class Command(ForegroundCommand):
    help = "Run the web server in the foreground until Ctrl-C."

    def serve(self) -> None:
        self._refuse_taken_port()
        collect()
        self.stdout.write(f"The studio is at {settings.PUBLIC_URL}  (Ctrl-C stops it)")
        self.stdout.flush()
        allow_open_files()
        config = uvicorn.Config(
            settings.ASGI_APPLICATION.replace(".application", ":application"),
            host=settings.API_HOST,
            port=settings.API_PORT,
            workers=1,
            lifespan="off",
            access_log=False,
            log_level="warning",
            timeout_graceful_shutdown=2,
        )
        # Static files are small, and are read in one go.
        warnings.filterwarnings("ignore", "StreamingHttpResponse must consume synchronous iterators")
        leave_to_others()
        load_everything()
        server = Server(config)
        with contextlib.suppress(KeyboardInterrupt):
            server.run()
        if not server.started:
            sys.exit(STARTUP_FAILURE)

    def _refuse_taken_port(self) -> None:
        host, port = settings.API_HOST, settings.API_PORT
        try:
            family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
            with socket.socket(family, kind) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind(address)
        except OSError as error:
            raise CommandError(
                f"{host} port {port} cannot be used ({error.strerror}); set API_HOST or API_PORT.",
                returncode=2,
            ) from error


def load_everything() -> None:
    """Import all that requests need, so that the first one is as quick as the next.

    What is there by then stays: Python's collector, which would take 50 ms over it, need not look at it.
    """
    from django.urls import get_resolver

    with without_optional_libraries():
        from ccbell_site import asgi  # noqa: F401

        get_resolver().url_patterns  # noqa: B018  (loads them)
    gc.collect()
    gc.freeze()


def allow_open_files() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = OPEN_FILES if hard == resource.RLIM_INFINITY else min(OPEN_FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
