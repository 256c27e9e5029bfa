from django.apps import AppConfig


class PacksConfig(AppConfig):
    name = "packs"
    verbose_name = "Packs"

    def ready(self) -> None:
        from packs import handlers  # noqa: F401  (registers them)
