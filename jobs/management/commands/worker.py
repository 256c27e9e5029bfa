from jobs.management.foreground import ForegroundCommand


class Command(ForegroundCommand):
    help = "Run the workers that do queued jobs, in the foreground, until Ctrl-C."

    def serve(self) -> None:
        from jobs import cluster

        cluster.run()
