"""Files that browsers fetch: named by their content, so that they may keep them for ever."""

from __future__ import annotations

import fcntl
import hashlib
import os
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from whitenoise.storage import CompressedManifestStaticFilesStorage

STAMP = ".collected"
LEFT_OUT = ["*.d.ts", "*.cjs", "*.map", "*.min.js.LICENSE.txt", "*.scss"]


class HashedFiles(CompressedManifestStaticFilesStorage):
    """Scripts that import each other do so by those names too."""

    support_js_module_import_aggregation = True
    _js_module_import_aggregation_patterns = (
        "studio/*.js",  # ours: some packages ship modules whose imports are for bundlers
        CompressedManifestStaticFilesStorage._js_module_import_aggregation_patterns[1],
    )
    # Packages name source maps that they do not bring.
    patterns = tuple(
        (glob, tuple(pattern for pattern in patterns if "sourceMappingURL" not in str(pattern)))
        for glob, patterns in CompressedManifestStaticFilesStorage.patterns
    )


def collect() -> bool:
    """Put the files of all apps where they are served from, if any has changed since; whether one had."""
    root = Path(settings.STATIC_ROOT)
    if (root / STAMP).is_file() and not os.access(root, os.W_OK):
        return False  # they came with an image, gathered when it was built
    root.mkdir(parents=True, exist_ok=True)
    with (root.parent / f".{root.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # web server and tests may start at the same time
        stamp, now = root / STAMP, _digest()
        if stamp.is_file() and stamp.read_text() == now:
            return False
        call_command("collectstatic", interactive=False, clear=True, verbosity=0, ignore_patterns=LEFT_OUT)
        stamp.write_text(now)
        return True


def _digest() -> str:
    """Of every file's name, size and age."""
    digest = hashlib.sha256(settings.VERSION.encode())
    for name, path in sorted(_found()):
        facts = Path(path).stat()
        digest.update(f"{name}\0{facts.st_size}\0{facts.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def _found() -> list[tuple[str, Any]]:
    return [
        (name, storage.path(name))
        for finder in get_finders()
        for name, storage in finder.list(ignore_patterns=LEFT_OUT)
    ]
