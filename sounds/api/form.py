"""Views that take a file: a form in pieces, which may be large."""

from __future__ import annotations

from typing import Any

from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.views import APIView

from jobs.waiting import visitor
from sounds.api.errors import TooLarge
from sounds.arriving import ToAudioFolder


class FileForm(APIView):
    """Writes the file to disk as it comes, and refuses a form by its length before anything else."""

    parser_classes = [MultiPartParser]
    too_large: str
    """The sentence for who sends too much."""

    def largest(self) -> int:
        """Bytes that a form may have."""
        raise NotImplementedError

    def initialize_request(self, request: Any, *args: Any, **kwargs: Any) -> Request:
        visitor.get().step_aside()  # what takes long here is reading the form
        request.upload_handlers = [ToAudioFolder(request)]
        return super().initialize_request(request, *args, **kwargs)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        if int(request.META.get("CONTENT_LENGTH") or 0) > self.largest():
            raise TooLarge(self.too_large)  # first of all: to look who it is may mean to read the form
        super().initial(request, *args, **kwargs)
