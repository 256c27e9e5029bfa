"""What the hub knows of a repository's files, asked through its own library; only for the child process."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import httpx2
from huggingface_hub import constants, get_hf_file_metadata, get_token, hf_hub_url
from huggingface_hub.errors import GatedRepoError, HfHubHTTPError, OfflineModeIsEnabled
from huggingface_hub.utils import build_hf_headers

from sounds.engines.stable_audio.files import Repository
from sounds.weights import token
from sounds.weights.errors import WeightsError

TOKENS = "https://huggingface.co/settings/tokens"
REVISION = re.compile(r"[0-9a-f]{40}")
ETAG = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]*")


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """A file on the hub; `etag` is the hash of its content."""

    repository: Repository
    name: str
    revision: str
    etag: str
    size: int

    @property
    def url(self) -> str:
        return hf_hub_url(self.repository.ids[0], self.name, revision=self.revision)


def look_up(repository: Repository) -> list[RemoteFile]:
    """Ask for every file we need, all of one revision; raises `WeightsError`."""
    with in_words(repository):
        first = _ask(repository, repository.files[0], "main")
        return [first, *(_ask(repository, name, first.revision) for name in repository.files[1:])]


def headers(repository: Repository, **more: str) -> dict[str, str]:
    """Headers of a request for a file's bytes."""
    return {**build_hf_headers(token=_token(repository)), "Accept-Encoding": "identity", **more}


@contextmanager
def in_words(repository: Repository) -> Iterator[None]:
    """Put what the hub or the way to it answers into one sentence."""
    try:
        yield
    except OfflineModeIsEnabled:
        raise WeightsError(
            "HF_HUB_OFFLINE forbids going to the hub; unset it, or give the files with --from DIR."
        ) from None
    except HfHubHTTPError as error:
        raise WeightsError(_refusal(repository, error)) from error
    except (httpx2.TransportError, httpx2.InvalidURL, httpx2.TooManyRedirects) as error:
        # A protocol error quotes headers, and one of them is the token.
        quiet = isinstance(error, httpx2.LocalProtocolError) or not str(error)
        reason = type(error).__name__ if quiet else str(error)
        raise WeightsError(
            f"{constants.ENDPOINT} cannot be reached ({reason}); look at the "
            "network (and HF_ENDPOINT, if set) and run it again, or give the files with --from DIR."
        ) from error


def _token(repository: Repository) -> str | bool:
    """It goes only where one is needed; False keeps the library from sending it by itself."""
    found = get_token() if repository.gated else None
    return token.checked(found) if found else False


def _ask(repository: Repository, name: str, revision: str) -> RemoteFile:
    id_ = repository.ids[0]
    answer = get_hf_file_metadata(hf_hub_url(id_, name, revision=revision), token=_token(repository))
    commit, etag, size = answer.commit_hash, answer.etag, answer.size
    if not (commit and REVISION.fullmatch(commit) and etag and ETAG.fullmatch(etag) and size is not None):
        raise WeightsError(
            f"{constants.ENDPOINT} does not answer as a Hugging Face hub does; correct or unset HF_ENDPOINT."
        )
    return RemoteFile(repository, name, commit, etag, size)


def _refusal(repository: Repository, error: HfHubHTTPError) -> str:
    status = error.response.status_code
    page = f"https://huggingface.co/{repository.ids[0]}"
    if status == 403 or (isinstance(error, GatedRepoError) and status != 401):
        return (
            f"The hub does not give you {repository.title} yet; accept its licence at {page} while logged in "
            "(and let the token read gated repositories), then run it again."
        )
    if status == 401 and repository.gated:
        if get_token():
            return (
                f"The hub does not accept this token; make a new one at {TOKENS} and give it by HF_TOKEN or "
                "--token-file."
            )
        return (
            f"{repository.title} needs a token; make one at {TOKENS} and give it by HF_TOKEN or --token-file."
        )
    if status in (401, 404):
        return (
            f"{constants.ENDPOINT} has no {repository.ids[0]} with the files {', '.join(repository.files)}."
        )
    if status == 429:
        return "The hub has had too many requests from here; wait some minutes and run it again."
    return f"The hub has trouble just now (it answers {status}); run it again later."
