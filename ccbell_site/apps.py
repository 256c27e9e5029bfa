from django.apps import AppConfig


class SiteConfig(AppConfig):
    name = "ccbell_site"
