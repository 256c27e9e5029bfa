"""The releases that a repository has, as they are now."""

from __future__ import annotations

from github import UnknownObjectException
from github.GitRelease import GitRelease
from github.Repository import Repository


def releases_of(repo: Repository, tag: str, known: int | None = None) -> list[GitRelease]:
    """The releases of a tag, drafts among them: those are found only by going through all.

    GitHub's list may be minutes behind its own answers: it can show as a draft what is out, lack what was
    made, and hold what was deleted. So each is asked for by itself, and so is the `known` one.
    """
    listed = [one.id for one in repo.get_releases() if one.tag_name == tag]
    ids = dict.fromkeys([*listed, *([known] if known else [])])
    fresh = [one for id_ in ids if (one := release_with(repo, id_))]
    return [one for one in fresh if one.tag_name == tag]


def release_with(repo: Repository, id_: int) -> GitRelease | None:
    """The release of an id; None where there is none."""
    try:
        return repo.get_release(id_)
    except UnknownObjectException:
        return None


def delete(release: GitRelease) -> None:
    """Delete a release that may be gone already."""
    try:
        release.delete_release()
    except UnknownObjectException:
        return
