"""Adopting files, without asking what is in them."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from sounds.engines.stable_audio.files import MODEL, TEXT_ENCODER, folder_name, snapshot_in
from sounds.weights.adopt import adopt, source_of
from sounds.weights.errors import WeightsError
from sounds.weights.meter import Meter
from sounds.weights.sizes import require_space
from sounds.weights.store import Store

NAME = "model.safetensors"


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache"


@pytest.fixture
def store(cache: Path) -> Store:
    return Store(cache, MODEL.ids[0])


@pytest.fixture
def meter() -> Meter:
    return Meter(lambda _fraction, _message: None)


@pytest.fixture
def elsewhere() -> Iterator[Path]:
    """A folder on another disk, where the machine has one in memory."""
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder:
        yield Path(folder)


def test_nothing_is_seen_before_all_of_it_is_there(anything, cache, store, meter):
    adopted = adopt(MODEL, anything, store, meter)
    assert snapshot_in(cache, MODEL) is None
    store.stage(adopted.revision, adopted.names)
    assert snapshot_in(cache, MODEL) is None
    assert snapshot_in(cache, MODEL) != store.publish(adopted.revision) == snapshot_in(cache, MODEL)


def test_contents_lie_under_their_hash_and_every_byte_is_counted(anything, store, meter):
    adopted = adopt(MODEL, anything, store, meter)
    data = (anything / NAME).read_bytes()
    assert adopted.names[NAME] == hashlib.sha256(data).hexdigest()
    assert store.blob(adopted.names[NAME]).read_bytes() == data
    assert meter.done == sum((anything / name).stat().st_size for name in MODEL.files)


def test_the_same_files_are_the_same_revision(anything, cache, store, meter):
    other = Store(cache / "other", MODEL.ids[0])
    assert adopt(MODEL, anything, store, meter) == adopt(MODEL, anything, other, meter)


def test_files_on_another_disk_are_copied(anything, elsewhere, meter):
    store = Store(elsewhere, MODEL.ids[0])
    adopted = adopt(MODEL, anything, store, meter)
    assert store.blob(adopted.names[NAME]).read_bytes() == (anything / NAME).read_bytes()
    assert meter.done == sum((anything / name).stat().st_size for name in MODEL.files)


def test_half_a_copy_of_an_earlier_try_is_overwritten(anything, elsewhere, meter):
    store = Store(elsewhere, MODEL.ids[0])
    etag = hashlib.sha256((anything / NAME).read_bytes()).hexdigest()
    store.partial(etag).write_bytes(b"half")
    adopt(MODEL, anything, store, meter)
    assert store.blob(etag).read_bytes() == (anything / NAME).read_bytes()


def test_publishing_removes_what_earlier_tries_left(anything, store, meter):
    store.partial("of-a-revision-that-is-gone").write_bytes(b"half")
    adopted = adopt(MODEL, anything, store, meter)
    store.stage(adopted.revision, adopted.names)
    store.publish(adopted.revision)
    left = {path.name for path in store.folder.iterdir()}
    assert left == {"blobs", "refs", "snapshots"}
    assert not list(store.folder.rglob("*.incomplete"))


def test_publishing_completes_a_snapshot_of_the_hubs_library_that_is_half_there(
    anything, cache, store, meter
):
    adopted = adopt(MODEL, anything, store, meter)
    half = cache / folder_name(MODEL.ids[0]) / "snapshots" / adopted.revision
    half.mkdir(parents=True)
    (half / "README.md").write_text("theirs")
    store.stage(adopted.revision, adopted.names)
    store.publish(adopted.revision)
    assert snapshot_in(cache, MODEL) == half
    assert (half / "README.md").exists()


def test_a_link_to_nothing_is_no_file(anything, cache, store, meter):
    adopted = adopt(MODEL, anything, store, meter)
    store.stage(adopted.revision, adopted.names)
    store.publish(adopted.revision)
    store.blob(adopted.names[NAME]).unlink()
    assert snapshot_in(cache, MODEL) is None
    assert source_of(MODEL, cache) is None


def test_the_model_is_not_taken_for_its_text_encoder(anything):
    assert source_of(MODEL, anything) == anything
    assert source_of(TEXT_ENCODER, anything) == anything / "t5-base"


def test_space_is_asked_for_in_a_folder_that_is_not_there_yet(tmp_path):
    require_space(tmp_path / "not" / "yet", 1)
    with pytest.raises(WeightsError, match=r"100,000,000\.0 GB more are needed .*only .* free"):
        require_space(tmp_path / "not" / "yet", 10**17)
