"""A store that machines share, spoken to over HTTP as any other."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from django.core.files.storage import storages
from moto.server import ThreadedMotoServer

from sounds.bucket import Bucket
from tests.support.ports import free_port

NAME, PREFIX, SECRET = "sounds", "studio", "nobody may read this"


class SharedStore:
    """A server with one bucket; what is in it outlives a stop."""

    def __init__(self) -> None:
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.start()
        self.client = self.bucket().connection.meta.client
        self.client.create_bucket(Bucket=NAME)

    def start(self) -> None:
        self._server = ThreadedMotoServer("127.0.0.1", self.port, verbose=False)
        logging.getLogger("werkzeug").setLevel(logging.WARNING)
        self._server.start()

    def stop(self) -> None:
        self._server.stop()

    def close(self) -> None:
        self.delete(*self.held())
        self.client.delete_bucket(Bucket=NAME)
        self.stop()

    @property
    def storage(self) -> dict[str, Any]:
        """As STORAGES names it."""
        return storage_at(self.address)

    @property
    def environment(self) -> dict[str, str]:
        return {
            "AUDIO_STORE": "s3",
            "AWS_STORAGE_BUCKET_NAME": NAME,
            "AWS_S3_ENDPOINT_URL": self.address,
            "AWS_ACCESS_KEY_ID": "ccbell",
            "AWS_SECRET_ACCESS_KEY": SECRET,
            "AWS_LOCATION": PREFIX,
        }

    def bucket(self) -> Bucket:
        bucket: Any = storages.create_storage(self.storage)
        return bucket

    def held(self) -> set[str]:
        """What is in it, without the prefix that all of it has."""
        found = self.client.list_objects_v2(Bucket=NAME).get("Contents", ())
        assert all(entry["Key"].startswith(f"{PREFIX}/") for entry in found)
        return {entry["Key"].removeprefix(f"{PREFIX}/") for entry in found}

    def read(self, key: str) -> bytes:
        body: bytes = self.client.get_object(Bucket=NAME, Key=f"{PREFIX}/{key}")["Body"].read()
        return body

    def delete(self, *keys: str) -> None:
        for key in keys:
            self.client.delete_object(Bucket=NAME, Key=f"{PREFIX}/{key}")


def storage_at(address: str) -> dict[str, Any]:
    options = {
        "bucket_name": NAME,
        "endpoint_url": address,
        "access_key": "ccbell",
        "secret_key": SECRET,
        "region_name": None,
        "location": PREFIX,
    }
    return {"BACKEND": "sounds.bucket.Bucket", "OPTIONS": options}


@contextmanager
def answering(status: int, code: str = "", *, cut: bool = False) -> Iterator[str]:
    """The address of a server that answers everything alike; `cut` leaves out most of what it announces."""
    body = f"<Error><Code>{code}</Code><Message>{SECRET}</Message></Error>".encode()

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self.send_response(status)
            self.send_header("Content-Length", str(len(body) + 1000 * cut))
            self.send_header("Connection", "close")
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = answer

        def log_message(self, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class Machine:
    """One of several: the folder in which it has what it made, and what it fetched."""

    def __init__(self, settings: Any, folder: Path) -> None:
        self._settings = settings
        self.folder = folder

    def use(self) -> None:
        """Be it from now on."""
        self._settings.AUDIO_OUTPUT_DIR = self.folder

    def files(self) -> set[str]:
        """Paths of its files."""
        return {str(path.relative_to(self.folder)) for path in self.folder.rglob("*") if path.is_file()}
