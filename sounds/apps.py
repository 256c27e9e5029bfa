from django.apps import AppConfig
from django.db.models.signals import post_migrate


class SoundsConfig(AppConfig):
    name = "sounds"
    verbose_name = "Sounds"

    def ready(self) -> None:
        from django_q.signals import post_spawn

        from sounds import handlers, install, remaster, renditions, search, uploads  # noqa: F401  (registers them)
        from sounds.store import be_patient
        from sounds.sweep import on_worker_start

        # After the queue's own receiver: what it takes from the dead is an orphan only then.
        post_spawn.connect(be_patient, dispatch_uid="sounds.store")
        post_spawn.connect(on_worker_start, dispatch_uid="sounds.sweep")
        post_migrate.connect(search.prepare, sender=self, dispatch_uid="sounds.search")
