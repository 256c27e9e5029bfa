"""The API's addresses."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase
from django.urls import include, path
from django.views.decorators.csrf import csrf_exempt
from rest_framework.routers import DefaultRouter

from jobs.api.batches import Batches
from jobs.api.jobs import Jobs
from packs.api.export import ExportZip
from packs.api.generate import GenerateBatch
from packs.api.importing import PackImport
from packs.api.packs import Packs, Zip
from releases.api.releases import RefreshReleases, Releases, ReleaseToGithub, WithdrawRelease
from sounds.api.audio import Audio, Peaks, Spectrogram, Waveform
from sounds.api.collections import Collections
from sounds.api.engines import Engines
from sounds.api.generate import Generate, GenerateStatus
from sounds.api.presets import Hooks, Themes, Variations
from sounds.api.queue import Queue, QueueItem
from sounds.api.slots import Slots
from sounds.api.sounds import Sounds
from sounds.api.upload import Upload

router = DefaultRouter(trailing_slash=False, use_regex_path=False)
router.include_format_suffixes = False
for name, viewset in (
    ("themes", Themes),
    ("themes/<str:theme_slug>/variations", Variations),
    ("hooks", Hooks),
    ("engines", Engines),
    ("sounds", Sounds),
    ("jobs", Jobs),
    ("batches", Batches),
    ("collections", Collections),
    ("collections/<uuid:collection_id>/slots", Slots),
    ("packs", Packs),
):
    router.register(name, viewset, viewset.__name__.lower())


@csrf_exempt  # as all views of the framework are, which looks at tokens and sessions itself
def schema(request: HttpRequest) -> HttpResponseBase:
    from ccbell_site.schema import schema

    return schema(request)


@csrf_exempt
def docs(request: HttpRequest) -> HttpResponseBase:
    from ccbell_site.schema import docs

    return docs(request)


urlpatterns = [
    path("schema/", schema, name="api-schema"),
    path("docs/", docs, name="api-docs"),
    path("audio/<str:uuid>", Audio.as_view(), name="api-audio"),
    path("audio/<str:uuid>/peaks", Peaks.as_view(), name="api-peaks"),
    path("audio/<str:uuid>/waveform.svg", Waveform.as_view(), name="api-waveform"),
    path("audio/<str:uuid>/spectrogram.png", Spectrogram.as_view(), name="api-spectrogram"),
    path("sounds/upload", Upload.as_view(), name="api-upload"),
    path("generate", Generate.as_view(), name="api-generate"),
    path("generate/batch", GenerateBatch.as_view(), name="api-generate-batch"),
    path("generate/<uuid:id>/status", GenerateStatus.as_view(), name="api-generate-status"),
    path("queue", Queue.as_view(), name="api-queue"),
    path("queue/<uuid:id>", QueueItem.as_view(), name="api-queue-item"),
    path("packs/import", PackImport.as_view(), name="api-pack-import"),
    path("packs/<str:slug>/<str:version>.zip", Zip.as_view({"get": "retrieve"}), name="api-pack-zip"),
    path("export/zip", ExportZip.as_view(), name="api-export"),
    path("release/github", ReleaseToGithub.as_view(), name="api-release"),
    path("release/list", Releases.as_view({"get": "list"}), name="api-releases"),
    path("release/refresh", RefreshReleases.as_view(), name="api-release-refresh"),
    path("release/<str:ref>", Releases.as_view({"get": "retrieve"}), name="api-release-one"),
    path("release/<str:ref>/withdraw", WithdrawRelease.as_view(), name="api-release-withdraw"),
    path("", include(router.urls)),
]
