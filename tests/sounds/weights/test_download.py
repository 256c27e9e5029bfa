"""One file over real HTTP, and everything that can go wrong on its way."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from sounds.engines.stable_audio.files import MODEL, TEXT_ENCODER, Repository
from sounds.weights.download import download
from sounds.weights.errors import WeightsError
from sounds.weights.hub import RemoteFile, look_up
from sounds.weights.meter import Meter
from sounds.weights.store import Store
from tests.sounds.weights.conftest import WEIGHTS
from tests.support.fake_hub import STRANGER, TOKEN, FakeHub

NAME = "model.safetensors"


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "cache", TEXT_ENCODER.ids[0])


@pytest.fixture
def meter() -> Meter:
    return Meter(lambda _fraction, _message: None)


@pytest.fixture
def weights(hub: FakeHub) -> RemoteFile:
    return next(file for file in look_up(TEXT_ENCODER) if file.name == NAME)


@pytest.fixture
def load(weights: RemoteFile, store: Store, meter: Meter) -> Callable[[], bytes]:
    def loaded() -> bytes:
        download(weights, store, meter, pauses_s=(0, 0))
        return store.blob(weights.etag).read_bytes()

    return loaded


@pytest.fixture
def published(anything: Path) -> bytes:
    return (anything / "t5-base" / NAME).read_bytes()


def test_a_file_arrives_as_it_is_published_and_is_counted(load, published, meter):
    assert load() == published
    assert meter.done == WEIGHTS


def test_a_small_file_is_checked_by_gits_hash(hub, store, meter, anything):
    config = look_up(TEXT_ENCODER)[0]
    download(config, store, meter)
    assert store.blob(config.etag).read_bytes() == (anything / "t5-base" / config.name).read_bytes()
    assert len(config.etag) == 40


def test_a_file_that_is_there_is_not_loaded_again(hub, load):
    load()
    load()
    assert hub.served[NAME] == WEIGHTS


def test_a_connection_that_is_cut_once_goes_on_where_it_was(hub, load, published):
    hub.faults.cut_after, hub.faults.cuts = 100_000, 1
    assert load() == published
    assert hub.served[NAME] == WEIGHTS


def test_a_connection_that_is_cut_again_and_again_arrives_as_long_as_bytes_come(hub, load, published):
    hub.faults.cut_after = 60_000
    assert load() == published
    assert hub.served[NAME] == WEIGHTS


def test_a_connection_that_brings_nothing_is_given_up_in_one_sentence(hub, load):
    hub.faults.cut_after = 0
    with pytest.raises(WeightsError, match=r"broke off in model.safetensors every time; run it again"):
        load()


def test_bytes_of_an_earlier_process_are_not_loaded_again(hub, load, store, weights, published):
    store.partial(weights.etag).write_bytes(published[:200_000])
    assert load() == published
    assert hub.served[NAME] == WEIGHTS - 200_000


def test_a_server_that_knows_no_ranges_sends_it_all_again(hub, load, store, weights, published, meter):
    store.partial(weights.etag).write_bytes(published[:200_000])
    meter.add(200_000)
    hub.faults.no_ranges = True
    assert load() == published
    assert meter.done == WEIGHTS


def test_more_bytes_than_there_should_be_are_thrown_away(load, store, weights, published):
    store.partial(weights.etag).write_bytes(published + b"more")
    assert load() == published


def test_a_body_that_ends_early_is_asked_for_again_and_then_given_up(hub, load, store, weights):
    hub.faults.shorter_by = 50_000
    with pytest.raises(WeightsError):
        load()
    assert not store.blob(weights.etag).exists()
    hub.faults.shorter_by = 0
    load()
    assert hub.served[NAME] == WEIGHTS


def test_wrong_bytes_are_removed_and_never_become_a_file(hub, load, store, weights, published):
    hub.faults.wrong_bytes = True
    with pytest.raises(WeightsError, match=r"damaged .* was removed; run it again"):
        load()
    assert not store.partial(weights.etag).exists()
    hub.faults.wrong_bytes = False
    assert load() == published


def test_a_wrong_beginning_is_found_out_at_the_end(load, store, weights, published):
    store.partial(weights.etag).write_bytes(b"x" * 1000)
    with pytest.raises(WeightsError, match="damaged"):
        load()
    assert load() == published


@pytest.mark.parametrize("status", [500, 503])
def test_trouble_of_the_hub_while_loading_is_one_sentence(hub, load, status):
    hub.faults.body_status = status
    with pytest.raises(WeightsError, match=f"The hub has trouble just now .*{status}.*later"):
        load()


def test_a_full_disk_is_said_by_the_system(load, store, weights):
    store.partial(weights.etag).symlink_to("/dev/full")
    with pytest.raises(OSError, match="No space left"):
        load()


@pytest.mark.parametrize(
    ("repository", "token", "words"),
    [
        (MODEL, "", "needs a token; make one at https://huggingface.co/settings/tokens"),
        (MODEL, "hf_unknown", "does not accept this token; make a new one"),
        (MODEL, STRANGER, "accept its licence at https://huggingface.co/stabilityai/stable-audio-open-small"),
    ],
)
def test_who_may_not_have_the_model_is_told_what_to_do(hub, monkeypatch, repository, token, words):
    monkeypatch.setenv("HF_TOKEN", token)
    with pytest.raises(WeightsError, match=words) as refused:
        look_up(repository)
    assert not token or token not in str(refused.value)


@pytest.mark.parametrize(("status", "words"), [(500, "trouble"), (404, "has no"), (429, "wait some minutes")])
def test_every_refusal_of_the_hub_is_one_sentence(hub, status, words):
    hub.faults.status = status
    with pytest.raises(WeightsError, match=words):
        look_up(TEXT_ENCODER)


def test_a_repository_that_is_not_there_is_one_sentence(hub):
    gone = Repository(
        ids=("nobody/nothing",), files=("a",), title="", licence="", licence_url="", about_bytes=0
    )
    with pytest.raises(WeightsError, match="has no nobody/nothing"):
        look_up(gone)


def test_something_that_is_no_hub_is_found_out(hub):
    hub.faults.not_a_hub = True
    with pytest.raises(WeightsError, match="does not answer as a Hugging Face hub"):
        look_up(TEXT_ENCODER)


def test_a_hub_that_cannot_be_reached_is_one_sentence(hub):
    hub.__exit__()
    with pytest.raises(WeightsError, match=r"cannot be reached .* look at the network"):
        look_up(TEXT_ENCODER)


def test_the_token_goes_to_the_gated_repository_only_and_never_to_another_host(
    hub, monkeypatch, meter, tmp_path
):
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    for repository in (MODEL, TEXT_ENCODER):
        for file in look_up(repository):
            download(file, Store(tmp_path / "cache", repository.ids[0]), meter)
    assert {path.split("/")[1] for path in hub.tokens_seen} == {"stabilityai"}
    assert {token for seen in hub.tokens_seen.values() for token in seen} == {TOKEN}
    assert os.environ["HF_TOKEN"] == TOKEN
