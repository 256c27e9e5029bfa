"""Packs over HTTP."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from packs.models import Build
from sounds.serving import send


@require_safe
@login_required
def download(request: HttpRequest, slug: str, version: str) -> HttpResponseBase:
    """The zip of a build."""
    build = get_object_or_404(Build.objects.select_related("pack"), pack__slug=slug, version=version)
    return send_zip(request, build)


def send_zip(request: HttpRequest, build: Build) -> HttpResponseBase:
    """A build's zip, piece by piece; raises ``Http404`` when it is gone."""
    try:
        return send(
            request,
            build.bring(),
            content_type="application/zip",
            sha256=build.zip_sha256,
            name=build.file_name,
            download=True,
        )
    except FileNotFoundError as error:
        raise Http404(
            f"The zip of {build} is gone; build the pack again, which gives the same bytes."
        ) from error
