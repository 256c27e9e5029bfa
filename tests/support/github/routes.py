"""What GitHub answers, request by request: a status and data, or the address to go to.

`asked` is the body, or what stands in the address and what is accepted.
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

from tests.support.github.git import Refused
from tests.support.github.repo import FakeRelease, FakeRepo

Answer = tuple[int, Any]
_REPO = r"/repos/(?P<repo>[^/]+/[^/]+)"


def _release(repo: FakeRepo, id_: str) -> FakeRelease:
    if int(id_) not in repo.releases:
        raise Refused(404, "Not Found")
    return repo.releases[int(id_)]


def look(repo: FakeRepo, asked: Any) -> Answer:
    return 200, repo.told()


def user(repo: FakeRepo, asked: Any) -> Answer:
    return 200, {"login": "octocat", "id": 1, "type": "User"}


def releases(repo: FakeRepo, asked: Any) -> Answer:
    return 200, repo.listed()


def create_release(repo: FakeRepo, asked: Any) -> Answer:
    return 201, repo.told_release(repo.create_release(asked))


def release(repo: FakeRepo, asked: Any, id: str) -> Answer:
    return 200, repo.told_release(_release(repo, id))


def update_release(repo: FakeRepo, asked: Any, id: str) -> Answer:
    return 200, repo.told_release(repo.update_release(_release(repo, id), asked))


def delete_release(repo: FakeRepo, asked: Any, id: str) -> Answer:
    repo.delete_release(_release(repo, id))
    return 204, None


def release_of_tag(repo: FakeRepo, asked: Any, tag: str) -> Answer:
    for one in repo.published():
        if one.tag == tag:
            return 200, repo.told_release(one)
    raise Refused(404, "Not Found")


def assets(repo: FakeRepo, asked: Any, id: str) -> Answer:
    one = _release(repo, id)
    return 200, [repo.told_asset(one, asset) for asset in one.assets.values()]


def asset(repo: FakeRepo, asked: Any, id: str) -> Answer:
    whose, one = repo.find_asset(int(id))
    if "octet-stream" in asked["accept"]:
        return 302, f"/{repo.full_name}/storage/{one.id}"
    return 200, repo.told_asset(whose, one)


def storage(repo: FakeRepo, asked: Any, id: str) -> Answer:
    return 200, repo.find_asset(int(id))[1].content


def delete_asset(repo: FakeRepo, asked: Any, id: str) -> Answer:
    whose, one = repo.find_asset(int(id))
    del whose.assets[one.id]
    return 204, None


def download(repo: FakeRepo, asked: Any, tag: str, name: str) -> Answer:
    """What anybody gets, of what is published."""
    for one in repo.published():
        there = one.asset(name)
        if one.tag == tag and there:
            there.downloads += 1
            return 200, there.content
    raise Refused(404, "Not Found")


def _told_ref(repo: FakeRepo, name: str) -> dict[str, Any]:
    sha = repo.git.refs[name]
    object_ = {"type": "commit", "sha": sha, "url": f"{repo.api}/git/commits/{sha}"}
    return {"ref": f"refs/{name}", "url": f"{repo.api}/git/refs/{name}", "object": object_}


def ref(repo: FakeRepo, asked: Any, name: str) -> Answer:
    if not repo.git.refs:
        raise Refused(409, "Git Repository is empty.")
    if name not in repo.git.refs:
        raise Refused(404, "Not Found")
    return 200, _told_ref(repo, name)


def matching_refs(repo: FakeRepo, asked: Any, beginning: str) -> Answer:
    if not repo.git.refs:
        raise Refused(409, "Git Repository is empty.")
    return 200, [_told_ref(repo, name) for name in sorted(repo.git.refs) if name.startswith(beginning)]


def create_ref(repo: FakeRepo, asked: Any) -> Answer:
    name = asked["ref"].removeprefix("refs/")
    repo.git.make_ref(name, asked["sha"])
    return 201, _told_ref(repo, name)


def move_ref(repo: FakeRepo, asked: Any, name: str) -> Answer:
    repo.git.move_ref(name, asked["sha"], force=asked.get("force", False))
    return 200, _told_ref(repo, name)


def delete_ref(repo: FakeRepo, asked: Any, name: str) -> Answer:
    repo.delete_ref(name)
    return 204, None


def blob(repo: FakeRepo, asked: Any, sha: str) -> Answer:
    if sha not in repo.git.blobs:
        raise Refused(404, "Not Found")
    content = base64.encodebytes(repo.git.blobs[sha]).decode()
    return 200, {"sha": sha, "content": content, "encoding": "base64", "size": len(repo.git.blobs[sha])}


def create_blob(repo: FakeRepo, asked: Any) -> Answer:
    content = asked["content"]
    data = base64.b64decode(content) if asked["encoding"] == "base64" else content.encode()
    sha = repo.git.add_blob(data)
    return 201, {"sha": sha, "url": f"{repo.api}/git/blobs/{sha}"}


def _told_tree(repo: FakeRepo, sha: str, entries: dict[str, Any]) -> dict[str, Any]:
    tree = [
        {"path": path, "mode": mode, "type": type_, "sha": name}
        for path, (mode, type_, name) in sorted(entries.items())
    ]
    return {"sha": sha, "url": f"{repo.api}/git/trees/{sha}", "tree": tree, "truncated": False}


def tree(repo: FakeRepo, asked: Any, sha: str) -> Answer:
    if sha not in repo.git.trees:
        raise Refused(404, "Not Found")
    return 200, _told_tree(repo, sha, repo.git.files(sha) if "recursive" in asked else repo.git.trees[sha])


def create_tree(repo: FakeRepo, asked: Any) -> Answer:
    sha = repo.git.changed(asked.get("base_tree", ""), asked["tree"])
    return 201, _told_tree(repo, sha, repo.git.trees[sha])


def _told_commit(repo: FakeRepo, sha: str) -> dict[str, Any]:
    commit = repo.git.commits[sha]
    return {
        "sha": sha, "url": f"{repo.api}/git/commits/{sha}", "message": commit.message,
        "tree": {"sha": commit.tree, "url": f"{repo.api}/git/trees/{commit.tree}"},
        "parents": [{"sha": parent, "url": f"{repo.api}/git/commits/{parent}"} for parent in commit.parents],
    }  # fmt: skip


def commit(repo: FakeRepo, asked: Any, sha: str) -> Answer:
    if sha not in repo.git.commits:
        raise Refused(404, "Not Found")
    return 200, _told_commit(repo, sha)


def create_commit(repo: FakeRepo, asked: Any) -> Answer:
    sha = repo.git.add_commit(asked["tree"], asked["parents"], asked["message"])
    return 201, _told_commit(repo, sha)


ROUTES: list[tuple[str, str, Callable[..., Answer]]] = [
    ("GET", "/user", user),
    ("GET", _REPO, look),
    ("GET", rf"{_REPO}/releases", releases),
    ("POST", rf"{_REPO}/releases", create_release),
    ("GET", rf"{_REPO}/releases/(?P<id>\d+)", release),
    ("PATCH", rf"{_REPO}/releases/(?P<id>\d+)", update_release),
    ("DELETE", rf"{_REPO}/releases/(?P<id>\d+)", delete_release),
    ("GET", rf"{_REPO}/releases/tags/(?P<tag>[^/]+)", release_of_tag),
    ("GET", rf"{_REPO}/releases/(?P<id>\d+)/assets", assets),
    ("GET", rf"{_REPO}/releases/assets/(?P<id>\d+)", asset),
    ("DELETE", rf"{_REPO}/releases/assets/(?P<id>\d+)", delete_asset),
    ("GET", rf"{_REPO}/git/ref/(?P<name>.+)", ref),
    ("GET", rf"{_REPO}/git/matching-refs/(?P<beginning>.+)", matching_refs),
    ("POST", rf"{_REPO}/git/refs", create_ref),
    ("PATCH", rf"{_REPO}/git/refs/(?P<name>.+)", move_ref),
    ("DELETE", rf"{_REPO}/git/refs/(?P<name>.+)", delete_ref),
    ("GET", rf"{_REPO}/git/blobs/(?P<sha>\w+)", blob),
    ("POST", rf"{_REPO}/git/blobs", create_blob),
    ("GET", rf"{_REPO}/git/trees/(?P<sha>\w+)", tree),
    ("POST", rf"{_REPO}/git/trees", create_tree),
    ("GET", rf"{_REPO}/git/commits/(?P<sha>\w+)", commit),
    ("POST", rf"{_REPO}/git/commits", create_commit),
    ("GET", r"/(?P<repo>[^/]+/[^/]+)/releases/download/(?P<tag>[^/]+)/(?P<name>[^/]+)", download),
    ("GET", r"/(?P<repo>[^/]+/[^/]+)/storage/(?P<id>\d+)", storage),
]
