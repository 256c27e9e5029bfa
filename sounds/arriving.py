"""Files on their way in, written beside where they will stay."""

from __future__ import annotations

import tempfile
from typing import Any

from django.core.files.uploadedfile import TemporaryUploadedFile, UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, TemporaryFileUploadHandler

from sounds import uploads


class Arriving(TemporaryUploadedFile):
    """A file in the audio folder, so that keeping it is a mere renaming; it goes with its request."""

    def __init__(self, name: str, content_type: str | None, charset: str | None, extra: Any) -> None:
        file = tempfile.NamedTemporaryFile(suffix=".part", dir=uploads.folder())  # noqa: SIM115
        UploadedFile.__init__(self, file, name, content_type, 0, charset, extra)


class ToAudioFolder(TemporaryFileUploadHandler):
    """Writes what arrives to disk, chunk by chunk."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        FileUploadHandler.new_file(self, *args, **kwargs)
        self.file = Arriving(self.file_name or "", self.content_type, self.charset, self.content_type_extra)
