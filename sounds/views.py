"""Sounds for ears and eyes: bytes, waveform, spectrogram."""

from __future__ import annotations

import json
import uuid as uuids

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponseBase
from django.views.decorators.http import require_safe

from sounds.formats import FORMATS
from sounds.models import AudioFile, Sound
from sounds.serving import send, send_text
from sounds.waveform import svg


def _file(uuid: uuids.UUID, format_: str) -> AudioFile:
    sound = Sound.objects.filter(uuid=uuid).prefetch_related("files").first()
    file = sound.file(format_) if sound else None
    if file is None or not file.is_readable:
        raise Http404(f"This sound has no {format_} file; it may have been cleaned up. Generate it again.")
    return file


@require_safe
@login_required
def audio(request: HttpRequest, uuid: uuids.UUID, format: str) -> HttpResponseBase:
    """The bytes of a sound, whole or the range a player asks for."""
    if format not in FORMATS:
        raise Http404(f"There is no audio format “{format}”; ask for one of: {', '.join(FORMATS)}.")
    file = _file(uuid, format)
    return send(request, file.location, content_type=FORMATS[format].mime_type, sha256=file.sha256)


@require_safe
@login_required
def waveform(request: HttpRequest, uuid: uuids.UUID) -> HttpResponseBase:
    """A small picture of the sound's shape, drawn from its stored peaks."""
    peaks = json.loads(_file(uuid, "json").location.read_text())
    return send_text(request, svg(peaks), content_type="image/svg+xml")


@require_safe
@login_required
def spectrogram(request: HttpRequest, uuid: uuids.UUID) -> HttpResponseBase:
    """The sound's spectrogram."""
    file = _file(uuid, "png")
    return send(request, file.location, content_type="image/png", sha256=file.sha256)
