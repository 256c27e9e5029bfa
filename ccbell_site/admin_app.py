"""How Django's admin and its theme are installed: nothing of either is imported before a page asks for it."""

from __future__ import annotations

from django.apps import AppConfig
from django.contrib.admin.apps import SimpleAdminConfig


class Theme(AppConfig):
    """Unfold's templates and files; its own config would import its forms into every worker."""

    name = "unfold"


class Filters(AppConfig):
    """The theme's filters of lists."""

    name = "unfold.contrib.filters"
    label = "unfold_filters"


class Admin(SimpleAdminConfig):
    """Finds no admins by itself, the workers need none: see urls."""

    default_site = "unfold.sites.UnfoldAdminSite"
