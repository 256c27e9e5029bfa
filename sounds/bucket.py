"""A bucket of S3, or of what speaks like it: MinIO, SeaweedFS, R2 …

Imported by `sounds.store` when the first file travels, since boto3 is large.
"""

from __future__ import annotations

import base64
import hashlib
import mimetypes
import os
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from botocore import exceptions as faults
from botocore.config import Config
from storages.backends.s3 import S3Storage

from sounds.errors import StoreAway, StoreError

CONNECT_WITHIN_S = 5
ANSWER_WITHIN_S = 30
"""For so long the other side may say nothing."""
TRIES = 2
PIECE_BYTES = 1024 * 1024
MOST_DELETED_AT_ONCE = 1000
"""S3's own limit."""
AWAY = (faults.ConnectionError, faults.HTTPClientError, faults.IncompleteReadError)
GONE = "NoSuchKey"
FULL = ("XMinioStorageFull", "QuotaExceeded", "507")
BUSY = ("SlowDown", "RequestTimeout", "TooManyRequests", "429")


class Bucket(S3Storage):
    """Files by their keys, which stand below the prefix AWS_LOCATION; one connection serves all threads.

    What goes wrong is raised as `StoreError`, and as `StoreAway` where it may be over in a while.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._prefix = f"{self.location}/" if self.location else ""
        self._lock = threading.Lock()
        self._client: Any = None

    def get_default_settings(self) -> dict[str, Any]:
        config = Config(
            connect_timeout=CONNECT_WITHIN_S,
            read_timeout=ANSWER_WITHIN_S,
            retries={"mode": "standard", "total_max_attempts": TRIES},
            max_pool_connections=32,
            signature_version="s3v4",
            # Other servers than Amazon's do not know its newer checksums.
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        )
        return super().get_default_settings() | {"client_config": config}

    def put(self, key: str, path: Path) -> None:
        """Have the bytes of a file under a key, whole or not at all; ``OSError`` when it cannot be read."""
        kind = mimetypes.guess_type(key)[0] or self.default_content_type
        with path.open("rb") as file, self._talking():
            self._s3.put_object(**self._named(key), Body=file, ContentType=kind)

    def get(self, key: str, path: Path) -> None:
        """Write what is under a key to a file, on the disk itself.

        Raises ``FileNotFoundError`` where nothing is under it.
        """
        with self._talking():
            body = self._s3.get_object(**self._named(key))["Body"]
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("wb") as file:  # a try that was cut off may have begun it
                for piece in body.iter_chunks(PIECE_BYTES):
                    file.write(piece)
                file.flush()
                os.fsync(file.fileno())

    def delete(self, keys: Sequence[str]) -> None:
        """Delete what is under keys; nothing is fine too."""
        for start in range(0, len(keys), MOST_DELETED_AT_ONCE):
            named = [{"Key": self._prefix + key} for key in keys[start : start + MOST_DELETED_AT_ONCE]]
            with self._talking():
                answer = self._s3.delete_objects(
                    Bucket=self.bucket_name, Delete={"Objects": named, "Quiet": True}
                )
            if errors := answer.get("Errors"):
                raise self._refusal(str(errors[0].get("Code", "")))

    def delete_below(self, folders: Sequence[str]) -> None:
        """Delete all whose key begins with one of these, to its full length."""
        self.delete([key for folder in folders for key, _, _ in self.listing(f"{folder}/")])

    def listing(self, prefix: str) -> Iterator[tuple[str, int, datetime]]:
        """Key, bytes and moment of writing of all whose key begins with `prefix`, in order."""
        with self._talking():
            pages = self._s3.get_paginator("list_objects_v2")
            for page in pages.paginate(Bucket=self.bucket_name, Prefix=self._prefix + prefix):
                for entry in page.get("Contents", ()):
                    key = entry["Key"].removeprefix(self._prefix)
                    yield key, entry["Size"], entry["LastModified"]

    def check(self, key: str) -> None:
        """Do everything once that is done later."""
        with self._talking():
            self._s3.put_object(**self._named(key), Body=b"ccbell")
            self._s3.get_object(**self._named(key))["Body"].read()
        self.delete([found for found, _, _ in self.listing(key)])

    def away(self) -> StoreAway:
        return StoreAway(f"The shared store at {self._where} does not answer; try again when it is back.")

    @property
    def _s3(self) -> Any:
        with self._lock:
            if self._client is None:
                self._client = self.connection.meta.client
                self._client.meta.events.register("before-call.s3.DeleteObjects", _add_md5)
            return self._client

    def _named(self, key: str) -> dict[str, str]:
        return {"Bucket": self.bucket_name, "Key": self._prefix + key}

    @property
    def _where(self) -> str:
        return self.endpoint_url or "Amazon S3"

    @contextmanager
    def _talking(self) -> Iterator[None]:
        """Say in a sentence what goes wrong; whatever the other side says of keys stays unsaid."""
        try:
            yield
        except faults.ClientError as error:
            code = str(error.response.get("Error", {}).get("Code", ""))
            status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
            if code == GONE:
                raise FileNotFoundError from error
            is_busy = code in BUSY or (status >= 500 and code not in FULL)
            raise (self.away() if is_busy else self._refusal(code)) from error
        except faults.SSLError as error:
            raise StoreError(
                f"This machine does not trust the certificate of {self._where}; look at AWS_S3_ENDPOINT_URL."
            ) from error
        except AWAY as error:
            raise self.away() from error
        except faults.NoCredentialsError as error:
            raise StoreError(
                "The shared store needs a key; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY."
            ) from error
        except faults.BotoCoreError as error:
            raise StoreError(
                f"The shared store cannot be used as it is set up ({type(error).__name__}); look at the "
                "settings that begin with AWS_."
            ) from error

    def _refusal(self, code: str) -> StoreError:
        if code in FULL:
            return StoreError("The shared store is full; make room in it and try again.")
        if code == "NoSuchBucket":
            return StoreError(
                f"There is no bucket “{self.bucket_name}” at {self._where}; make it, or put "
                "AWS_STORAGE_BUCKET_NAME right."
            )
        return StoreError(
            f"The shared store at {self._where} refuses this ({code or 'it does not say why'}); look at "
            "AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_S3_REGION_NAME and what they may do in the bucket "
            f"“{self.bucket_name}”."
        )


def _add_md5(params: dict[str, Any], **_: Any) -> None:
    """The digest that older servers ask for where several files are deleted."""
    digest = hashlib.md5(params["body"], usedforsecurity=False).digest()
    params["headers"]["Content-MD5"] = base64.b64encode(digest).decode()
