import sys

from django.apps import AppConfig


def _import_django_q_without_prometheus() -> None:
    """Keep 2 MB out of every process: django-q2 would count its tasks for a prometheus_client it finds.

    The studio counts from rows, see `ccbell_site.metrics`; there the package is imported when it is needed.
    """
    if "prometheus_client" in sys.modules:
        return
    sys.modules["prometheus_client"] = None  # type: ignore[assignment]  # means: not to be found
    try:
        import django_q.conf  # noqa: F401
    finally:
        del sys.modules["prometheus_client"]


_import_django_q_without_prometheus()


class JobsConfig(AppConfig):
    name = "jobs"
    verbose_name = "Queue"

    def ready(self) -> None:
        from django_q.signals import post_spawn

        from jobs.worker import on_worker_start

        post_spawn.connect(on_worker_start, dispatch_uid="jobs.worker")
