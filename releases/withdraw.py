"""Taking a release away from GitHub: its files in the repository, itself, its tag."""

from __future__ import annotations

import base64
import json
from functools import partial
from typing import Any

from django.utils import timezone
from github import Github, GithubException
from github.Repository import Repository

from jobs.models import Write
from jobs.run import JobRun
from packs.formats import cesp
from releases import index
from releases.models import Release
from releases.patience import Patience
from releases.session import connected, open_repository
from releases.there import delete, releases_of
from releases.tree import Branch, Changes, Snapshot


class Withdrawing:
    """One attempt at having nothing of a release left there; each part may be gone already."""

    def __init__(self, run: JobRun, release: Release) -> None:
        self.run = run
        self.release = release
        self.build = release.build
        self._patience = Patience(run)

    def do(self) -> Write:
        """Take it away; what is returned writes that down. The version stays used."""
        with connected() as github:
            self._patience.until_done(partial(self._pass, github))

        def write() -> dict[str, Any]:
            now = timezone.now()
            gone: dict[str, Any] = {"github_id": None, "url": "", "commit": "", "registry_entry": {}}
            release = self.release
            release.follow(
                {"state": Release.State.WITHDRAWN, "withdrawn_at": now, "refreshed_at": now, **gone}
            )
            return {"release": release.pk, "tag": release.tag}

        return write

    def _pass(self, github: Github) -> None:
        self.run.progress(0.1, "looking at what GitHub has")
        repo = open_repository(github)
        if self.release.tree:
            say = partial(self.run.progress, 0.3)
            branch = Branch(repo, moved=self._patience.moved, say=say, sent=set())
            branch.commit(self._changes, f"Withdraw {self.build.pack.slug} {self.build.version}")
        for one in releases_of(repo, self.release.tag, self.release.github_id):
            self.run.progress(0.6, "deleting the release")
            delete(one)
            self._patience.moved()
        self._delete_tag(repo)

    def _changes(self, snapshot: Snapshot) -> Changes:
        """Without the files and their entry in the index, if it is this version that lies there."""
        folder = self.build.pack.slug
        there = snapshot.folder(folder)
        changes: dict[str, bytes | None] = {}
        if cesp.DOCUMENT in there and self._version(snapshot, there[cesp.DOCUMENT]) == self.build.version:
            changes = {f"{folder}/{path}": None for path in there}
        after = index.without_entry(snapshot.read(index.DOCUMENT), folder, self.build.version)
        if after is not None:
            changes[index.DOCUMENT] = after
        return changes

    def _version(self, snapshot: Snapshot, sha: str) -> str:
        try:
            document = json.loads(base64.b64decode(snapshot.repo.get_git_blob(sha).content))
        except ValueError:
            return ""
        return str(document.get("version", "")) if isinstance(document, dict) else ""

    def _delete_tag(self, repo: Repository) -> None:
        try:
            self.run.progress(0.9, "deleting the tag")
            repo.get_git_ref(f"tags/{self.release.tag}").delete()
        except GithubException as error:
            if error.status != 404:
                raise
