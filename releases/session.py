"""The connection to the repository that the settings name."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import requests
from django.conf import settings
from github import Auth, Github, UnknownObjectException
from github.Repository import Repository
from github.Requester import HTTPRequestsConnectionClass, HTTPSRequestsConnectionClass, Requester

from packs.archive import shown
from releases.errors import PublishError
from releases.faults import not_github
from releases.github import missing_settings, repository

CHUNK = 64 * 1024


class _Http(HTTPRequestsConnectionClass):
    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options | {"timeout": settings.GITHUB_TIMEOUT_S})


class _Https(HTTPSRequestsConnectionClass):
    """PyGithub gives its timeout to api.github.com, but not to the hosts of uploads and downloads."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options | {"timeout": settings.GITHUB_TIMEOUT_S})


@contextmanager
def connected() -> Iterator[Github]:
    """GitHub, in the name of the settings' token; raises `PublishError` where they say too little.

    PyGithub repeats no request here: of a write whose answer was lost there would be two.
    """
    if missing := missing_settings():
        raise PublishError(missing)
    Requester.injectConnectionClasses(_Http, _Https)
    github = Github(
        auth=Auth.Token(settings.GITHUB_TOKEN),
        base_url=settings.GITHUB_API_URL.rstrip("/"),
        timeout=settings.GITHUB_TIMEOUT_S,
        user_agent=f"ccbell-sound-studio/{settings.VERSION}",
        per_page=100,
        retry=None,
        seconds_between_requests=None,
        seconds_between_writes=settings.GITHUB_SECONDS_BETWEEN_WRITES,
    )
    try:
        yield github
    finally:
        github.close()


def download(url: str) -> Iterator[bytes]:
    """The bytes of an asset, piece by piece.

    PyGithub goes only where the API is, and GitHub Enterprise may keep files elsewhere; the token does not
    go along to another host.
    """

    def sign(request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"token {settings.GITHUB_TOKEN}"
        return request

    headers = {"Accept": "application/octet-stream"}
    wait_s = settings.GITHUB_TIMEOUT_S
    with requests.get(url, headers=headers, auth=sign, stream=True, timeout=wait_s) as answer:
        answer.raise_for_status()
        yield from answer.iter_content(CHUNK)


def open_repository(github: Github, *, to_write: bool = True) -> Repository:
    """The settings' repository; raises `PublishError` when it is not there, or not to be written to."""
    name = repository()
    try:
        repo = github.get_repo(name)
    except UnknownObjectException as error:
        raise PublishError(
            f"GitHub has no repository {name}, or the token may not see it; check GITHUB_REPO_OWNER and "
            "GITHUB_REPO_NAME, and what the token is for."
        ) from error
    if not isinstance(repo.full_name, str) or not isinstance(repo.default_branch, str):
        raise not_github()
    if repo.full_name.casefold() != name.casefold():
        raise PublishError(
            f"The repository {name} is called {shown(repo.full_name)} now; set GITHUB_REPO_OWNER and "
            "GITHUB_REPO_NAME to that."
        )
    if to_write and repo.archived:
        raise PublishError(
            f"The repository {name} is archived, so nothing can be changed there; unarchive it."
        )
    return repo
