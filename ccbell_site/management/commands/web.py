from django.conf import settings

from jobs.management.foreground import ForegroundCommand


class Command(ForegroundCommand):
    help = "Run the web server in the foreground until Ctrl-C."

    def serve(self) -> None:
        import uvicorn

        self.stdout.write(f"The studio is at {settings.PUBLIC_URL}  (Ctrl-C stops it)")
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
