"""Where requests go."""

from django.contrib import admin
from django.urls import include, path

from ccbell_site.health import healthz
from ccbell_site.views import Metrics

admin.autodiscover()
admin.site.site_header = admin.site.site_title = "ccbell sound studio"
admin.site.index_title = "Studio"

handler400 = "ccbell_site.problems.bad_request"
handler404 = "ccbell_site.problems.not_found"
handler500 = "ccbell_site.problems.server_error"

urlpatterns = [
    path("admin/", admin.site.urls),
    path("healthz", healthz, name="healthz"),
    path("metrics", Metrics.as_view(), name="metrics"),
    path("api/", include("ccbell_site.api")),
    path("", include("sounds.urls")),
    path("", include("packs.urls")),
    path("", include("studio.urls")),
]
