"""Publishing over HTTP, and what was published."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import Http404
from django_filters import rest_framework as filters
from rest_framework import mixins, serializers, viewsets
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import Scope
from ccbell_site.filters import refuse_unknown
from ccbell_site.pages import Pages
from ccbell_site.strict import Strict
from jobs.api.serializers import JobSerializer
from jobs.models import Status
from jobs.tiers import tier_of
from jobs.waiting import wait
from packs.api.fields import Version
from packs.archive import shown
from packs.models import Build, Pack
from releases.errors import PublishError
from releases.github import repository
from releases.models import Release
from sounds.api.answer import wait_of
from sounds.api.errors import Conflict
from sounds.api.fields import Words

LONGEST_ID = 18
"""Digits; a database takes no more."""


class ReleaseSerializer(serializers.ModelSerializer):
    """A version of a pack on GitHub, as GitHub told of it last."""

    pack = serializers.CharField(source="build.pack.slug", read_only=True)
    version = serializers.CharField(source="build.version", read_only=True)
    state = serializers.ChoiceField(choices=Release.State.choices, read_only=True)
    url = serializers.CharField(read_only=True, help_text="Empty before it is published.")
    zip_url = serializers.CharField(read_only=True)
    downloads = serializers.IntegerField(read_only=True)
    install = serializers.SerializerMethodField(help_text="Player to the line that installs it.")
    assets = serializers.DictField(
        child=serializers.DictField(), read_only=True, help_text="Name to bytes, sha256, url and downloads."
    )
    registry_entry = serializers.DictField(read_only=True, help_text="For the registry of CESP packs.")
    error = serializers.CharField(read_only=True, help_text="Why the last job about it failed.")
    job = serializers.UUIDField(source="job.uuid", default=None, read_only=True, allow_null=True)
    by = serializers.CharField(source="by.username", default=None, read_only=True, allow_null=True)

    class Meta:
        model = Release
        fields = [
            "id", "pack", "version", "repo", "tag", "state", "tree", "url", "zip_url", "downloads", "install",
            "assets", "commit", "registry_entry", "error", "job", "by", "created_at", "published_at",
            "withdrawn_at", "refreshed_at",
        ]  # fmt: skip
        read_only_fields = fields

    def get_install(self, release: Release) -> dict[str, str]:
        return dict(release.install_lines)


class PublishSerializer(Strict, serializers.Serializer):
    """A build of a pack; its latest, where no version is named."""

    pack = Words(help_text="Slug of a pack.")
    version = Version(required=False, default="", help_text="X.Y.Z of a build; the latest if left out.")
    tree = serializers.BooleanField(
        required=False, default=False, help_text="Also as files in the repository, for CESP players."
    )


class WithdrawSerializer(Strict, serializers.Serializer):
    """The tag once more, so that nothing is deleted by mistake."""

    confirm = Words(help_text="The release's tag.")


class ReleaseAnswerSerializer(serializers.Serializer):
    """The release, and the job that works on it."""

    release = ReleaseSerializer()
    job = JobSerializer()


class RefreshAnswerSerializer(serializers.Serializer):
    job = JobSerializer()


class ReleaseFilters(filters.FilterSet):
    pack = filters.CharFilter(field_name="build__pack__slug")
    state = filters.ChoiceFilter(choices=Release.State.choices)


class ReleaseToGithub(APIView):
    """Publish a build as a release on GitHub: 201 when it is out, or 202 with the job for it."""

    scope = Scope.MANAGE

    def post(self, request: Request) -> Response:
        refuse_unknown(request, ["wait"])
        seconds = wait_of(request)
        asked = PublishSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        wish = asked.validated_data
        build = _build(wish["pack"], wish["version"])
        try:
            release = Release.objects.publish(
                build, by=request.user, tree=wish["tree"], tier=tier_of(request.user)
            )
        except PublishError as error:
            raise Conflict(str(error)) from error
        return _answer(release, seconds, done=201)


class RefreshReleases(APIView):
    """Ask GitHub what became of the releases there: 200 when it answered, or 202 with the job that asks."""

    scope = Scope.MANAGE

    def post(self, request: Request) -> Response:
        refuse_unknown(request, ["wait"])
        seconds = wait_of(request)
        Nothing(data=request.data).is_valid(raise_exception=True)
        try:
            batch = Release.objects.refresh(by=request.user, tier=tier_of(request.user))
        except PublishError as error:
            raise Conflict(str(error)) from error
        wait(batch, seconds)
        job = batch.jobs.select_related("batch").get()
        data = RefreshAnswerSerializer({"job": job}).data
        return Response(data, status=200 if job.status == Status.SUCCEEDED else 202)


class Nothing(Strict, serializers.Serializer):
    """There is nothing to be said."""


class Releases(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """What was published, the newest first; one is found by its id or its tag."""

    queryset = Release.objects.none()
    serializer_class = ReleaseSerializer
    filterset_class = ReleaseFilters
    pagination_class = Pages
    orderings = {"created_at": "pk"}
    ordering = "-created_at"
    lookup_url_kwarg = "ref"

    def get_queryset(self) -> QuerySet[Release]:
        return Release.objects.select_related("build__pack", "job", "by")

    def get_object(self) -> Release:
        refuse_unknown(self.request, [])
        return _find(self.kwargs["ref"])


class WithdrawRelease(APIView):
    """Delete a release from GitHub, tag, files and all: 200 when it is gone, or 202 with the job for it."""

    scope = Scope.MANAGE

    def post(self, request: Request, ref: str) -> Response:
        refuse_unknown(request, ["wait"])
        seconds = wait_of(request)
        release = _find(ref)
        asked = WithdrawSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        if asked.validated_data["confirm"] != release.tag:
            raise serializers.ValidationError({"confirm": f"Write {release.tag} to withdraw this release."})
        try:
            release.withdraw(by=request.user, tier=tier_of(request.user))
        except PublishError as error:
            raise Conflict(str(error)) from error
        return _answer(release, seconds, done=200)


def _find(ref: str) -> Release:
    """By id or tag; of one tag in two repositories the one in the settings' repository."""
    rows = Release.objects.select_related("build__pack", "job", "by")
    if ref.isascii() and ref.isdigit() and len(ref) <= LONGEST_ID:
        found = rows.filter(pk=int(ref)).first()
    else:
        tagged = rows.filter(tag=ref)
        found = tagged.filter(repo__iexact=repository()).first() or tagged.first()
    if found is None:
        raise Http404("There is no such release; /api/release/list has those there are.")
    return found


def _build(slug: str, version: str) -> Build:
    pack = Pack.objects.filter(slug=slug).first()
    if pack is None:
        raise serializers.ValidationError({"pack": f"There is no pack {shown(slug)}."})
    if not version:
        build = pack.latest_build()
        if build is None:
            raise serializers.ValidationError({"pack": f"{pack} has no build yet; build it first."})
        return build
    build = pack.builds.filter(version=version).first()
    if build is None:
        raise serializers.ValidationError({"version": f"{pack} has no build {version}."})
    return build


def _answer(release: Release, seconds: float, *, done: int) -> Response:
    """With its state once the job has ended well within so many seconds, else as it is by then."""
    job = release.job
    assert job and job.batch
    wait(job.batch, seconds)
    release = Release.objects.select_related("build__pack", "job__batch", "by").get(pk=release.pk)
    assert release.job
    data = ReleaseAnswerSerializer({"release": release, "job": release.job}).data
    return Response(data, status=done if release.job.status == Status.SUCCEEDED else 202)
