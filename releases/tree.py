"""Files in a repository, changed in one commit by GitHub's git data API."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from github import GithubException, InputGitTreeElement
from github.GitCommit import GitCommit
from github.GitRef import GitRef
from github.GitTreeElement import GitTreeElement
from github.Repository import Repository

from packs.archive import shown
from releases.errors import PublishError
from releases.faults import Fault, said_by
from releases.files import git_sha

MOST_HEADS = 5
"""So often somebody else may push in the moment between looking and committing."""
_FILE = "100644"

Changes = Mapping[str, bytes | None]
"""Path to what shall be there; None for what shall not."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A commit's files, looked at where somebody asks."""

    repo: Repository
    commit: GitCommit
    root: Mapping[str, GitTreeElement]

    @classmethod
    def of(cls, repo: Repository, sha: str) -> Snapshot:
        commit = repo.get_git_commit(sha)
        root = {entry.path: entry for entry in repo.get_git_tree(commit.tree.sha).tree}
        return cls(repo, commit, root)

    def folder(self, name: str) -> dict[str, str]:
        """Path below a folder to git's name of the content; empty where there is no such folder.

        Raises `PublishError` when something else has that name.
        """
        if name not in self.root:
            return {}
        if self.root[name].type != "tree":
            raise PublishError(f"{shown(name)} in the repository is no folder; rename it there.")
        tree = self.repo.get_git_tree(self.root[name].sha, recursive=True)
        if tree.truncated:
            raise PublishError(
                f"The folder {shown(name)} in the repository holds too many files; clean it up."
            )
        return {entry.path: entry.sha for entry in tree.tree if entry.type != "tree"}

    def read(self, name: str) -> bytes | None:
        """A file at the root; None where there is none."""
        if name not in self.root:
            return None
        if self.root[name].type != "blob":
            raise PublishError(f"{shown(name)} in the repository is no file; rename it there.")
        return base64.b64decode(self.repo.get_git_blob(self.root[name].sha).content)


class Branch:
    """The default branch of a repository, to be moved on by whole commits."""

    def __init__(
        self, repo: Repository, *, moved: Callable[[], None], say: Callable[[str], None], sent: set[str]
    ) -> None:
        """`moved` is called after each write that went through; `sent` remembers what was uploaded."""
        self._repo = repo
        self._moved = moved
        self._say = say
        self._sent = sent

    def head(self) -> GitRef:
        """Raises as a `GithubException` of status 409 for a repository without a commit."""
        return self._repo.get_git_ref(f"heads/{self._repo.default_branch}")

    def commit(self, changes_of: Callable[[Snapshot], Changes], message: str) -> str:
        """Commit what `changes_of` says for the head as it is; the commit that holds all of it.

        When somebody else pushes meanwhile, it is asked anew for what they pushed. Where the head holds
        everything already, that is the commit.
        """
        for _ in range(MOST_HEADS):
            head = self.head()
            snapshot = Snapshot.of(self._repo, head.object.sha)
            elements = [self._element(path, content) for path, content in changes_of(snapshot).items()]
            if not elements:
                return head.object.sha
            self._say("committing the files")
            commit = self._made(snapshot.commit, elements, message)
            if self._forward(head, commit):
                return commit.sha
        raise Fault(f"Others push to {self._repo.full_name} all the time; publish again in a while.")

    def _element(self, path: str, content: bytes | None) -> InputGitTreeElement:
        return InputGitTreeElement(
            path, _FILE, "blob", sha=None if content is None else self._send(path, content)
        )

    def _send(self, path: str, content: bytes) -> str:
        sha = git_sha(content)
        if sha not in self._sent:
            self._say(f"sending {path}")
            there = self._repo.create_git_blob(base64.b64encode(content).decode(), "base64")
            if there.sha != sha:
                raise Fault(f"{path} did not arrive at GitHub as it was sent; publish again.")
            self._sent.add(sha)
            self._moved()
        return sha

    def _made(self, parent: GitCommit, elements: list[InputGitTreeElement], message: str) -> GitCommit:
        tree = self._repo.create_git_tree(elements, base_tree=parent.tree)
        return self._repo.create_git_commit(message, tree, [parent])

    def _forward(self, head: GitRef, commit: GitCommit) -> bool:
        """Move the branch on, if it is still where it was; whether that was so."""
        try:
            head.edit(commit.sha, force=False)
        except GithubException as error:
            if error.status == 422 and "fast forward" in said_by(error).lower().replace("-", " "):
                return False
            raise
        self._moved()
        return True


def tagged(repo: Repository, tag: str) -> str | None:
    """The commit that a tag is at; None where there is no such tag."""
    try:
        target = repo.get_git_ref(f"tags/{tag}").object
    except GithubException as error:
        if error.status == 404:
            return None
        raise
    while target.type == "tag":
        target = repo.get_git_tag(target.sha).object
    return target.sha
