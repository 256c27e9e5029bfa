"""Looking at what became of releases on GitHub. Nothing is written there."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.utils import timezone
from github import Github
from github.GitRelease import GitRelease

from jobs.models import Write
from jobs.run import JobRun
from releases.assets import UPLOADED
from releases.models import Release
from releases.patience import Patience
from releases.session import connected, open_repository
from releases.there import release_with

Facts = dict[str, Any]


class Refreshing:
    def __init__(self, run: JobRun) -> None:
        self.run = run
        self.began = timezone.now()

    def do(self) -> Write:
        """Ask GitHub; what is returned has the rows say the same."""
        with connected() as github:
            out = Patience(self.run).until_done(partial(self._pass, github))

        def write() -> dict[str, Any]:
            rows = Release.objects.here().select_for_update(of=("self",)).select_related("build__pack", "job")
            changed = [_follow(row, out.get(row.tag)) for row in rows if self._may_follow(row)]
            return {"releases": len(changed), "changed": sum(changed)}

        return write

    def _may_follow(self, row: Release) -> bool:
        """Not where something is done, or was done since GitHub was asked: it knows better."""
        return not row.is_busy and not (row.refreshed_at and row.refreshed_at > self.began)

    def _pass(self, github: Github) -> dict[str, Facts]:
        """Tag to what is told of the release, for all that are published."""
        self.run.progress(0.1, "looking at what GitHub has")
        repo = open_repository(github, to_write=False)
        out = {}
        for number, release in enumerate(repo.get_releases()):
            self.run.progress(min(0.1 + number / 1000, 0.9), f"looking at {release.tag_name}")
            if not release.draft:
                out[release.tag_name] = _facts(release)
        for tag, github_id in self._known_to_be_out():
            # The list may be behind, so none is gone that was not asked for by itself.
            if tag not in out and (one := release_with(repo, github_id)) and not one.draft:
                out[one.tag_name] = _facts(one)
        return out

    def _known_to_be_out(self) -> list[tuple[str, int]]:
        rows = Release.objects.here().filter(state=Release.State.PUBLISHED).exclude(github_id=None)
        return [(row.tag, row.github_id) for row in rows if row.github_id]


def _facts(release: GitRelease) -> Facts:
    assets = {
        asset.name: {
            "bytes": asset.size,
            "sha256": (asset.digest or "").removeprefix("sha256:"),
            "url": asset.browser_download_url,
            "downloads": asset.download_count,
        }
        for asset in release.assets
        if asset.state == UPLOADED
    }
    facts = {"github_id": release.id, "url": release.html_url, "published_at": release.published_at}
    return facts | {"assets": assets}


def _follow(row: Release, facts: Facts | None) -> bool:
    """Have a row say what GitHub says; whether its state is another one now."""
    before = row.state
    row.refreshed_at = timezone.now()
    if facts and _is_of(row, facts["assets"]):
        row.state = Release.State.PUBLISHED
        row.github_id, row.url = facts["github_id"], facts["url"]
        row.published_at, row.withdrawn_at = facts["published_at"] or row.published_at, None
        row.assets = {name: _with_digest(row, name, asset) for name, asset in facts["assets"].items()}
    elif row.state == Release.State.PUBLISHED:
        row.state = Release.State.GONE
    row.save()
    return row.state != before


def _is_of(row: Release, assets: dict[str, Any]) -> bool:
    """Whether a release's zip is the one of the row's build; by its size where GitHub tells no digest."""
    there = assets.get(row.build.file_name)
    if there is None or there["bytes"] != row.build.zip_bytes:
        return False
    return there["sha256"] in ("", row.build.zip_sha256)


def _with_digest(row: Release, name: str, asset: dict[str, Any]) -> dict[str, Any]:
    return asset | {"sha256": asset["sha256"] or row.assets.get(name, {}).get("sha256", "")}
