"""Room on the disks, and whether the studio, and nobody else, may read and write its files."""

from __future__ import annotations

import os
import pwd
import shutil
import stat
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.db.models import Count, Sum

from ccbell_site import env
from ccbell_site.health import LEAST_FREE_BYTES
from packs.installer.words import counted
from sounds import store
from sounds.errors import StoreError
from sounds.models import AudioFile
from sounds.weights.sizes import in_words
from studio.doctor.finding import Finding, fail, note, ok, warn

SOON_FULL_BYTES = 4 * LEAST_FREE_BYTES
LOOK_WITHIN_S = 2.0
SECRET = ("GITHUB_TOKEN", "SECRET_KEY", "DATABASE_URL", "REDIS_URL", "AWS_SECRET_ACCESS_KEY", "HF_TOKEN")
"""Variables that nobody else is to read."""
PROBE = b"\0" * 4096
"""A full disk may still take an empty file."""


def room() -> Iterator[Finding]:
    """One line a disk."""
    seen: set[int] = set()
    for name, folder in (("audio disk", settings.AUDIO_OUTPUT_DIR), ("data disk", settings.DATA_DIR)):
        try:
            disk = folder.stat().st_dev
            free = shutil.disk_usage(folder).free
        except OSError as error:
            yield fail(
                name, f"{folder} is not there ({error.strerror})", "mount its disk, or make the folder"
            )
            continue
        if disk in seen:
            continue
        seen.add(disk)
        fact = f"{in_words(free)} free for {folder}"
        if free < LEAST_FREE_BYTES or not os.statvfs(folder).f_favail:
            yield fail(name, fact, "make room: a pack may no longer fit")
        elif free < SOON_FULL_BYTES:
            yield warn(name, fact, "make room soon")
        else:
            yield ok(name, fact)


def audio() -> Iterator[Finding]:
    """What there is, and for how many more of the same size there is room."""
    told = AudioFile.objects.aggregate(bytes=Sum("bytes"), sounds=Count("sound", distinct=True))
    if not told["sounds"]:
        yield ok("audio", "no sounds yet")
        return
    each = told["bytes"] / told["sounds"]
    more = int(shutil.disk_usage(settings.AUDIO_OUTPUT_DIR).free / each)
    about = f"{float(f'{more:.1g}'):,.0f}"
    yield ok(
        "audio", f"{counted(told['sounds'], 'sound')} take {in_words(told['bytes'])}; room for about {about}"
    )


def writable() -> Iterator[Finding]:
    """A file is written into each folder and is gone again; of two in each other the outer one is told."""
    refused: list[Path] = []
    for folder in dict.fromkeys(_folders()):
        if any(folder.is_relative_to(outer) for outer in refused):
            continue
        try:
            with tempfile.TemporaryFile(dir=folder) as probe:
                probe.write(PROBE)
                probe.flush()
        except OSError as error:
            refused.append(folder)
            fact = f"{folder} cannot be written by {_name(os.geteuid())} ({error.strerror})"
            yield fail("writing", fact, _remedy(folder, error))
    if not refused:
        yield ok("writing", f"all folders can be written by {_name(os.geteuid())}")


def bucket() -> Iterator[Finding]:
    """The same for the store that machines share."""
    if not store.is_shared():
        return
    try:
        store.check()
    except StoreError as error:
        fact, _, todo = str(error).rstrip(".").partition("; ")
        yield fail("bucket", fact, todo or "look at the settings that begin with AWS_")
    else:
        name = settings.STORAGES["audio"]["OPTIONS"]["bucket_name"]
        yield ok("bucket", f"{name} takes files, and gives them back")


def secrets() -> Iterator[Finding]:
    exposed = False
    key = settings.DATA_DIR / "secret_key"
    if key.exists() and key.stat().st_mode & 0o077:
        exposed = True
        yield fail(
            "secret key", f"{key} can be read by others, who could sign in as anybody", f"chmod 600 {key}"
        )
    path = settings.ENV_FILE
    if path and path.stat().st_mode & stat.S_IROTH and _holds_secret(path):
        exposed = True
        yield warn(".env", f"{path} holds a secret and can be read by everybody", f"chmod 600 {path}")
    if not exposed:
        yield ok("secrets", "readable by the studio's user alone")


def owners() -> Iterator[Finding]:
    """After a `sudo` files belong to root, which then keeps the studio out."""
    owner = settings.DATA_DIR.stat().st_uid
    others, cut = _of_others(owner)
    if others:
        whose = _name(others[0].lstat().st_uid)
        number = f"{'at least ' if cut else ''}{counted(len(others), 'file')}"
        yield fail(
            "owner",
            f"{number} of {settings.DATA_DIR} not of {_name(owner)}: {others[0].name} is of {whose}",
            f"sudo chown -R {_name(owner)} {settings.DATA_DIR}",
        )
    elif os.geteuid() == 0 != owner:
        yield note("owner", f"you are root; the studio's files are of {_name(owner)}")


CHECKS = (room, audio, writable, secrets, owners, bucket)


def _folders() -> Iterator[Path]:
    """Where the studio writes; those that come with the first use may be missing."""
    yield settings.DATA_DIR
    yield settings.AUDIO_OUTPUT_DIR
    places = [settings.RUN_DIR, settings.MODEL_CACHE_DIR, settings.STATIC_ROOT]
    places += [settings.AUDIO_OUTPUT_DIR / name for name in ("generated", "releases", "temp")]
    for folder in places:
        if folder.is_dir():
            yield folder


def _remedy(folder: Path, error: OSError) -> str:
    if not isinstance(error, PermissionError):
        return "look at its disk"
    owner = _name(folder.stat().st_uid)
    return f"be {owner}, whose it is, or make it yours: sudo chown -R $(id -un) {folder}"


def _holds_secret(path: Path) -> bool:
    lines = env.dotenv_lines(path)
    return any(name in SECRET and line.partition("=")[2].strip("\"'") for line, name in lines)


def _of_others(owner: int) -> tuple[list[Path], bool]:
    """What belongs to somebody else, and whether time ended the search."""
    until = time.monotonic() + LOOK_WITHIN_S
    found: list[Path] = []
    for top, folders, names in os.walk(settings.DATA_DIR):
        for path in (Path(top, name) for name in (*folders, *names)):
            try:
                if path.lstat().st_uid != owner:
                    found.append(path)
            except OSError:
                continue  # gone this very moment
        if time.monotonic() > until:
            return found, True
    return found, False


def _name(user: int) -> str:
    try:
        return pwd.getpwuid(user).pw_name
    except KeyError:
        return f"user {user}"
