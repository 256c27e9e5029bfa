from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "jobs"
    verbose_name = "Queue"

    def ready(self) -> None:
        from django_q.signals import post_spawn

        from jobs.worker import on_worker_start

        post_spawn.connect(on_worker_start, dispatch_uid="jobs.worker")
