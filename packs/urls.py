from django.urls import path

from packs import views

app_name = "packs"
urlpatterns = [path("packs/<slug:slug>/<str:version>.zip", views.download, name="download")]
