"""Sounds for ears and eyes: bytes, waveform, spectrogram."""

from __future__ import annotations

import json
import uuid as uuids

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import condition, require_safe

from sounds.models import AudioFile
from sounds.serving import partial
from sounds.waveform import svg

TYPES = {"wav": "audio/wav", "mp3": "audio/mpeg", "ogg": "audio/ogg", "flac": "audio/flac"}

forever = cache_control(private=True, max_age=31_536_000, immutable=True)
"""A take never changes, so neither does what shows it."""


def _etag(request: HttpRequest, uuid: uuids.UUID, format: str) -> str:
    return f'"{_file(uuid, format).sha256}"'


def _file(uuid: uuids.UUID, format_: str) -> AudioFile:
    file = AudioFile.objects.filter(sound__uuid=uuid, format=format_).first()
    if file is None or not file.location.is_file():
        raise Http404(f"This sound has no {format_} file; it may have been cleaned up. Generate it again.")
    return file


@require_safe
@login_required
@forever
@condition(etag_func=_etag)
def audio(request: HttpRequest, uuid: uuids.UUID, format: str) -> HttpResponse:
    """The bytes of a sound, whole or the range a player asks for."""
    if format not in TYPES:
        raise Http404(f"There is no audio format “{format}”; ask for one of: {', '.join(TYPES)}.")
    return partial(request, _file(uuid, format).location, content_type=TYPES[format])


@require_safe
@login_required
@forever
def waveform(request: HttpRequest, uuid: uuids.UUID) -> HttpResponse:
    """A small picture of the sound's shape, drawn from its stored peaks."""
    peaks = json.loads(_file(uuid, "json").location.read_text())
    return HttpResponse(svg(peaks), content_type="image/svg+xml")


@require_safe
@login_required
@forever
def spectrogram(request: HttpRequest, uuid: uuids.UUID) -> HttpResponse:
    """The sound's spectrogram."""
    return HttpResponse(_file(uuid, "png").location.read_bytes(), content_type="image/png")
