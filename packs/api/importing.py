"""Bringing in somebody's pack over HTTP."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.core.validators import RegexValidator
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from ccbell_site.filters import refuse_unknown
from ccbell_site.strict import Strict
from jobs.throttles import spend_sounds
from jobs.tiers import tier_of
from packs.archive import LARGEST_PACK_BYTES, PackError
from packs.errors import BuildError
from packs.importing.bring import LARGEST_FORM_BYTES, LONGEST_TITLE, bring
from packs.models.pack import LONGEST_SLUG, SLUG
from sounds.api.answer import answer, wait_of
from sounds.api.errors import Conflict, TooLarge
from sounds.api.fields import Words
from sounds.api.form import FileForm
from sounds.models.sound import LONGEST_LICENCE

TOO_LARGE = f"The pack is too large; {LARGEST_PACK_BYTES // 1024**2} MiB is the most."


class ImportSerializer(Strict, serializers.Serializer):
    """A pack, and what is to be otherwise than it says."""

    pack = serializers.FileField(
        help_text="A zip with a manifest.json of ours, an openpeon.json (CESP), or a pack.json for ccbell."
    )
    title = Words(default="", allow_blank=True, max_length=LONGEST_TITLE, help_text="Instead of its own.")
    slug = Words(
        default="",
        allow_blank=True,
        max_length=LONGEST_SLUG,
        validators=[RegexValidator(rf"^$|{SLUG}", "Use small letters, digits, - and _ only.")],
        help_text="A free name; its own where it is left out, numbered where that is taken.",
    )
    licence = serializers.RegexField(
        r"^[A-Za-z0-9.+() -]*$",
        default="",
        allow_blank=True,
        max_length=LONGEST_LICENCE,
        help_text="SPDX: of the sounds for which the pack states none that is known.",
    )
    remaster = serializers.BooleanField(
        default=False, help_text="Also master anew, and choose, each sound that misses the badge."
    )

    def validate_pack(self, file: UploadedFile) -> UploadedFile:
        if (file.size or 0) > LARGEST_FORM_BYTES:
            raise TooLarge(TOO_LARGE)
        return file


class PackImport(FileForm):
    """Make a pack of somebody's: its sounds are kept as they are, each a take of the row it is for.

    Answers at once (202) unless ``?wait=`` says otherwise.
    """

    too_large = TOO_LARGE

    def largest(self) -> int:
        return LARGEST_FORM_BYTES

    def post(self, request: Request) -> Response:
        refuse_unknown(request, ["wait"])
        seconds = wait_of(request, usual=0)
        asked = ImportSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        wish: dict[str, Any] = dict(asked.validated_data)
        arrived = wish.pop("pack")
        try:
            brought = bring(
                Path(arrived.temporary_file_path()),
                label=arrived.name,
                owner=request.user,
                tier=tier_of(request.user),
                spend=lambda sounds: spend_sounds(request, sounds),
                **wish,
            )
        except PackError as error:
            raise serializers.ValidationError({"pack": str(error)}) from error
        except BuildError as error:
            raise Conflict(str(error)) from error
        more: dict[str, Any] = {"pack": brought.pack.slug, "collection": brought.pack.collection.uuid}
        return answer(request, brought.batch, seconds=seconds, **more)
