"""Taking sounds away over HTTP, as a pack that players understand."""

from __future__ import annotations

import shutil
import time
from typing import Any

from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.views import APIView

from ccbell_site.filters import refuse_unknown
from ccbell_site.negotiation import OneAnswer
from ccbell_site.strict import Strict
from jobs.models import Batch, Status
from jobs.tiers import tier_of
from jobs.waiting import visitor, wait
from packs.api.fields import Formats
from packs.errors import BuildError
from packs.export import Export
from sounds.api.errors import Conflict, Gone, NotMade, NotYet
from sounds.api.fields import Uuid, Words
from sounds.models import Collection, Sound
from sounds.renditions import order
from sounds.serving import send

MOST_SOUNDS = 200
RENDITIONS_WITHIN_S = 20.0


class ExportSerializer(Strict, serializers.Serializer):
    """Sounds, a batch of yours, or a collection; one of the three."""

    sounds = serializers.ListField(child=Uuid(), required=False, min_length=1, max_length=MOST_SOUNDS)
    batch = Uuid(required=False)
    collection = Uuid(required=False)
    title = Words(required=False, max_length=120, help_text="What the pack is called, for loose sounds.")
    formats = Formats()

    def validate(self, values: dict[str, Any]) -> dict[str, Any]:
        named = [name for name in ("sounds", "batch", "collection") if name in values]
        if len(named) != 1:
            raise serializers.ValidationError({"sounds": "Name either sounds, a batch or a collection."})
        return values


class ExportZip(APIView):
    """Zip sounds as a pack: manifests, licence and guide beside them."""

    content_negotiation_class = OneAnswer

    def post(self, request: Request) -> HttpResponseBase:
        refuse_unknown(request, [])
        visitor.get().step_aside()  # what takes long here is zipping
        asked = ExportSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        try:
            export = _export(request, **asked.validated_data)
            if missing := export.missing():
                self._make(request, missing)
                export = _export(request, **asked.validated_data)
            path, sha256 = export.write()
        except BuildError as error:
            raise Conflict(str(error)) from error
        try:
            return send(
                request._request,
                path,
                content_type="application/zip",
                sha256=sha256,
                name=export.file_name,
                download=True,
            )
        finally:
            shutil.rmtree(path.parent, ignore_errors=True)  # whoever reads it has it open

    def _make(self, request: Request, missing: list[tuple[Sound, str]]) -> None:
        """Have the files made that are not there, and wait for them."""
        until = time.monotonic() + RENDITIONS_WITHIN_S
        tier = tier_of(request.user)
        jobs = [order(sound, format_, owner=request.user, tier=tier) for sound, format_ in missing]
        for job in jobs:
            if not job.batch or not wait(job.batch, max(until - time.monotonic(), 0)):
                raise NotYet
            job.refresh_from_db()
            if job.status != Status.SUCCEEDED:
                raise NotMade(job.error or "Somebody cancelled what was to be made for it; ask again.")


def _export(request: Request, *, formats: list[str], title: str = "", **what: Any) -> Export:
    if "collection" in what:
        collections = Collection.objects.select_related("theme", "variation", "pack")
        return Export.of_collection(get_object_or_404(collections, uuid=what["collection"]), formats=formats)
    if "batch" in what:
        batch = get_object_or_404(Batch.objects.visible_to(request.user), uuid=what["batch"])
        made = batch.jobs.filter(status=Status.SUCCEEDED).values_list("result__sound", flat=True)
        sounds = Sound.objects.filter(uuid__in=[uuid for uuid in made if uuid])
        title = title or batch.label
    else:
        sounds = Sound.objects.filter(uuid__in=what["sounds"])
    found = list(sounds.prefetch_related("files").order_by("id")[: MOST_SOUNDS + 1])
    if len(found) > MOST_SOUNDS:
        raise serializers.ValidationError(
            {"batch": f"This batch has more than {MOST_SOUNDS} sounds; name those you want."}
        )
    _refuse_unknown_sounds(what.get("sounds", ()), found)
    export = Export.of_sounds(found, title=title or "Sounds", formats=formats)
    if export.gone:
        raise Gone(f"The file of {export.gone[0]} was cleaned up; generate it again or leave it out.")
    return export


def _refuse_unknown_sounds(wanted: Any, found: list[Sound]) -> None:
    if unknown := set(wanted) - {sound.uuid for sound in found}:
        raise serializers.ValidationError({"sounds": f"There is no sound {min(unknown)}."})
    if not found:
        raise serializers.ValidationError({"batch": "This batch has no sound yet; wait for it."})
