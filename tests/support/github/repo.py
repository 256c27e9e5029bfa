"""One repository with its releases, by GitHub's rules."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import count
from typing import Any

from tests.support.github.git import Git, Refused

NOW = "2026-02-03T04:05:06Z"
_ids = count(1000)


@dataclass(slots=True)
class FakeAsset:
    id: int
    name: str
    content: bytes
    content_type: str
    state: str = "uploaded"
    downloads: int = 0


@dataclass(slots=True)
class FakeRelease:
    id: int
    tag: str
    name: str
    body: str
    draft: bool
    target: str
    assets: dict[int, FakeAsset] = field(default_factory=dict)
    published_at: str | None = None

    def asset(self, name: str) -> FakeAsset | None:
        return next((one for one in self.assets.values() if one.name == name), None)


class FakeRepo:
    """A repository with one commit, unless `empty`."""

    def __init__(
        self, address: str, owner: str = "somebody", name: str = "packs", *, empty: bool = False
    ) -> None:
        self.address = address
        self.full_name = f"{owner}/{name}"
        self.prefix = ""
        """Of the API's addresses; GitHub Enterprise has /api/v3."""
        self.branch = "main"
        self.archived = False
        self.permissions: dict[str, bool] | None = None
        """What the token's owner may do, where it is told."""
        self.digests = True
        """GitHub Enterprise tells none."""
        self.lag = 0
        """So many lists tell of what was before a release's last change, as GitHub's do at times."""
        self._before: list[dict[str, Any]] = []
        self._behind = 0
        self.git = Git()
        self.releases: dict[int, FakeRelease] = {}
        if not empty:
            self.git.push(self.branch, {"README.md": b"# Packs\n"}, "first")

    @property
    def api(self) -> str:
        return f"{self.address}{self.prefix}/repos/{self.full_name}"

    # What tests ask -----------------------------------------------------------------------------------

    def published(self) -> list[FakeRelease]:
        return [one for one in self.releases.values() if not one.draft]

    def drafts(self) -> list[FakeRelease]:
        return [one for one in self.releases.values() if one.draft]

    def tags(self) -> set[str]:
        return {ref.removeprefix("tags/") for ref in self.git.refs if ref.startswith("tags/")}

    # What GitHub does ---------------------------------------------------------------------------------

    def listed(self) -> list[dict[str, Any]]:
        if self._behind > 0:
            self._behind -= 1
            return self._before
        return self._as_it_is()

    def _as_it_is(self) -> list[dict[str, Any]]:
        return [self.told_release(one) for one in sorted(self.releases.values(), key=lambda one: -one.id)]

    def changing(self) -> None:
        """Keep what lists tell for a while yet."""
        self._before, self._behind = self._as_it_is(), self.lag

    def delete_release(self, release: FakeRelease) -> None:
        self.changing()
        del self.releases[release.id]

    def create_release(self, asked: dict[str, Any]) -> FakeRelease:
        self.changing()
        release = FakeRelease(
            next(_ids), asked["tag_name"], asked.get("name", ""), asked.get("body", ""), True,
            asked.get("target_commitish") or self.branch,
        )  # fmt: skip
        if not asked.get("draft"):
            self._publish(release)
        self.releases[release.id] = release
        return release

    def update_release(self, release: FakeRelease, asked: dict[str, Any]) -> FakeRelease:
        self.changing()
        release.tag = asked.get("tag_name", release.tag)
        release.name = asked.get("name", release.name)
        release.body = asked.get("body", release.body)
        release.target = asked.get("target_commitish", release.target)
        if release.draft and asked.get("draft") is False:
            self._publish(release)
        return release

    def _publish(self, release: FakeRelease) -> None:
        if any(one.tag == release.tag for one in self.published()):
            raise _already("Release", "tag_name")
        if f"heads/{self.branch}" not in self.git.refs:
            raise Refused(422, "Repository is empty.")
        if release.tag not in self.tags():
            sha = self.git.refs.get(f"heads/{release.target}", release.target)
            if sha not in self.git.commits:
                raise Refused(422, "Validation Failed", [{"code": "invalid", "field": "target_commitish"}])
            self.git.make_ref(f"tags/{release.tag}", sha)
        release.draft, release.published_at = False, NOW

    def delete_ref(self, name: str) -> None:
        """A published release whose tag goes is a draft again."""
        if name not in self.git.refs:
            raise Refused(422, "Reference does not exist")
        del self.git.refs[name]
        for release in self.published():
            if f"tags/{release.tag}" == name:
                release.draft = True

    def begin_asset(self, release: FakeRelease, name: str, content_type: str) -> FakeAsset:
        """There is one, not yet whole, from the first byte on."""
        if release.asset(name):
            raise _already("ReleaseAsset", "name")
        asset = FakeAsset(next(_ids), name, b"", content_type, state="starter")
        release.assets[asset.id] = asset
        return asset

    def find_asset(self, id_: int) -> tuple[FakeRelease, FakeAsset]:
        for release in self.releases.values():
            if id_ in release.assets:
                return release, release.assets[id_]
        raise Refused(404, "Not Found")

    # What GitHub tells --------------------------------------------------------------------------------

    def told(self) -> dict[str, Any]:
        return {
            "id": 1, "full_name": self.full_name, "name": self.full_name.partition("/")[2], "url": self.api,
            "html_url": f"{self.address}/{self.full_name}", "default_branch": self.branch,
            "archived": self.archived, "private": False,
            **({"permissions": self.permissions} if self.permissions else {}),
        }  # fmt: skip

    def told_release(self, release: FakeRelease) -> dict[str, Any]:
        """Of the files those that are whole: the others are found by asking for all files only."""
        whole = [one for one in release.assets.values() if one.state == "uploaded"]
        url, uploads = (
            f"{self.api}/releases/{release.id}",
            f"{self.address}/api/uploads/repos/{self.full_name}",
        )
        return {
            "id": release.id, "tag_name": release.tag, "name": release.name, "body": release.body,
            "draft": release.draft, "prerelease": False, "target_commitish": release.target,
            "published_at": release.published_at, "created_at": NOW,
            "url": url, "assets_url": f"{url}/assets",
            "html_url": f"{self.address}/{self.full_name}/releases/tag/{self._place(release)}",
            "upload_url": f"{uploads}/releases/{release.id}/assets{{?name,label}}",
            "assets": [self.told_asset(release, one) for one in whole],
        }  # fmt: skip

    def told_asset(self, release: FakeRelease, asset: FakeAsset) -> dict[str, Any]:
        told = {
            "id": asset.id, "name": asset.name, "size": len(asset.content), "state": asset.state,
            "content_type": asset.content_type, "download_count": asset.downloads, "label": "",
            "url": f"{self.api}/releases/assets/{asset.id}", "created_at": NOW, "updated_at": NOW,
            "browser_download_url": (
                f"{self.address}/{self.full_name}/releases/download/{self._place(release)}/{asset.name}"
            ),
        }  # fmt: skip
        if self.digests:
            whole = asset.state == "uploaded"
            told["digest"] = f"sha256:{_digest(asset.content)}" if whole else None
        return told

    def _place(self, release: FakeRelease) -> str:
        return f"untagged-{release.id}" if release.draft else release.tag


@lru_cache(maxsize=2000)
def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _already(resource: str, field_: str) -> Refused:
    error = {"resource": resource, "code": "already_exists", "field": field_}
    return Refused(422, "Validation Failed", [error])
