"""How the admin looks, and how people find their way in it: what the theme reads as ``UNFOLD``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse_lazy

TITLE = "ccbell sound studio"


def static_file(name: str) -> Callable[[HttpRequest], str]:
    """The address of a static file, looked up when a page is made."""
    return lambda request: static(name)


def page(title: str, icon: str, model: str, *, when_shared: bool = False) -> dict[str, Any]:
    """An entry that leads to the list of a model, for those who may look at it.

    `when_shared` hides it where no other machine can work on the database.
    """
    app, name = model.split(".")

    def may_view(request: HttpRequest) -> bool:
        if when_shared and not settings.IS_SHARED:
            return False
        return any(request.user.has_perm(f"{app}.{may}_{name}") for may in ("view", "change"))

    link = reverse_lazy(f"admin:{app}_{name}_changelist")
    return {"title": title, "icon": icon, "link": link, "permission": may_view}


def group(title: str, *items: dict[str, Any], folded: bool = False) -> dict[str, Any]:
    return {"title": title, "items": list(items), "collapsible": folded, "separator": bool(title)}


NAVIGATION = [
    group(
        "",
        {"title": "Dashboard", "icon": "monitoring", "link": reverse_lazy("admin:index")},
        {"title": "Open the studio", "icon": "graphic_eq", "link": "/", "active": False},
    ),
    group(
        "Studio",
        page("Packs", "inventory_2", "packs.pack"),
        page("Builds", "deployed_code", "packs.build"),
        page("Releases", "rocket_launch", "releases.release"),
        page("Sounds", "music_note", "sounds.sound"),
        page("Collections", "library_music", "sounds.collection"),
        page("Slots", "view_list", "sounds.slot"),
        page("Tags", "sell", "sounds.tag"),
    ),
    group(
        "Queue",
        page("Jobs", "play_circle", "jobs.job"),
        page("Batches", "stacks", "jobs.batch"),
        page("Events", "timeline", "jobs.event"),
    ),
    group(
        "Presets",
        page("Themes", "palette", "sounds.theme"),
        page("Variations", "tune", "sounds.variation"),
        page("Hooks", "notifications", "sounds.hook"),
    ),
    group("Engines", page("State and faults", "memory", "sounds.enginefault")),
    group(
        "People",
        page("Users", "person", "accounts.user"),
        page("Groups", "group", "auth.group"),
        page("Tokens", "key", "accounts.token"),
    ),
    group(
        "Memory",
        page("Choices", "history", "sounds.choice"),
        page("Favourites", "favorite", "sounds.favourite"),
        page("Audio files", "audio_file", "sounds.audiofile"),
        folded=True,
    ),
    group(
        "Workers",
        page("Machines", "dns", "jobs.machine", when_shared=True),
        page("Wake-ups", "alarm", "django_q.ormq"),
        page("Schedules", "schedule", "django_q.schedule"),
        page("Successes", "check_circle", "django_q.success"),
        page("Failures", "error", "django_q.failure"),
        folded=True,
    ),
]

UNFOLD: dict[str, Any] = {
    "SITE_TITLE": TITLE,
    "SITE_HEADER": TITLE,
    "SITE_SYMBOL": "graphic_eq",
    "SITE_URL": "/",
    "SITE_FAVICONS": [
        {"rel": "icon", "type": "image/svg+xml", "href": static_file("sounds/favicon.svg")},
    ],
    "SHOW_HISTORY": True,
    "SHOW_VIEW_ON_SITE": False,
    "DASHBOARD_CALLBACK": "ccbell_site.dashboard.add_to",
    "STYLES": [static_file("sounds/admin.css")],
    "SCRIPTS": [static_file("sounds/player.js")],
    "BORDER_RADIUS": "8px",
    "COLORS": {
        "primary": {
            "50": "#f4f3ff",
            "100": "#ebe9fe",
            "200": "#d9d6fe",
            "300": "#bdb4fe",
            "400": "#9d8ffc",
            "500": "#8476fd",
            "600": "#6d5dfc",
            "700": "#5a48e0",
            "800": "#4a3bb8",
            "900": "#3d3292",
            "950": "#251d60",
        },
    },
    "SIDEBAR": {"show_search": True, "navigation": NAVIGATION},
}
