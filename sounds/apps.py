from django.apps import AppConfig
from django.db.models.signals import post_migrate


class SoundsConfig(AppConfig):
    name = "sounds"
    verbose_name = "Sounds"

    def ready(self) -> None:
        from sounds import handlers, install, search  # noqa: F401  (registers them)

        post_migrate.connect(search.prepare, sender=self, dispatch_uid="sounds.search")
