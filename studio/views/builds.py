"""Building a pack from its page."""

from __future__ import annotations

import json

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from studio.builds import built
from studio.packs import pack_to_change
from studio.says import Request, page
from studio.views.packs import shown


@require_POST
@page
def build(request: Request, slug: str) -> HttpResponse:
    """Freeze what is chosen, and hand out the zip."""
    made = built(pack_to_change(request, slug), by=request.user)
    response = shown(request, made.pack, [])
    url = reverse("packs:download", args=[slug, made.version])
    response["HX-Trigger"] = json.dumps({"studio:built": {"url": url, "version": made.version}})
    return response
