"""Releases: builds as they are, or were, on GitHub."""

from __future__ import annotations

import json
from typing import Any

from django.conf import settings
from django.db import models, transaction

from jobs.models import Job, NewJob, Status, Tier
from releases.errors import PublishError
from releases.github import missing_settings, repository
from releases.kinds import LANE, WITHDRAW
from releases.models.release_queryset import ReleaseQuerySet

PLAYERS = {"ccbell": "ccbell", "OpenPeon": "cesp", "Claude Code": "claude-code"}
"""What people call a player to what the zip's installer calls it."""


class Release(models.Model):
    """One build on GitHub. The row follows what GitHub says; it is never ahead of it."""

    class State(models.TextChoices):
        """Where a release stands.

        publishing → published → withdrawn | gone. One that failed or was cancelled stays at publishing,
        with a draft on GitHub that the next try takes up. Published once more, a withdrawn one is again
        publishing. Gone is what somebody deleted, or made a draft again, on GitHub itself.
        """

        PUBLISHING = "publishing"
        PUBLISHED = "published"
        WITHDRAWN = "withdrawn"
        GONE = "gone"

    build = models.ForeignKey("packs.Build", models.PROTECT, related_name="releases")
    repo = models.CharField("repository", max_length=201, help_text="owner/name")
    tag = models.CharField(max_length=100)
    state = models.CharField(max_length=10, choices=State.choices, default=State.PUBLISHING)
    tree = models.BooleanField("as files", default=False, help_text="Also as files in the repository.")
    github_id = models.BigIntegerField("GitHub's id", null=True, blank=True)
    url = models.URLField(max_length=500, blank=True)
    assets = models.JSONField(
        default=dict, blank=True, help_text="Name to bytes, sha256, url and number of downloads."
    )
    commit = models.CharField(max_length=64, blank=True, help_text="Of the files, where there are any.")
    registry_entry = models.JSONField(default=dict, blank=True)
    job = models.ForeignKey("jobs.Job", models.SET_NULL, null=True, blank=True, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    published_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    refreshed_at = models.DateTimeField(null=True, blank=True)

    objects = ReleaseQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["repo", "tag"], name="one_release_of_a_tag")]

    def __str__(self) -> str:
        return self.tag

    @property
    def is_busy(self) -> bool:
        """Whether a job is at it, or waits to be."""
        return self.job is not None and not self.job.ended

    @property
    def error(self) -> str:
        """Why its last job failed; ``""`` when it did not."""
        return self.job.error if self.job and self.job.status == Status.FAILED else ""

    @property
    def downloads(self) -> int:
        """How often its zip was downloaded, as of the last look at GitHub."""
        return self.assets.get(self.build.file_name, {}).get("downloads", 0)

    @property
    def zip_url(self) -> str:
        """Where anybody gets the zip; ``""`` while it is not published."""
        if self.state != self.State.PUBLISHED:
            return ""
        return self.assets.get(self.build.file_name, {}).get("url", "")

    @property
    def install_lines(self) -> list[tuple[str, str]]:
        """Player and the line that installs the pack for it; none while it is not published."""
        return install_lines(self.zip_url) if self.zip_url else []

    @property
    def registry_entry_text(self) -> str:
        """The entry for the registry of CESP packs, ready for a pull request."""
        return json.dumps(self.registry_entry, indent=2, ensure_ascii=False) if self.registry_entry else ""

    def withdraw(self, *, by: Any, tier: Tier = Tier.ADMIN, wake: bool = True) -> None:
        """Queue its deletion from GitHub: release, tag and files. The version stays used.

        Raises `PublishError` when it is withdrawn, or something is being done with it, or nobody said how
        to reach GitHub.
        """
        if missing := missing_settings():
            raise PublishError(missing)
        with transaction.atomic():
            fresh = Release.objects.select_for_update(of=("self",)).select_related("job").get(pk=self.pk)
            fresh.refuse_busy()
            fresh.refuse_other_repository()
            if fresh.state == self.State.WITHDRAWN:
                raise PublishError(f"{self.tag} is withdrawn already.")
            fresh.ask(WITHDRAW, f"Withdraw {self.tag}", by=by, tier=tier, wake=wake)
        self.refresh_from_db()

    def follow(self, facts: dict[str, Any]) -> None:
        """Write down what is so on GitHub now; raises `PublishError` when the row was deleted meanwhile."""
        for name, value in facts.items():
            setattr(self, name, value)
        if not Release.objects.filter(pk=self.pk).update(**facts):
            raise PublishError(
                f"{self.tag} was deleted from the studio meanwhile; publish the build again to have it here "
                "as it is on GitHub."
            )

    @property
    def may_be_forgotten(self) -> bool:
        """Whether its row is nothing but an attempt: nobody ever saw it published."""
        return self.state == self.State.PUBLISHING and self.published_at is None and not self.is_busy

    def forget(self) -> None:
        """Delete the row of an attempt that came to nothing; a draft on GitHub stays where it is.

        Raises `PublishError` for one that was out, whose version stays used, or that is being worked on.
        """
        with transaction.atomic():
            fresh = Release.objects.select_for_update(of=("self",)).select_related("job").get(pk=self.pk)
            fresh.refuse_busy()
            if not fresh.may_be_forgotten:
                raise PublishError(
                    f"{self.tag} was published, so its version stays used; withdraw it instead."
                )
            fresh.delete()

    def refuse_busy(self) -> None:
        if self.is_busy:
            raise PublishError(f"{self.tag} is being worked on; wait until that has ended, or cancel it.")

    def refuse_other_repository(self) -> None:
        """The settings may name another repository than when it was published."""
        if self.repo.casefold() != repository().casefold():
            raise PublishError(
                f"{self.tag} is in {self.repo}, and the settings name {repository()}; set GITHUB_REPO_OWNER "
                "and GITHUB_REPO_NAME back to it first."
            )

    def ask(self, kind: str, label: str, *, by: Any, tier: Tier, wake: bool) -> None:
        """Queue a job about it and remember that one; to be called within a transaction."""
        new = NewJob(kind=kind, lane=LANE, label=label, payload={"release": self.pk})
        batch = Job.objects.submit([new], owner=by, tier=tier, label=label, wake=wake)
        self.job = batch.jobs.get()
        self.save(update_fields=["job"])


def install_lines(zip_url: str) -> list[tuple[str, str]]:
    """Player and a line for a shell that downloads a published zip and installs what is in it."""
    name = zip_url.rpartition("/")[2]
    return [
        (player, f"curl -fsSLO {zip_url} && python3 {name} --for {word}") for player, word in PLAYERS.items()
    ]
