"""The OpenAPI schema and the pages that show it; imported when one is asked for, as it takes 10 MB."""

from __future__ import annotations

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension, OpenApiViewExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import extend_schema, extend_schema_view
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerView
from rest_framework.settings import api_settings

from sounds.api.engines import DetailSerializer, EngineSerializer

# In the settings it would be imported with the first view.
api_settings.DEFAULT_SCHEMA_CLASS = AutoSchema  # type: ignore[assignment]

schema = SpectacularAPIView.as_view()
docs = SpectacularSwaggerView.as_view(url_name="api-schema")


class Bearer(OpenApiAuthenticationExtension):
    """Tells the schema of our tokens; it registers itself."""

    target_class = "accounts.authentication.BearerAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer"}


class DescribedEngines(OpenApiViewExtension):
    """Tells what the engines' view answers, which has no queryset to tell it by."""

    target_class = "sounds.api.engines.Engines"

    def view_replacement(self) -> Any:
        view: Any = self.target_class
        describe = extend_schema_view(
            list=extend_schema(responses=EngineSerializer(many=True)),
            unload=extend_schema(request=None, responses=DetailSerializer),
        )
        return describe(type("Engines", (view,), {"__doc__": view.__doc__}))
