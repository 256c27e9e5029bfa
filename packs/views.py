"""Packs over HTTP."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from packs.models import Build


@require_safe
@login_required
def download(request: HttpRequest, slug: str, version: str) -> HttpResponse:
    """The zip of a build."""
    build = get_object_or_404(Build.objects.select_related("pack"), pack__slug=slug, version=version)
    if not build.location.is_file():
        raise Http404(f"The zip of {build} is gone; build the pack again, which gives the same bytes.")
    response = HttpResponse(build.location.read_bytes(), content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="{build.file_name}"'
    return response
