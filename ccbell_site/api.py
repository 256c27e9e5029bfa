"""The API's addresses."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase
from django.urls import include, path
from rest_framework.routers import DefaultRouter

from sounds.api.engines import Engines
from sounds.api.presets import Hooks, Themes, Variations

router = DefaultRouter(trailing_slash=False)
router.register("themes", Themes, "theme")
router.register(r"themes/(?P<theme_slug>[^/]+)/variations", Variations, "variation")
router.register("hooks", Hooks, "hook")
router.register("engines", Engines, "engine")


def schema(request: HttpRequest) -> HttpResponseBase:
    from ccbell_site.schema import schema

    return schema(request)


def docs(request: HttpRequest) -> HttpResponseBase:
    from ccbell_site.schema import docs

    return docs(request)


urlpatterns = [
    path("schema/", schema, name="api-schema"),
    path("docs/", docs, name="api-docs"),
    path("", include(router.urls)),
]
