"""Releases: what is out on GitHub, and putting a pack there."""

from __future__ import annotations

from collections.abc import Iterable

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from jobs.tiers import tier_of
from packs.models import Pack
from packs.standing import Standing
from releases.github import missing_settings, repository
from releases.models import Release
from releases.tags import tag_of
from sounds.wish import WishError
from studio.builds import built
from studio.packs import pack_of
from studio.progress import newest_event
from studio.says import Request, page

MOST_LISTED = 200


@require_safe
@page
def releases(request: Request) -> HttpResponse:
    """Everything that was published, the newest first."""
    newest = newest_event()
    context = {"releases": _all()[:MOST_LISTED], "newest_event": newest, "missing": missing_settings()}
    part = "studio/_releases.html" if request.headers.get("HX-Request") else "studio/releases.html"
    return render(request, part, context)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def publish(request: Request, slug: str) -> HttpResponse:
    """A pack's releases, and the next one: what it will be, and the button."""
    pack = pack_of(slug)
    if request.method == "POST":
        _refuse_others(request)
        build = built(pack, by=request.user)
        tree = bool(request.POST.get("tree"))
        Release.objects.publish(build, by=request.user, tree=tree, tier=tier_of(request.user))
        return redirect("studio:publish", slug)
    newest = newest_event()
    mine = _all().filter(build__pack=pack)
    part = "studio/_publish.html" if request.headers.get("HX-Request") else "studio/publish.html"
    return render(request, part, _next(pack, mine) | {"releases": mine, "newest_event": newest})


@require_http_methods(["GET", "HEAD", "POST"])
@page
def withdraw(request: Request, pk: int) -> HttpResponse:
    """Take a release away from GitHub, once its tag was typed."""
    _refuse_others(request)
    release = _release(pk)
    if request.method == "POST":
        if request.POST.get("tag", "").strip() != release.tag:
            raise WishError(f"Type {release.tag} to withdraw this release.", "tag")
        release.withdraw(by=request.user, tier=tier_of(request.user))
        return redirect("studio:publish", release.build.pack.slug)
    return render(request, "studio/withdraw.html", {"release": release})


@require_POST
@page
def forget(request: Request, pk: int) -> HttpResponse:
    """Strike an attempt off the list that came to nothing."""
    _refuse_others(request)
    _release(pk).forget()
    return HttpResponse(status=204)


@require_POST
@page
def refresh(request: Request) -> HttpResponse:
    """Have GitHub asked what is there."""
    _refuse_others(request)
    Release.objects.refresh(by=request.user, tier=tier_of(request.user))
    return redirect("studio:releases")


def _next(pack: Pack, releases: Iterable[Release]) -> dict[str, object]:
    """What would be published if somebody pressed the button now."""
    standing = Standing.of(pack)
    tag = tag_of(pack.slug, standing.version)
    same = [one for one in releases if one.tag == tag and one.repo == repository()]
    return {
        "pack": pack,
        "standing": standing,
        "tag": tag,
        "is_out": standing.is_built and any(one.state == Release.State.PUBLISHED for one in same),
        "is_busy": any(one.is_busy for one in same),
        "repository": repository(),
        "missing": missing_settings(),
    }


def _all() -> QuerySet[Release]:
    return Release.objects.select_related("build__pack__collection__theme", "job", "by").order_by("-pk")


def _release(pk: int) -> Release:
    release = _all().filter(pk=pk).first()
    if release is None:
        raise Http404("There is no such release; its row was deleted.")
    return release


def _refuse_others(request: Request) -> None:
    if not request.user.is_staff:
        raise PermissionDenied("Only staff publish: it is done in the name of the studio's GitHub token.")
