"""The queue's history, and the engines behind it."""

from __future__ import annotations

import uuid as uuids

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from jobs.models import Job, Status
from sounds.engine_status import engine_statuses, unload
from sounds.wish import WishError
from studio.progress import newest_event
from studio.says import Request, page

A_PAGE = 50


@require_safe
@page
def jobs(request: Request) -> HttpResponse:
    """Everybody's own jobs, the newest first; staff see all."""
    newest = newest_event()
    wanted = request.GET.get("status", "")
    visible = Job.objects.visible_to(request.user).select_related("owner", "batch").defer("payload")
    if wanted in Status:
        visible = visible.filter(status=wanted)
    found = Paginator(visible.order_by("-pk"), A_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": found,
        "places": Job.objects.positions(found.object_list),
        "statuses": Status.choices,
        "wanted": wanted,
        "newest_event": newest,
    }
    part = "studio/_jobs.html" if request.headers.get("HX-Request") else "studio/jobs.html"
    return render(request, part, context)


@require_POST
@page
def cancel_job(request: Request, uuid: uuids.UUID) -> HttpResponse:
    """Cancel one job."""
    if not _job(request, uuid).cancel():
        raise WishError("This job has ended already.", "job")
    return HttpResponse(status=204)


@require_POST
@page
def retry_job(request: Request, uuid: uuids.UUID) -> HttpResponse:
    """Try one job again."""
    if not _job(request, uuid).retry():
        raise WishError("Only a job that failed or was cancelled can be tried again.", "job")
    return HttpResponse(status=204)


def _job(request: Request, uuid: uuids.UUID) -> Job:
    return get_object_or_404(Job.objects.visible_to(request.user), uuid=uuid)


@require_safe
@page
def engines(request: Request) -> HttpResponse:
    """What can make sounds here, and what it is doing."""
    context = {"engines": engine_statuses(), "may_unload": request.user.has_perm("sounds.unload_engine")}
    part = "studio/_engines.html" if request.headers.get("HX-Request") else "studio/engines.html"
    return render(request, part, context)


@require_POST
@page
def unload_engine(request: Request, engine: str) -> HttpResponse:
    """Have an engine leave memory now."""
    if not request.user.has_perm("sounds.unload_engine"):
        raise PermissionDenied("You may not unload engines; ask an administrator for the permission.")
    unload(engine)
    return redirect("studio:engines")
