import socket

from django.conf import settings
from django.core.management.base import CommandError

from jobs.management.foreground import ForegroundCommand


class Command(ForegroundCommand):
    help = "Run the web server in the foreground until Ctrl-C."

    def serve(self) -> None:
        import uvicorn

        self._refuse_taken_port()
        self.stdout.write(f"The studio is at {settings.PUBLIC_URL}  (Ctrl-C stops it)")
        self.stdout.flush()
        uvicorn.run(
            settings.ASGI_APPLICATION.replace(".application", ":application"),
            host=settings.API_HOST,
            port=settings.API_PORT,
            workers=1,
            lifespan="off",
            access_log=False,
            log_level="warning",
            timeout_graceful_shutdown=2,  # open streams would hold up Ctrl-C for ever
        )

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
