"""Loading one file from the hub: it goes on where an earlier try stopped, and is checked before it counts.

The library's own `hf_hub_download` begins a file anew whenever its process ended, and holds back ten
megabytes before it writes or tells; so its session, headers and errors are used, and the bytes come here.
"""

from __future__ import annotations

import time
from pathlib import Path

import httpx2
from huggingface_hub import constants, get_session
from huggingface_hub.errors import HfHubHTTPError
from huggingface_hub.utils import hf_raise_for_status

from sounds.weights import hashes, hub
from sounds.weights.errors import WeightsError
from sounds.weights.hub import RemoteFile
from sounds.weights.meter import Meter
from sounds.weights.store import Store

PAUSES_S = (1.0, 2.0, 4.0, 8.0, 15.0)
"""How long to wait before each further try; begun anew whenever bytes have come."""
PASSING = {408, 429, 500, 502, 503, 504}
AGAIN = "run it again and it goes on where it stopped"


class _BrokenOff(Exception):
    """The connection ended before the file did."""


def loaded(file: RemoteFile, store: Store) -> int:
    """How many of its bytes are here."""
    blob, partial = store.blob(file.etag), store.partial(file.etag)
    return file.size if blob.is_file() else min(_size(partial), file.size)


def download(file: RemoteFile, store: Store, meter: Meter, *, pauses_s: tuple[float, ...] = PAUSES_S) -> None:
    """Have the file in `store`, whole and checked; raises `WeightsError`."""
    if store.blob(file.etag).is_file():
        return
    partial = store.partial(file.etag)
    meter.begin(file.name)
    with hub.in_words(file.repository):
        _persist(file, partial, meter, pauses_s)
    _verify(file, partial, meter)
    store.keep(file.etag)


def _persist(file: RemoteFile, partial: Path, meter: Meter, pauses_s: tuple[float, ...]) -> None:
    tries = 0
    while True:
        before = _size(partial)
        try:
            return _stream(file, partial, meter)
        except (httpx2.TransportError, HfHubHTTPError, _BrokenOff) as error:
            if isinstance(error, HfHubHTTPError) and error.response.status_code not in PASSING:
                raise
            if _size(partial) > before:
                tries = 0
            if tries == len(pauses_s) and isinstance(error, HfHubHTTPError):
                raise
            if tries == len(pauses_s):
                raise WeightsError(f"The connection broke off in {file.name} every time; {AGAIN}.") from error
        meter.say(f"{file.name}: connection lost, trying again")
        time.sleep(pauses_s[tries])
        tries += 1


def _stream(file: RemoteFile, partial: Path, meter: Meter) -> None:
    """Load what is missing; whatever came before an error stays."""
    have = _size(partial)
    if have > file.size:
        partial.unlink()
        have = 0
    if have == file.size and partial.exists():
        return
    wish = {"Range": f"bytes={have}-"} if have else {}
    # Always asked at the hub: the addresses it redirects to expire.
    with get_session().stream(
        "GET",
        file.url,
        headers=hub.headers(file.repository, **wish),
        timeout=constants.HF_HUB_DOWNLOAD_TIMEOUT,
    ) as response:
        hf_raise_for_status(response)
        resumed = have > 0 and response.status_code == httpx2.codes.PARTIAL_CONTENT
        if have and not resumed:
            meter.add(-have)
        with partial.open("ab" if resumed else "wb", buffering=0) as out:
            for chunk in response.iter_bytes():
                out.write(chunk)
                meter.add(len(chunk))
    if _size(partial) < file.size:
        raise _BrokenOff


def _verify(file: RemoteFile, partial: Path, meter: Meter) -> None:
    each = meter.pause(f"checking {file.name}")
    if not (_size(partial) == file.size and hashes.matches(partial, file.etag, each)):
        partial.unlink(missing_ok=True)
        raise WeightsError(
            f"{file.name} arrived damaged (its hash is not the hub's) and was removed; run it again."
        )


def _size(path: Path) -> int:
    return path.stat().st_size if path.is_file() else 0
