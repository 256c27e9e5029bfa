"""The API's addresses."""

from __future__ import annotations

from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerView
from rest_framework.routers import DefaultRouter

import ccbell_site.schema  # noqa: F401  (registers itself)
from sounds.api.engines import Engines
from sounds.api.presets import Hooks, Themes, Variations

router = DefaultRouter(trailing_slash=False)
router.register("themes", Themes, "theme")
router.register(r"themes/(?P<theme_slug>[^/]+)/variations", Variations, "variation")
router.register("hooks", Hooks, "hook")
router.register("engines", Engines, "engine")

urlpatterns = [
    path("schema/", SpectacularAPIView.as_view(), name="api-schema"),
    path("docs/", SpectacularSwaggerView.as_view(url_name="api-schema"), name="api-docs"),
    path("", include(router.urls)),
]
