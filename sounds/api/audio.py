"""A sound's bytes and pictures over HTTP, in whatever format is asked for."""

from __future__ import annotations

import json
import uuid as uuids

from django.http import HttpResponseBase
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.views import APIView

from ccbell_site.filters import refuse_unknown
from ccbell_site.negotiation import OneAnswer
from jobs.models import Status
from jobs.tiers import tier_of
from jobs.waiting import wait
from sounds import ffmpeg, renditions
from sounds.api.errors import Gone, NeedsFfmpeg, NotMade, NotYet
from sounds.audio.magic import MIME_TYPES
from sounds.formats import FORMATS, HOST_FORMATS, Writer
from sounds.models import AudioFile, Sound
from sounds.serving import file_name, send, send_text
from sounds.waveform import svg

RENDITION_WITHIN_S = 10.0
ORIGINAL = "original"


class SoundFileView(APIView):
    """What is given out of a sound as it is, for `<audio>` and `<img>`."""

    anonymous = True
    content_negotiation_class = OneAnswer
    renderer_classes = [JSONRenderer]

    def sound(self, uuid: str) -> Sound:
        try:
            known = uuids.UUID(uuid)
        except ValueError:
            known = None
        found = Sound.objects.filter(uuid=known).prefetch_related("files").first() if known else None
        if found is None:
            raise NotFound("There is no such sound.")
        return found

    def picture(self, uuid: str, format_: str) -> tuple[Sound, AudioFile]:
        sound = self.sound(uuid)
        file = sound.file(format_)
        if file is None or not file.is_readable:
            raise Gone
        return sound, file


class Audio(SoundFileView):
    """The sound itself, whole or the range a player asks for; other formats are made when first wanted."""

    def get(self, request: Request, uuid: str) -> HttpResponseBase:
        refuse_unknown(request, ["download"])
        sound = self.sound(uuid)
        file = self._file(sound, request.query_params.get("format", "wav").lower())
        try:
            return send(
                request._request,
                file.location,
                content_type=MIME_TYPES[file.format],
                sha256=file.sha256,
                name=file_name(sound.title or sound.hook, file.format),
                download=request.query_params.get("download", "") in ("1", "true", "yes"),
            )
        except FileNotFoundError as error:
            raise Gone from error

    def _file(self, sound: Sound, format_: str) -> AudioFile:
        if format_ != ORIGINAL and format_ not in FORMATS:
            choice = ", ".join([*FORMATS, ORIGINAL])
            raise ValidationError({"format": f"There is no format “{format_}”; ask for one of: {choice}."})
        file = sound.file(format_)
        if file and file.is_readable:
            return file
        if format_ == ORIGINAL and file is None:
            raise NotFound("This sound has no original: it was made here.")
        if format_ in (ORIGINAL, "wav"):
            raise Gone
        return self._made(sound, format_)

    def _made(self, sound: Sound, format_: str) -> AudioFile:
        master = sound.file("wav")
        if master is None or not master.is_readable:
            raise Gone
        if FORMATS[format_].writer is Writer.FFMPEG and not ffmpeg.found():
            others = ", ".join(HOST_FORMATS)
            raise NeedsFfmpeg(
                f"{format_} is written by ffmpeg, which is not installed here: install it, or ask for "
                f"one of: {others}."
            )
        user = self.request.user
        owner = user if user and user.is_authenticated else None
        job = renditions.order(sound, format_, owner=owner, tier=tier_of(user))
        if not job.batch or not wait(job.batch, RENDITION_WITHIN_S):
            raise NotYet
        job.refresh_from_db()
        if job.status != Status.SUCCEEDED:
            raise NotMade(job.error or "Somebody cancelled the job that was to make it; ask again.")
        file = AudioFile.objects.filter(sound=sound, role=AudioFile.Role.RENDITION, format=format_).first()
        if file is None or not file.is_readable:
            raise Gone
        return file


class Peaks(SoundFileView):
    """The sound's outline: 400 magnitudes from 0 to 1, for drawing it without decoding it."""

    def get(self, request: Request, uuid: str) -> HttpResponseBase:
        sound, file = self.picture(uuid, "json")
        peaks = json.loads(file.location.read_text())
        body = json.dumps({"peaks": peaks, "duration_s": sound.duration_s}, separators=(",", ":"))
        return send_text(request._request, body, content_type="application/json")


class Waveform(SoundFileView):
    """A small picture of the sound's outline."""

    def get(self, request: Request, uuid: str) -> HttpResponseBase:
        _, file = self.picture(uuid, "json")
        body = svg(json.loads(file.location.read_text()))
        return send_text(request._request, body, content_type="image/svg+xml")


class Spectrogram(SoundFileView):
    """What the sound is made of: time to the right, pitch upwards."""

    def get(self, request: Request, uuid: str) -> HttpResponseBase:
        _, file = self.picture(uuid, "png")
        return send(request._request, file.location, content_type="image/png", sha256=file.sha256)
