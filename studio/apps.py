from django.apps import AppConfig


class StudioConfig(AppConfig):
    """The pages people use."""

    name = "studio"
