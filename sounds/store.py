"""Where the files of sounds, uploads and builds are kept: on this disk, or in a bucket that machines share.

With a bucket (`AUDIO_STORE=s3`) the audio folder of every machine is a copy of the parts it made or needed:
what is written is put into the bucket before a row names it, and what is read is fetched when it is not
here. A file's key is its path below the audio folder.
"""

from __future__ import annotations

import contextlib
import errno
import logging
import os
import secrets
import shutil
import time
import uuid
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from django.conf import settings
from django.core.files.storage import storages

from sounds.errors import StoreAway, StoreError

if TYPE_CHECKING:
    from sounds.bucket import Bucket

Result = TypeVar("Result")

AT_ONCE = 8
"""So many files travel beside each other."""
PATIENT_S = 30.0
"""For so long a worker waits for a bucket that is away before a job fails of it."""
PAUSE_S = 1.0
"""Between two tries."""
AWAY_S = 3.0
"""For so long nobody is kept waiting for a bucket that has just not answered."""

logger = logging.getLogger(__name__)

_patience_s = 0.0
_away_until = 0.0
_bucket: tuple[int, dict[str, Any], Bucket] | None = None


def is_shared() -> bool:
    """Whether files are in a bucket that several machines use."""
    return bool(settings.AUDIO_STORE == "s3")


def keep(*paths: Path) -> None:
    """Make files everybody's, before a row names them; nothing to do for a disk.

    Raises
    ------
    StoreError
        When the bucket does not take one; those that it took before lie there.
    OSError
        When one cannot be read.
    """
    if is_shared():
        _together(lambda path: keep_as(path, path), paths)


def keep_as(made: Path, place: Path) -> None:
    """The same for a file that will lie at `place` when its row is written."""
    if is_shared():
        _asked(lambda bucket: bucket.put(_key(place), made))


def hand_over(path: Path) -> None:
    """Make a file everybody's that waits for any machine's worker: in a bucket it leaves this disk."""
    if is_shared():
        try:
            keep(path)
        finally:
            path.unlink(missing_ok=True)


def here(path: Path) -> Path:
    """That file on this disk, fetched whole or not at all when it is not here.

    Raises ``FileNotFoundError`` when nobody has it, `StoreError` when the bucket does not give it.
    """
    if not path.is_file():
        fetch(path)
    return path


def bring(paths: Iterable[Path]) -> None:
    """Have on this disk those of the files that there are; `StoreError` as `here` raises it."""
    if is_shared():
        _together(_here_if_anywhere, [path for path in paths if not path.is_file()])


def fetch(path: Path) -> None:
    """Put what the bucket has of a file in the place of what lies here; raises as `here` does."""
    if not is_shared():
        raise _missing(path)
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(6)}.tmp")
    try:
        _asked(lambda bucket: bucket.get(_key(path), temporary))
        os.replace(temporary, path)
    except FileNotFoundError as error:
        raise _missing(path) from error
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise StoreError("The disk is full; free some space and try again.") from error
        raise
    finally:
        temporary.unlink(missing_ok=True)


def discard(*paths: Path) -> int:
    """Delete files here and in the bucket; how many bytes of this disk that frees.

    One that is not there is fine, and a take's folder goes with its last file. Raises `StoreError`, or
    ``OSError`` of this disk, when all that could be deleted is.
    """
    freed, fault = 0, None
    for path in paths:
        try:
            freed += _unlinked(path)
        except OSError as error:
            fault = fault or error
    if is_shared():
        _asked(lambda bucket: bucket.delete([_key(path) for path in paths]))
    if fault:
        raise fault
    return freed


def let_go(*paths: Path) -> None:
    """Delete files that nobody needs; what cannot be deleted now is left to clean-up."""
    for path in paths:
        with contextlib.suppress(OSError):
            _unlinked(path)
    _let_go(lambda bucket: bucket.delete([_key(path) for path in paths]))


def let_go_folder(*folders: Path) -> None:
    """The same for folders with all they hold."""
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)
    _let_go(lambda bucket: bucket.delete_below([_key(folder) for folder in folders]))


def listing(prefix: str) -> Iterator[tuple[str, int, datetime]]:
    """Key, bytes and moment of writing of every file whose key begins with `prefix`, such as ``generated/``.

    Of the bucket where there is one, else of this disk. Raises `StoreError`.
    """
    if is_shared():
        yield from _opened().listing(prefix)
        return
    root = settings.AUDIO_OUTPUT_DIR
    for folder, _, names in os.walk(root / prefix.rpartition("/")[0]):
        for path in (Path(folder, name) for name in names):
            if (key := _key(path)).startswith(prefix):
                with contextlib.suppress(FileNotFoundError):  # somebody was faster
                    stat = path.lstat()
                    yield key, stat.st_size, datetime.fromtimestamp(stat.st_mtime, UTC)


def check() -> None:
    """Write and delete a file in the bucket; raises `StoreError` with what is to be put right."""
    if is_shared():
        _asked_once(lambda bucket: bucket.check(f"temp/check-{uuid.uuid4().hex}"))


def be_patient(**_: Any) -> None:
    """Have this process wait for a bucket that is away: for workers, whose jobs would all fail of it."""
    global _patience_s
    _patience_s = PATIENT_S


def _asked(verb: Callable[[Bucket], Result]) -> Result:
    """What the bucket answers, within the patience of this process."""
    until = time.monotonic() + _patience_s
    while True:
        try:
            return _asked_once(verb)
        except StoreAway:
            if time.monotonic() + PAUSE_S > until:
                raise
            time.sleep(PAUSE_S)


def _asked_once(verb: Callable[[Bucket], Result]) -> Result:
    global _away_until
    bucket = _opened()
    if time.monotonic() < _away_until:
        raise bucket.away()
    try:
        return verb(bucket)
    except StoreAway:
        _away_until = time.monotonic() + AWAY_S
        raise


def _let_go(verb: Callable[[Bucket], object]) -> None:
    if is_shared():
        try:
            _asked_once(verb)
        except StoreError as error:
            logger.warning("Files that nobody needs are left in the shared store: %s", error)


def _opened() -> Bucket:
    """This process's bucket: a fork must not share its parent's connections."""
    global _bucket
    wanted = settings.STORAGES["audio"]
    if _bucket is None or _bucket[:2] != (os.getpid(), wanted):
        from sounds.bucket import Bucket

        bucket: Any = storages.create_storage(wanted)
        assert isinstance(bucket, Bucket)
        _bucket = os.getpid(), wanted, bucket
    return _bucket[2]


def _together(verb: Callable[[Path], object], paths: Iterable[Path]) -> None:
    """Do it for each path, a few beside each other; raises what the first one that failed raised."""
    first, others = [*paths][:1], [*paths][1:]
    for path in first:
        verb(path)  # by itself: when nobody answers, one has to wait for that, and not eight
    if others:
        with ThreadPoolExecutor(AT_ONCE, "store") as threads:
            list(threads.map(verb, others))


def _here_if_anywhere(path: Path) -> None:
    with contextlib.suppress(FileNotFoundError):
        here(path)


def _missing(path: Path) -> FileNotFoundError:
    return FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(path))


def _key(path: Path) -> str:
    """Raises ``ValueError`` for a path that leads out of the audio folder."""
    key = path.relative_to(settings.AUDIO_OUTPUT_DIR)
    if ".." in key.parts or not key.parts:
        raise ValueError(f"{path} is not below the audio folder.")
    return key.as_posix()


def _unlinked(path: Path) -> int:
    """Delete a file, and a take's folder with its last one; the bytes it had."""
    try:
        size = path.lstat().st_size
        path.unlink()
    except FileNotFoundError:
        return 0
    if is_a_uuid(path.parent.name):
        with contextlib.suppress(OSError):  # there is more in it
            path.parent.rmdir()
    return size


def is_a_uuid(name: str) -> bool:
    """Whether it is named as folders of sounds are: what people put beside them stays."""
    try:
        return str(uuid.UUID(name)) == name
    except ValueError:
        return False
