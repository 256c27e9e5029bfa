"""Git objects in memory, named as git names them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

Entry = tuple[str, str, str]
"""Mode, type, name of the object."""


class Refused(Exception):
    """What GitHub says no with: a status, a message, and perhaps errors."""

    def __init__(self, status: int, message: str, errors: list[dict[str, str]] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.body = {"message": message, "documentation_url": "https://docs.github.com/rest"}
        if errors:
            self.body["errors"] = errors  # type: ignore[assignment]


@dataclass(slots=True)
class Commit:
    tree: str
    parents: list[str]
    message: str


@dataclass(slots=True)
class Git:
    blobs: dict[str, bytes] = field(default_factory=dict)
    trees: dict[str, dict[str, Entry]] = field(default_factory=dict)
    commits: dict[str, Commit] = field(default_factory=dict)
    refs: dict[str, str] = field(default_factory=dict)
    """Such as ``heads/main``, to a commit."""

    def add_blob(self, content: bytes) -> str:
        sha = _name("blob", content)
        self.blobs[sha] = content
        return sha

    def add_tree(self, files: dict[str, Entry]) -> str:
        """A tree of files given by their whole paths."""
        here: dict[str, Entry] = {}
        below: dict[str, dict[str, Entry]] = {}
        for path, entry in files.items():
            head, _, rest = path.partition("/")
            if rest:
                below.setdefault(head, {})[rest] = entry
            else:
                here[head] = entry
        for name, inner in below.items():
            here[name] = ("040000", "tree", self.add_tree(inner))
        text = b"".join(
            f"{mode.lstrip('0')} {name}\0".encode() + bytes.fromhex(sha)
            for name, (mode, _, sha) in sorted(here.items())
        )
        sha = _name("tree", text)
        self.trees[sha] = here
        return sha

    def add_commit(self, tree: str, parents: list[str], message: str) -> str:
        if tree not in self.trees or any(parent not in self.commits for parent in parents):
            raise Refused(422, "Tree SHA or parent does not exist")
        text = f"{tree}{parents}{message}{len(self.commits)}".encode()
        sha = _name("commit", text)
        self.commits[sha] = Commit(tree, parents, message)
        return sha

    def files(self, tree: str, beginning: str = "") -> dict[str, Entry]:
        """Every file of a tree by its whole path."""
        found: dict[str, Entry] = {}
        for name, entry in self.trees[tree].items():
            if entry[1] == "tree":
                found |= self.files(entry[2], f"{beginning}{name}/")
            else:
                found[f"{beginning}{name}"] = entry
        return found

    def changed(self, base: str, elements: list[dict[str, str | None]]) -> str:
        """A tree like another one but for some files; one without a ``sha`` goes."""
        files = self.files(base) if base else {}
        for element in elements:
            path, sha = str(element["path"]), element["sha"]
            if sha is None:
                if path not in files:
                    raise Refused(422, "GitRPC::BadObjectState")
                del files[path]
            elif sha not in self.blobs:
                raise Refused(422, "tree.sha is not a valid blob")
            else:
                files[path] = (str(element["mode"]), "blob", sha)
        return self.add_tree(files)

    def is_ahead(self, sha: str, of: str) -> bool:
        return sha == of or any(self.is_ahead(parent, of) for parent in self.commits[sha].parents)

    def make_ref(self, name: str, sha: str) -> None:
        if name in self.refs:
            raise Refused(422, "Reference already exists")
        if sha not in self.commits:
            raise Refused(422, "Object does not exist")
        self.refs[name] = sha

    def move_ref(self, name: str, sha: str, *, force: bool) -> None:
        if name not in self.refs:
            raise Refused(422, "Reference does not exist")
        if sha not in self.commits:
            raise Refused(422, "Object does not exist")
        if not force and not self.is_ahead(sha, self.refs[name]):
            raise Refused(422, "Update is not a fast forward")
        self.refs[name] = sha

    def push(self, branch: str, changes: dict[str, bytes | None], message: str = "by hand") -> str:
        """What somebody with a clone does."""
        head = self.refs.get(f"heads/{branch}")
        elements = [
            {"path": path, "mode": "100644", "sha": None if data is None else self.add_blob(data)}
            for path, data in changes.items()
        ]
        tree = self.changed(self.commits[head].tree if head else "", elements)
        sha = self.add_commit(tree, [head] if head else [], message)
        self.refs[f"heads/{branch}"] = sha
        return sha

    def read(self, ref: str, path: str) -> bytes:
        return self.blobs[self.files(self.commits[self.refs[ref]].tree)[path][2]]

    def paths(self, ref: str) -> set[str]:
        return set(self.files(self.commits[self.refs[ref]].tree))

    def history(self, ref: str) -> list[str]:
        """Messages of the commits along first parents, the newest first."""
        sha, messages = self.refs.get(ref, ""), []
        while sha:
            messages.append(self.commits[sha].message)
            sha = next(iter(self.commits[sha].parents), "")
        return messages


def _name(kind: str, content: bytes) -> str:
    return hashlib.sha1(f"{kind} {len(content)}\0".encode() + content).hexdigest()
