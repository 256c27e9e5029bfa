from django.apps import AppConfig


class SoundsConfig(AppConfig):
    name = "sounds"
    verbose_name = "Sounds"

    def ready(self) -> None:
        from sounds import handlers, install  # noqa: F401  (registers them)
