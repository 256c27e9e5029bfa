"""The HTTP side: routes, tokens, pages of lists, and what goes wrong."""

from __future__ import annotations

import json
import re
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from tests.support.github.faults import CUT, HALF, LOST, SHORT, SLOW, Fault, Faults
from tests.support.github.git import Refused
from tests.support.github.repo import FakeRepo
from tests.support.github.routes import ROUTES

TOKEN = "github_pat_of-the-studio-4711"
WRITES = ("POST", "PATCH", "PUT", "DELETE")


class FakeGithub:
    """Use it as a context manager; `address` is for GITHUB_API_URL."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.faults = Faults()
        self.requests: list[tuple[str, int]] = []
        """``METHOD /path`` and status of every answer that was given."""
        self.read_only = False
        """Whether the token may not write."""
        self.most_a_page = 100
        self.headers = {
            "X-RateLimit-Limit": "5000",
            "X-RateLimit-Remaining": "4999",
            "X-RateLimit-Reset": "4102444800",
        }
        """Of every answer, such as what GitHub says of the token."""
        self.date = ""
        """What its clock says, if not this machine's."""
        self._server = _Server(("127.0.0.1", 0), type("Handler", (_Handler,), {"github": self}))
        self.repo = FakeRepo(self.address)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def writes(self) -> list[str]:
        return [request for request, _ in self.requests if request.split()[0] in WRITES]

    def __enter__(self) -> FakeGithub:
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients that go away in the middle are what is tested."""


class _Handler(BaseHTTPRequestHandler):
    github: FakeGithub
    protocol_version = "HTTP/1.1"

    def date_time_string(self, timestamp: float | None = None) -> str:
        return self.github.date or super().date_time_string(timestamp)

    def log_message(self, format: str, *args: Any) -> None:
        return

    def do_GET(self) -> None:
        self._answer()

    do_POST = do_PATCH = do_PUT = do_DELETE = do_GET

    def _answer(self) -> None:
        url = urlsplit(self.path)
        self.path_only = unquote(url.path).removeprefix(self.github.repo.prefix)
        self.query = {name: values[-1] for name, values in parse_qs(url.query).items()}
        request = f"{self.command} {self.path_only}"
        fault = self.github.faults.of(request)
        if fault and fault.kind == SLOW:
            time.sleep(fault.seconds)
            fault = None
        if fault and isinstance(fault.kind, int):
            self._body()
            body = {"message": "Out of order"} if fault.body is None else fault.body
            return self._send(request, fault.kind, body, fault.headers)
        if fault and fault.kind == CUT and "/api/uploads/" not in request:
            return self._hang_up()
        try:
            self._refuse_strangers()
            status, answer = self._done(fault)
        except Refused as refused:
            status, answer = refused.status, refused.body
        except ConnectionError:
            return self._hang_up()
        if fault and fault.kind in (LOST, CUT):
            return self._hang_up()
        self._send(request, status, answer, {}, half=bool(fault and fault.kind == HALF))

    def _refuse_strangers(self) -> None:
        if self.path_only.startswith(f"/{self.github.repo.full_name}/"):
            return  # what anybody may download
        word = self.headers.get("Authorization", "").partition(" ")[2]
        if word != TOKEN:
            self._body()
            raise Refused(401, "Bad credentials")
        if self.command in WRITES and self.github.read_only:
            self._body()
            raise Refused(403, "Resource not accessible by personal access token")
        if self.command in WRITES and self.github.repo.archived:
            self._body()
            raise Refused(403, "Repository was archived so is read-only.")

    def _done(self, fault: Fault | None) -> tuple[int, Any]:
        if "/api/uploads/" in self.path_only:
            return self._upload(fault)
        body = self._body()
        asked = json.loads(body) if body else self.query | {"accept": self.headers.get("Accept", "")}
        with self.github.lock:
            for method, pattern, does in ROUTES:
                match = re.fullmatch(pattern, self.path_only)
                if method == self.command and match:
                    names = match.groupdict()
                    named = names.pop("repo", self.github.repo.full_name)
                    if named.casefold() != self.github.repo.full_name.casefold():
                        raise Refused(404, "Not Found")
                    return does(self.github.repo, asked, **names)
        raise Refused(404, "Not Found")

    def _upload(self, fault: Fault | None) -> tuple[int, Any]:
        repo = self.github.repo
        length = int(self.headers.get("Content-Length", 0))
        with self.github.lock:
            release = repo.releases.get(int(self.path_only.split("/")[-2]))
            if release is None:
                self._body()
                raise Refused(404, "Not Found")
            try:
                asset = repo.begin_asset(release, self.query["name"], self.headers["Content-Type"])
            except Refused:
                self._body()
                raise
        if fault and fault.kind == CUT:
            asset.content = self.rfile.read(length // 2)
            raise ConnectionResetError
        content = self.rfile.read(length)
        if len(content) < length:  # whoever sent it is gone
            asset.content = content
            raise ConnectionResetError
        with self.github.lock:
            asset.content = content[:-7] if fault and fault.kind == SHORT else content
            asset.state = "uploaded"
            return 201, repo.told_asset(release, asset)

    def _body(self) -> bytes:
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def _hang_up(self) -> None:
        self.close_connection = True

    def _send(
        self, request: str, status: int, answer: Any, headers: dict[str, str], *, half: bool = False
    ) -> None:
        self.github.requests.append((request, status))
        headers = {"Content-Type": "application/json", **self.github.headers, **headers}
        if isinstance(answer, list):
            answer, headers = self._page(answer, headers)
        if isinstance(answer, str):  # an address to go to
            headers["Location"], answer = f"{self.github.address}{answer}", b""
        data = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
        if status == 204:
            data = b""
        self.send_response(status)
        for name, value in (headers | {"Content-Length": str(len(data))}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data[: len(data) // 2] if half else data)
        if half:
            self._hang_up()

    def _page(self, rows: list[Any], headers: dict[str, str]) -> tuple[list[Any], dict[str, str]]:
        size = min(int(self.query.get("per_page", 30)), self.github.most_a_page)
        page = int(self.query.get("page", 1))
        if page * size < len(rows):
            path = f"{self.github.repo.prefix}{self.path_only}"
            following = f"{self.github.address}{path}?per_page={size}&page={page + 1}"
            headers["Link"] = f'<{following}>; rel="next"'
        return rows[(page - 1) * size : page * size], headers
