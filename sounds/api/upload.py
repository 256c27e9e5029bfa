"""Somebody's own file, made into a sound."""

from __future__ import annotations

from pathlib import Path

from django.core.files.uploadedfile import UploadedFile
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from ccbell_site.filters import refuse_unknown
from ccbell_site.strict import Strict
from jobs.models import NewJob
from sounds import ffmpeg, store, uploads
from sounds.api.answer import answer, submit, wait_of
from sounds.api.errors import NeedsFfmpeg, TooLarge
from sounds.api.fields import Duration, Words
from sounds.api.form import FileForm
from sounds.audio.magic import HEAD_BYTES
from sounds.models import Hook

TOO_LARGE = f"The file is too large; {uploads.LARGEST_BYTES // 1024**2} MiB is the most."


class UploadSerializer(Strict, serializers.Serializer):
    """A file and what is known of it."""

    file = serializers.FileField(
        help_text="WAV, FLAC, OGG, MP3 or AIFF; with ffmpeg also M4A, WebM, AAC, WMA, AMR, CAF and WavPack."
    )
    title = Words(
        default="", allow_blank=True, max_length=200, help_text="The file's name where it is left out."
    )
    hook = serializers.SlugRelatedField(
        slug_field="slug",
        queryset=Hook.objects.filter(enabled=True),
        required=False,
        help_text="Slug of the hook it is for, whose loudness it gets; −18 LUFS where it is left out.",
    )
    duration_s = Duration(required=False, help_text="Its own length where it is left out, cut at 5 s.")
    licence = serializers.RegexField(
        r"^[A-Za-z0-9.+() -]+$", default="LicenseRef-Unknown", max_length=60, help_text="SPDX"
    )
    attribution = Words(default="", allow_blank=True, max_length=200)

    def validate_file(self, file: UploadedFile) -> UploadedFile:
        if (file.size or 0) > uploads.LARGEST_BYTES:
            raise TooLarge(TOO_LARGE)
        container = uploads.container_of(file.read(HEAD_BYTES))
        file.seek(0)
        if container is None:
            raise serializers.ValidationError("This is not an audio file; send WAV, FLAC, OGG, MP3 or AIFF.")
        suffix = container.suffix_for(file.name or "")
        if container.demuxer and not ffmpeg.found():
            raise NeedsFfmpeg(
                f"{suffix} is read by ffmpeg, which is not installed here: install it, or send WAV, FLAC, "
                "OGG, MP3 or AIFF."
            )
        self.suffix = suffix
        return file

    def keep(self) -> Path:
        """Put the file where its job finds it."""
        return uploads.keep(Path(self.validated_data["file"].temporary_file_path()), self.suffix)

    def job(self, kept: Path) -> NewJob:
        wish = self.validated_data
        hook = wish.get("hook")
        return uploads.take_in_job(
            kept,
            title=wish["title"] or Path(wish["file"].name).stem[:200] or "Upload",
            hook=hook.slug if hook else "",
            loudness_lufs=hook.loudness_lufs if hook else uploads.LOUDNESS_LUFS,
            duration_s=wish.get("duration_s"),
            licence=wish["licence"],
            attribution=wish["attribution"],
        )


class Upload(FileForm):
    """Make a sound of a file of up to 100 MiB: its first 5 seconds at most, while all of it is kept.

    Answers 201 with the sound when it is made within `wait` seconds, else 202 with the job.
    """

    too_large = TOO_LARGE

    def largest(self) -> int:
        return uploads.LARGEST_FORM_BYTES

    def post(self, request: Request) -> Response:
        refuse_unknown(request, ["wait"])
        seconds = wait_of(request)
        upload = UploadSerializer(data=request.data)
        upload.is_valid(raise_exception=True)
        kept = upload.keep()
        job = upload.job(kept)
        try:
            batch = submit(request, [job], label=job.label)
        except BaseException:
            store.let_go(kept)
            raise
        return answer(request, batch, seconds=seconds)
