"""A build's way to GitHub: draft, files, digests compared, published. Never a published half, never two."""

from __future__ import annotations

import time
from functools import partial
from typing import Any

from django.utils import timezone
from github import Github
from github.GitRelease import GitRelease
from github.GitReleaseAsset import GitReleaseAsset
from github.Repository import Repository

from jobs.models import Write
from jobs.run import JobRun
from packs.archive import printable
from releases import index
from releases.assets import Asset, Holdings, assets_of, told, upload
from releases.errors import PublishError
from releases.faults import Fault
from releases.files import PackFiles
from releases.models import Release
from releases.models.release_queryset import refuse_spoilt
from releases.notes import notes_of
from releases.patience import Patience
from releases.session import connected, open_repository
from releases.tags import number_in, tag_of
from releases.there import delete, releases_of
from releases.tree import Branch, Changes, Snapshot, tagged

TELL_EVERY_S = 0.25
LONGEST_TITLE = 200
LOOKING, DRAFTED, UPLOADED, COMMITTED = 0.02, 0.1, 0.7, 0.95
"""How far it is by then, of 1."""


class Publishing:
    """One attempt at having a release out as it has to be.

    Each pass looks at what GitHub holds and does what is left, so that it goes on from whatever an attempt
    before it left: nothing, drafts, some of the files, a commit, or all of it where only the answer was lost.
    """

    def __init__(self, run: JobRun, release: Release) -> None:
        refuse_spoilt(release.build)
        self.run = run
        self.release = release
        self.build = release.build
        self.assets = assets_of(release.build)
        self.files = PackFiles.of(release.build) if release.tree else None
        self._patience = Patience(run)
        self._holdings = Holdings()
        self._known = release.github_id
        self._sent: set[str] = set()
        self._told_at = 0.0

    def do(self) -> Write:
        """Publish it; what is returned writes down what GitHub says then."""
        with connected() as github:
            facts = self._patience.until_done(partial(self._pass, github))

        def write() -> dict[str, Any]:
            self.release.follow(facts)
            return {"release": self.release.pk, "tag": self.release.tag, "url": self.release.url}

        return write

    def _pass(self, github: Github) -> dict[str, Any]:
        self._say(LOOKING, "looking at what GitHub has")
        repo = open_repository(github)
        entry = self.files.registry_entry(repo.full_name, self.release.tag) if self.files else {}
        there = self._of_tag(repo)
        out = next((one for one in there if not one.draft), None)
        commit = ""
        if out is None:
            branch = Branch(repo, moved=self._patience.moved, say=self._say_files, sent=self._sent)
            branch.head()  # an empty repository is said before anything is made in it
            self._refuse_older(repo)
            draft = self._draft(repo, there)
            self._fill(draft)
            commit = self._commit(repo, branch)
            out = self._publish(repo, draft, commit)
        elif self.files:
            commit = self._tagged_commit(repo) or ""
        assets = self._refuse_other(out)
        self._delete([one for one in self._of_tag(repo) if one.draft and one.id != out.id])
        return self._facts(out, assets, commit) | {"registry_entry": entry}

    def _of_tag(self, repo: Repository) -> list[GitRelease]:
        return releases_of(repo, self.release.tag, self._known)

    def _refuse_older(self, repo: Repository) -> None:
        """Versions only rise, whatever this studio's database knows of those before."""
        slug = self.build.pack.slug
        refs = repo.get_git_matching_refs(f"tags/{tag_of(slug, '')}")
        tags = [ref.ref.removeprefix("refs/tags/") for ref in refs]
        newest = max((number for tag in tags if (number := number_in(tag, slug))), default=None)
        if newest and newest > self.build.number:
            version = ".".join(map(str, newest))
            raise PublishError(
                f"{repo.full_name} has version {version} of {slug} already, so {self.build.version} cannot "
                "be published: versions only rise; build the pack as a new one."
            )

    def _draft(self, repo: Repository, drafts: list[GitRelease]) -> GitRelease:
        """The draft to fill: the fullest of those that earlier tries left, else a new one."""
        if drafts:
            fullest = max(drafts, key=self._fullness) if len(drafts) > 1 else drafts[0]
            self._delete([one for one in drafts if one.id != fullest.id])
            return fullest
        self._say(LOOKING, "making a draft")
        draft = repo.create_git_release(
            self.release.tag,
            self._title,
            self._notes(repo),
            draft=True,
            target_commitish=repo.default_branch,
        )
        self._known = draft.id
        self._patience.moved()
        return draft

    def _fullness(self, draft: GitRelease) -> tuple[int, int]:
        return len(self._holdings.right(self.assets, draft)), draft.id

    def _fill(self, draft: GitRelease) -> None:
        there = {asset.name: asset for asset in draft.get_assets()}
        for name, asset in self.assets.items():
            if name in there:
                if self._holdings.is_right(asset, there[name]):
                    continue
                there[name].delete_asset()  # what a cut connection left keeps the name from being used
            self._say(DRAFTED, f"uploading {name}")
            upload(draft, asset, self._holdings, tell=partial(self._tell, asset))
            self._patience.moved()

    def _commit(self, repo: Repository, branch: Branch) -> str:
        """The files' commit, with the tag at it; ``""`` where only a release is wanted."""
        if self.files is None:
            return ""
        if commit := self._tagged_commit(repo):
            return commit
        commit = branch.commit(partial(self._changes, repo), f"{self.build.pack.slug} {self.build.version}")
        repo.create_git_ref(f"refs/tags/{self.release.tag}", commit)
        self._patience.moved()
        return commit

    def _tagged_commit(self, repo: Repository) -> str | None:
        """The commit that the tag is at, None without one; raises `PublishError` for one of other files."""
        assert self.files
        commit = tagged(repo, self.release.tag)
        if commit and Snapshot.of(repo, commit).folder(self.files.folder) != self.files.git_shas:
            raise PublishError(
                f"The tag {self.release.tag} is in {repo.full_name} already, without these files; delete it "
                "there, or build the pack as a new version."
            )
        return commit

    def _changes(self, repo: Repository, snapshot: Snapshot) -> Changes:
        assert self.files
        folder, there, wanted = self.files.folder, snapshot.folder(self.files.folder), self.files.git_shas
        changes: dict[str, bytes | None] = {f"{folder}/{path}": None for path in there.keys() - wanted.keys()}
        for path, content in self.files.contents.items():
            if there.get(path) != wanted[path]:
                changes[f"{folder}/{path}"] = content
        entry = index.entry_of(
            self.build, self.files, tag=self.release.tag, zip_url=self._url(repo, self.build.file_name)
        )
        before = snapshot.read(index.DOCUMENT)
        if (after := index.with_entry(before, entry)) != before:
            changes[index.DOCUMENT] = after
        return changes

    def _publish(self, repo: Repository, draft: GitRelease, commit: str) -> GitRelease:
        """Have everybody see it, once all of its files are there as they have to be."""
        if missing := self.assets.keys() - self._holdings.right(self.assets, draft).keys():
            raise Fault(f"GitHub does not hold {min(missing)} as it was sent; publish again.")
        self._say(COMMITTED, "publishing")
        out = draft.update_release(
            self._title,
            self._notes(repo),
            draft=False,
            tag_name=self.release.tag,
            target_commitish=commit or repo.default_branch,
        )
        if out.draft:
            raise Fault(f"GitHub has not published {self.release.tag}; publish again.")
        return out

    def _refuse_other(self, out: GitRelease) -> dict[str, GitReleaseAsset]:
        """The files of what is out; raises `PublishError` when they are not those of the build."""
        right = self._holdings.right(self.assets, out)
        if wrong := [name for name in self.assets if name not in right]:
            raise PublishError(
                f"{self.release.tag} is out on GitHub already with another {wrong[0]}, or without it; "
                "withdraw it, or build the pack as a new version."
            )
        return right

    def _delete(self, drafts: list[GitRelease]) -> None:
        """Delete drafts that lost answers left: of one release there is one."""
        for draft in drafts:
            delete(draft)
            self._patience.moved()

    def _facts(self, out: GitRelease, assets: dict[str, GitReleaseAsset], commit: str) -> dict[str, Any]:
        digests = {name: asset.sha256 for name, asset in self.assets.items()}
        return {
            "state": Release.State.PUBLISHED,
            "github_id": out.id,
            "url": out.html_url,
            "assets": told(assets, digests),
            "commit": commit,
            "published_at": out.published_at or timezone.now(),
            "withdrawn_at": None,
            "refreshed_at": timezone.now(),
        }

    @property
    def _title(self) -> str:
        named = " ".join(str(self.build.manifest.get("display_name") or self.build.pack.slug).split())
        return f"{printable(named, LONGEST_TITLE)} {self.build.version}"

    def _notes(self, repo: Repository) -> str:
        return notes_of(self.build, self._url(repo, self.build.file_name))

    def _url(self, repo: Repository, name: str) -> str:
        """Where a file of the release will be, once it is out."""
        return f"{repo.html_url}/releases/download/{self.release.tag}/{name}"

    def _tell(self, asset: Asset, done: int) -> None:
        if time.monotonic() - self._told_at < TELL_EVERY_S:
            return
        self._told_at = time.monotonic()
        share = done / asset.bytes
        sizes = f"{done / 1e6:.1f} of {asset.bytes / 1e6:.1f} MB"
        self._say(DRAFTED + share * (UPLOADED - DRAFTED), f"uploading {asset.name}, {sizes}")

    def _say_files(self, message: str) -> None:
        wanted = len(self.files.contents) if self.files else 1
        self._say(UPLOADED + min(len(self._sent) / wanted, 1) * (COMMITTED - UPLOADED), message)

    def _say(self, fraction: float, message: str) -> None:
        self.run.progress(fraction, message)
