"""Building a pack from its page."""

from __future__ import annotations

import json

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from jobs.models import Status
from jobs.tiers import tier_of
from jobs.waiting import wait
from packs.errors import BuildError
from packs.generate import submit_build
from packs.models import Build
from packs.standing import Standing
from studio.packs import pack_to_change
from studio.says import Request, page
from studio.views.packs import shown

PATIENCE_S = 40.0


@require_POST
@page
def build(request: Request, slug: str) -> HttpResponse:
    """Freeze what is chosen, and hand out the zip; the same sounds give the same build again."""
    pack = pack_to_change(request, slug)
    if missing := Standing.of(pack).missing:
        keys = ", ".join(slot.key for slot in missing)
        raise BuildError(f"Nothing is chosen for {keys}; choose a take, or switch the row off.")
    batch = submit_build(pack, owner=request.user, tier=tier_of(request.user))
    wait(batch, PATIENCE_S)
    job = batch.jobs.get()
    if not job.ended:
        raise BuildError("The workers are busy; the pack is built as soon as they can, so ask again then.")
    if job.status != Status.SUCCEEDED:
        raise BuildError(job.error or "The build was cancelled.")
    made = Build.objects.select_related("pack").get(pk=job.result["build"])
    response = shown(request, made.pack, [])
    url = reverse("packs:download", args=[slug, made.version])
    response["HX-Trigger"] = json.dumps({"studio:built": {"url": url, "version": made.version}})
    return response
