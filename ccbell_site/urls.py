"""Where requests go."""

from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

admin.autodiscover()
admin.site.site_header = admin.site.site_title = "ccbell sound studio"
admin.site.index_title = "Studio"

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="admin:index")),
    path("admin/", admin.site.urls),
    path("api/", include("ccbell_site.api")),
    path("", include("sounds.urls")),
    path("", include("packs.urls")),
]
