"""What views answer where their code alone does not tell the OpenAPI schema."""

from __future__ import annotations

from typing import Any

from drf_spectacular.extensions import OpenApiViewExtension
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema, extend_schema_view

from ccbell_site.problems import CONTENT_TYPE
from jobs.api.serializers import BatchSerializer, JobSerializer
from packs.api.export import ExportSerializer
from packs.api.generate import BatchAnswerSerializer, BatchRequestSerializer
from packs.api.importing import ImportSerializer
from packs.api.packs import (
    BuildAnswerSerializer,
    BuildRequestSerializer,
    NewPackSerializer,
    PackSerializer,
    RemasterSerializer,
)
from releases.api.releases import (
    PublishSerializer,
    RefreshAnswerSerializer,
    ReleaseAnswerSerializer,
    WithdrawSerializer,
)
from sounds.api.answer import AnswerSerializer
from sounds.api.collections import (
    ChangedCollectionSerializer,
    CollectionSerializer,
    NewCollectionSerializer,
    SlotSerializer,
)
from sounds.api.engines import DetailSerializer, EngineSerializer
from sounds.api.generate import GenerateSerializer
from sounds.api.more import MutateSerializer, RegenerateSerializer
from sounds.api.queue import QueueSerializer
from sounds.api.serializers import SoundSerializer, StatusSerializer
from sounds.api.slots import ChangedSlotSerializer, ChooseSerializer
from sounds.api.sounds import NoteSerializer
from sounds.api.upload import UploadSerializer

WAIT = OpenApiParameter(
    "wait", OpenApiTypes.FLOAT, description="Seconds to wait for the result, at most 60; 0: answer at once."
)
RELEASE = OpenApiParameter("ref", location=OpenApiParameter.PATH, description="Id or tag of a release.")
BINARY = OpenApiTypes.BINARY


def _problem(sentence: str) -> OpenApiResponse:
    return OpenApiResponse({"type": "object"}, description=sentence)


def _answers(serializer: Any, *, ready: bool = True) -> dict[int, Any]:
    """What may come of asking for sounds."""
    answers = {
        201: OpenApiResponse(serializer, description="Made in time."),
        202: OpenApiResponse(serializer, description="Still being made, or it failed: see the jobs."),
    }
    return (
        {200: OpenApiResponse(serializer, description="The library had all of it.")} | answers
        if ready
        else answers
    )


CONDITIONAL = {
    304: OpenApiResponse(description="You have these bytes already."),
    (412, CONTENT_TYPE): _problem("If-Match names other bytes."),
    (410, CONTENT_TYPE): _problem("The file was cleaned up."),
}


def _file(*types: str, more: dict[Any, Any] | None = None) -> dict[Any, Any]:
    """A file, whole or a part of it."""
    answers: dict[Any, Any] = {(code, type_): BINARY for code in (200, 206) for type_ in types}
    answers |= CONDITIONAL
    answers[(416, CONTENT_TYPE)] = _problem("The file has no such part.")
    return answers | (more or {})


NOT_NOW = {
    (501, CONTENT_TYPE): _problem("Not possible on this machine."),
    (503, CONTENT_TYPE): _problem("Not yet."),
}
PEAKS = {
    "type": "object",
    "required": ["peaks", "duration_s"],
    "properties": {
        "peaks": {"type": "array", "items": {"type": "number", "minimum": 0, "maximum": 1}},
        "duration_s": {"type": "number"},
    },
}
AUDIO = ("audio/wav", "audio/mpeg", "audio/ogg", "audio/flac", "audio/mp4", "audio/webm")
FORMAT = OpenApiParameter("format", description="wav, mp3, ogg, flac, m4a, webm or original.")
DOWNLOAD = OpenApiParameter("download", description="1: to be saved, not played.")

DESCRIPTIONS: dict[str, dict[str, Any]] = {
    "sounds.api.engines.Engines": {
        "list": extend_schema(responses=EngineSerializer(many=True)),
        "unload": extend_schema(request=None, responses=DetailSerializer),
    },
    "sounds.api.generate.Generate": {
        "post": extend_schema(
            parameters=[WAIT], request=GenerateSerializer, responses=_answers(AnswerSerializer)
        ),
    },
    "sounds.api.generate.GenerateStatus": {"get": extend_schema(responses=StatusSerializer)},
    "packs.api.generate.GenerateBatch": {
        "post": extend_schema(
            parameters=[WAIT], request=BatchRequestSerializer, responses=_answers(BatchAnswerSerializer)
        ),
    },
    "sounds.api.queue.Queue": {
        "get": extend_schema(
            parameters=[
                OpenApiParameter("limit", OpenApiTypes.INT, description="Jobs a page, at most 100."),
                OpenApiParameter("offset", OpenApiTypes.INT, description="Jobs to leave out."),
            ],
            responses=QueueSerializer,
        ),
    },
    "sounds.api.queue.QueueItem": {"delete": extend_schema(responses={204: None})},
    "jobs.api.jobs.Jobs": {
        name: extend_schema(request=None, responses=JobSerializer) for name in ("cancel", "retry")
    },
    "jobs.api.batches.Batches": {
        name: extend_schema(request=None, responses=BatchSerializer) for name in ("cancel", "retry")
    },
    "sounds.api.sounds.Sounds": {
        "partial_update": extend_schema(request=NoteSerializer, responses=SoundSerializer),
        "favourite": extend_schema(request=None, responses={204: None}),
        "mutate": extend_schema(
            parameters=[WAIT], request=MutateSerializer, responses=_answers(AnswerSerializer, ready=False)
        ),
        "regenerate": extend_schema(
            parameters=[WAIT], request=RegenerateSerializer, responses=_answers(AnswerSerializer, ready=False)
        ),
    },
    "sounds.api.upload.Upload": {
        "post": extend_schema(
            parameters=[WAIT],
            request={"multipart/form-data": UploadSerializer},
            responses=_answers(AnswerSerializer, ready=False)
            | {(501, CONTENT_TYPE): _problem("Only ffmpeg reads this, and it is not installed here.")},
        ),
    },
    "sounds.api.audio.Audio": {
        "get": extend_schema(parameters=[FORMAT, DOWNLOAD], responses=_file(*AUDIO, more=NOT_NOW))
    },
    "sounds.api.audio.Peaks": {
        "get": extend_schema(responses={(200, "application/json"): PEAKS} | CONDITIONAL),
    },
    "sounds.api.audio.Waveform": {
        "get": extend_schema(responses={(200, "image/svg+xml"): OpenApiTypes.STR} | CONDITIONAL)
    },
    "sounds.api.audio.Spectrogram": {"get": extend_schema(responses=_file("image/png"))},
    "sounds.api.collections.Collections": {
        "create": extend_schema(request=NewCollectionSerializer, responses={201: CollectionSerializer}),
        "partial_update": extend_schema(request=ChangedCollectionSerializer, responses=CollectionSerializer),
        "lock": extend_schema(request=None, responses=CollectionSerializer),
        "unlock": extend_schema(request=None, responses=CollectionSerializer),
    },
    "sounds.api.slots.Slots": {
        "list": extend_schema(responses=SlotSerializer(many=True)),
        "partial_update": extend_schema(request=ChangedSlotSerializer, responses=SlotSerializer),
        "choose": extend_schema(request=ChooseSerializer, responses=SlotSerializer),
        "undo": extend_schema(request=None, responses=SlotSerializer),
    },
    "packs.api.packs.Packs": {
        "create": extend_schema(request=NewPackSerializer, responses={201: PackSerializer}),
        "build": extend_schema(
            parameters=[WAIT],
            request=BuildRequestSerializer,
            responses={201: BuildAnswerSerializer, 202: BuildAnswerSerializer},
        ),
        "remaster": extend_schema(
            parameters=[WAIT], request=RemasterSerializer, responses=_answers(AnswerSerializer, ready=False)
        ),
    },
    "packs.api.importing.PackImport": {
        "post": extend_schema(
            parameters=[WAIT],
            request={"multipart/form-data": ImportSerializer},
            responses=_answers(BatchAnswerSerializer, ready=False),
        ),
    },
    "packs.api.packs.Zip": {"retrieve": extend_schema(responses=_file("application/zip"))},
    "packs.api.export.ExportZip": {
        "post": extend_schema(request=ExportSerializer, responses=_file("application/zip", more=NOT_NOW)),
    },
    "releases.api.releases.ReleaseToGithub": {
        "post": extend_schema(
            parameters=[WAIT],
            request=PublishSerializer,
            responses={201: ReleaseAnswerSerializer, 202: ReleaseAnswerSerializer},
        )
    },
    "releases.api.releases.RefreshReleases": {
        "post": extend_schema(
            parameters=[WAIT],
            request=None,
            responses={200: RefreshAnswerSerializer, 202: RefreshAnswerSerializer},
        )
    },
    "releases.api.releases.Releases": {
        "retrieve": extend_schema(parameters=[RELEASE]),
    },
    "releases.api.releases.WithdrawRelease": {
        "post": extend_schema(
            parameters=[RELEASE, WAIT],
            request=WithdrawSerializer,
            responses={200: ReleaseAnswerSerializer, 202: ReleaseAnswerSerializer},
        ),
    },
}
"""View to its methods, or its actions, to what is to be known of them."""


def _describe(path: str, methods: dict[str, Any]) -> None:
    """Make an extension for a view; it registers itself."""

    def view_replacement(extension: Any) -> Any:
        view = extension.target_class
        return extend_schema_view(**methods)(type(view.__name__, (view,), {"__doc__": view.__doc__}))

    type("Described", (OpenApiViewExtension,), {"target_class": path, "view_replacement": view_replacement})


for path, methods in DESCRIPTIONS.items():
    _describe(path, methods)
