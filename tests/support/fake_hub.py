"""A small Hugging Face hub on loopback that serves folders, counts its bytes and misbehaves on demand.

It speaks what huggingface_hub asks: ``/{owner}/{name}/resolve/{revision}/{file}`` with the hash and size in
headers, large files redirected to another host with Range support, refusals with ``X-Error-Code``.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections import Counter
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

TOKEN = "hf_of-somebody-who-accepted"
STRANGER = "hf_of-somebody-who-has-not"
PIECE = 16 * 1024


@dataclass(slots=True)
class Repo:
    """A served folder; files that end in one of `large` lie on the other host, as LFS files do."""

    folder: Path
    gated: bool = False
    large: tuple[str, ...] = (".safetensors",)

    @property
    def commit(self) -> str:
        listing = "".join(f"{path.name}{path.stat().st_size}" for path in sorted(self.folder.glob("*")))
        return hashlib.sha1(listing.encode()).hexdigest()

    def is_large(self, name: str) -> bool:
        return name.endswith(self.large)

    def etag(self, name: str) -> str:
        data = (self.folder / name).read_bytes()
        if self.is_large(name):
            return hashlib.sha256(data).hexdigest()
        return hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()


@dataclass(slots=True)
class Faults:
    """What goes wrong with the bodies of large files, and with every answer."""

    status: int | None = None
    """Every request is answered with it."""
    body_status: int | None = None
    """Every body is answered with it."""
    cut_after: int | None = None
    """The connection ends after so many bytes of each body …"""
    cuts: int | None = None
    """… so many times; None: always."""
    shorter_by: int = 0
    """Bodies end early, and say that it is right so."""
    wrong_bytes: bool = False
    no_ranges: bool = False
    hold_after: int | None = None
    """A body stops after so many bytes until `release` is called."""
    claimed_size: int | None = None
    """The size that large files are said to have."""
    not_a_hub: bool = False
    let_go: threading.Event = field(default_factory=threading.Event)


class FakeHub:
    """Use it as a context manager; `address` is for HF_ENDPOINT."""

    def __init__(self) -> None:
        self.repos: dict[str, Repo] = {}
        self.faults = Faults()
        self.served: Counter[str] = Counter()
        """Bytes of each file that went out."""
        self.tokens_seen: dict[str, set[str]] = {}
        """Paths to the tokens that were sent along."""
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"hub": self}))
        self._server.daemon_threads = True

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    @property
    def elsewhere(self) -> str:
        """The same server under another name: to a client it is another host."""
        return f"http://localhost:{self._server.server_port}"

    def add(self, id_: str, folder: Path, *, gated: bool = False) -> Repo:
        self.repos[id_] = Repo(folder, gated)
        return self.repos[id_]

    def release(self) -> None:
        self.faults.let_go.set()

    def __enter__(self) -> FakeHub:
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.release()
        self._server.shutdown()
        self._server.server_close()


class _Handler(BaseHTTPRequestHandler):
    hub: FakeHub
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: Any) -> None:
        return

    def do_HEAD(self) -> None:
        self._answer(body=False)

    def do_GET(self) -> None:
        self._answer(body=True)

    def _answer(self, *, body: bool) -> None:
        path = unquote(urlsplit(self.path).path)
        if token := self.headers.get("Authorization", "").removeprefix("Bearer "):
            self.hub.tokens_seen.setdefault(path, set()).add(token)
        if self.hub.faults.status:
            return self._refuse(self.hub.faults.status)
        if path.startswith("/cdn/"):
            _, _, owner, name, file = path.split("/", 4)
            return self._send_body(self.hub.repos[f"{owner}/{name}"], file, large=True)
        for id_, repo in self.hub.repos.items():
            if path.startswith(f"/{id_}/resolve/"):
                return self._resolve(
                    id_, repo, *path.removeprefix(f"/{id_}/resolve/").split("/", 1), body=body
                )
            if path.startswith(f"/api/models/{id_}"):
                return self._describe(repo)
        self._refuse(401, "RepoNotFound")  # the real one does not tell what is hidden from what is not there

    def _resolve(self, id_: str, repo: Repo, revision: str, file: str, *, body: bool) -> None:
        if repo.gated and (refusal := self._stranger()):
            return self._refuse(*refusal)
        if revision not in ("main", repo.commit):
            return self._refuse(404, "RevisionNotFound")
        if not (repo.folder / file).is_file():
            return self._refuse(404, "EntryNotFound")
        if not repo.is_large(file):
            return self._send_body(repo, file, large=False, body=body)
        size = self.hub.faults.claimed_size or (repo.folder / file).stat().st_size
        headers = self._about(repo, file) | {
            "Location": f"{self.hub.elsewhere}/cdn/{id_}/{file}?signed=for-an-hour",
            "X-Linked-Size": str(size),
            "X-Linked-Etag": f'"{repo.etag(file)}"',
            "Content-Length": "0",
        }
        self._head(302, headers)

    def _stranger(self) -> tuple[int, str] | None:
        token = self.headers.get("Authorization", "").removeprefix("Bearer ")
        if token == TOKEN:
            return None
        return (403, "GatedRepo") if token == STRANGER else (401, "" if token else "GatedRepo")

    def _about(self, repo: Repo, file: str) -> dict[str, str]:
        if self.hub.faults.not_a_hub:
            return {}
        return {"X-Repo-Commit": repo.commit, "ETag": f'"{repo.etag(file)}"', "Accept-Ranges": "bytes"}

    def _send_body(self, repo: Repo, file: str, *, large: bool, body: bool = True) -> None:
        data = (repo.folder / file).read_bytes()
        faults = self.hub.faults if large else Faults()
        if faults.body_status:
            return self._refuse(faults.body_status)
        if faults.wrong_bytes:
            data = bytes(byte ^ 1 for byte in data)
        data = data[: len(data) - faults.shorter_by]
        wish = None if faults.no_ranges else self.headers.get("Range")
        begin = int(wish.removeprefix("bytes=").rstrip("-")) if wish else 0
        headers = self._about(repo, file) | {"Content-Length": str(max(len(data) - begin, 0))}
        if begin >= len(data) > 0:
            return self._head(416, {"Content-Range": f"bytes */{len(data)}", "Content-Length": "0"})
        if wish:
            headers["Content-Range"] = f"bytes {begin}-{len(data) - 1}/{len(data)}"
        self._head(206 if wish else 200, headers)
        if body:
            self._pour(file, data[begin:], faults)

    def _pour(self, file: str, data: bytes, faults: Faults) -> None:
        cut = faults.cut_after if faults.cuts is None or faults.cuts > 0 else None
        if cut is not None and faults.cuts is not None:
            faults.cuts -= 1
        for start in range(0, len(data[:cut]), PIECE):
            piece = data[:cut][start : start + PIECE]
            if faults.hold_after is not None and start + len(piece) > faults.hold_after:
                head = piece[: max(faults.hold_after - start, 0)]
                if not self._write(file, head):
                    return
                faults.let_go.wait(60)
                piece = piece[len(head) :]
            if not self._write(file, piece):
                return
        if cut is not None:
            self.close_connection = True

    def _write(self, file: str, piece: bytes) -> bool:
        self.hub.served[file] += len(piece)  # first: who has received the last of it may ask at once
        try:
            self.wfile.write(piece)
        except OSError:
            self.hub.served[file] -= len(piece)
            self.close_connection = True
            return False
        return True

    def _describe(self, repo: Repo) -> None:
        names = [{"rfilename": path.name} for path in sorted(repo.folder.glob("*"))]
        text = json.dumps({"sha": repo.commit, "siblings": names}).encode()
        self._head(200, {"Content-Length": str(len(text)), "Content-Type": "application/json"})
        self._write("api", text)

    def _refuse(self, status: int, code: str = "") -> None:
        invalid = {"X-Error-Message": "Invalid credentials in Authorization header"}
        self._head(status, ({"X-Error-Code": code} if code else invalid) | {"Content-Length": "0"})

    def _head(self, status: int, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
