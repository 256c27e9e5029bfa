"""Publishing builds, and looking after what was published."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from django.db import models, transaction

from jobs.models import Batch, Job, NewJob, Tier
from packs.formats.cesp_rules import licence_parts
from packs.importing.found import UNKNOWN_LICENCE
from packs.versions import parse_version
from releases.errors import PublishError
from releases.github import missing_settings, repository
from releases.kinds import LANE, PUBLISH, REFRESH
from releases.tags import tag_of

if TYPE_CHECKING:
    from packs.models import Build
    from releases.models.release import Release

NO_LICENCE = ("NONE", "NOASSERTION", UNKNOWN_LICENCE)
"""The first two are SPDX's own words for it."""


class ReleaseQuerySet(models.QuerySet["Release"]):
    def publish(
        self, build: Build, *, by: Any, tree: bool = False, tier: Tier = Tier.ADMIN, wake: bool = True
    ) -> Release:
        """Queue a build's way to GitHub, as a release, and with `tree` as files in the repository too.

        What an earlier try left, here or there, is taken up. One that is out already is only looked at.
        Raises `PublishError` with a sentence for everything that stands against it.
        """
        if missing := missing_settings():
            raise PublishError(missing)
        refuse_spoilt(build)
        tag = tag_of(build.pack.slug, build.version)
        with transaction.atomic():
            release = self._row(build, tag)
            release.refuse_busy()
            self._refuse_older(build, release)
            _take_up(release, tree=tree, by=by)
            release.ask(PUBLISH, f"Publish {tag}", by=by, tier=tier, wake=wake)
        return release

    def refresh(self, *, by: Any, tier: Tier = Tier.ADMIN, wake: bool = True) -> Batch:
        """Queue a look at GitHub for what became of the releases there; nothing is changed there."""
        if missing := missing_settings():
            raise PublishError(missing)
        label = f"Look at the releases of {repository()}"
        new = NewJob(kind=REFRESH, lane=LANE, label=label)
        return Job.objects.submit([new], owner=by, tier=tier, label=label, wake=wake)

    def here(self) -> ReleaseQuerySet:
        """Those in the repository that the settings name."""
        return self.filter(repo__iexact=repository())

    def _row(self, build: Build, tag: str) -> Release:
        """The tag's row, locked; made when there is none."""
        if not self.here().filter(tag=tag).exists():
            self.get_or_create(repo=repository(), tag=tag, defaults={"build": build})
        rows = self.here().select_for_update(of=("self",)).select_related("job", "build__pack")
        release = rows.get(tag=tag)
        if release.build_id != build.pk:
            if release.build.content_sha256 != build.content_sha256:
                raise PublishError(
                    f"{tag} was published with other content; build the pack as a new version."
                )
            release.build = build
        return release

    def _refuse_older(self, build: Build, release: Release) -> None:
        others = self.here().filter(build__pack=build.pack).exclude(pk=release.pk)
        used = others.exclude(published_at=None).values_list("build__version", flat=True)
        newest = max(used, key=parse_version, default="")
        if newest and parse_version(newest) > build.number:
            raise PublishError(
                f"Version {newest} of {build.pack} was published already, so {build.version} cannot be: "
                "versions only rise; build the pack as a new one."
            )


def _take_up(release: Release, *, tree: bool, by: Any) -> None:
    """Set the row to what is wanted now; a published one stays that while it is looked at."""
    if release.state == release.State.PUBLISHED:
        if tree and not release.tree:
            raise PublishError(
                f"{release.tag} is out without its files; withdraw it first to publish it with them."
            )
    else:
        release.state = release.State.PUBLISHING
        release.tree = tree
    release.by = by
    release.save()


def refuse_spoilt(build: Build) -> None:
    """Raise `PublishError` for a build whose zip is not what it was, or whose sounds have no licence."""
    try:
        with build.bring().open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise PublishError(
            f"The zip of {build} cannot be read ({error.strerror}); build the pack again, which gives the "
            "same bytes."
        ) from error
    if sha256 != build.zip_sha256:
        raise PublishError(
            f"The zip of {build} was changed since it was built; delete {build.location} and build the pack "
            "again, which gives the same bytes."
        )
    if unknown := [
        hook for hook, sound in build.manifest["files"].items() if not _is_known(sound["licence"])
    ]:
        raise PublishError(
            f"Nobody knows the licence of the sounds for {', '.join(unknown)}; choose others, or upload them "
            "with their licence, and build the pack again."
        )


def _is_known(licence: str) -> bool:
    parts = licence_parts(licence)
    return bool(parts) and not any(part in NO_LICENCE for part in parts)
