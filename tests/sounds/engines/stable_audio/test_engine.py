"""The whole way from Briefs to audio, on the tiny model, as the render host goes it."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from sounds.audio.master import master
from sounds.engines.stable_audio.device import Device
from sounds.engines.stable_audio.engine import StableAudioEngine
from sounds.engines.stable_audio.errors import DeviceError, ModelError, StableAudioError
from sounds.engines.stable_audio.precision import Rates
from tests.sounds.engines.stable_audio.conftest import FAST_HALF, Listener, a_brief, by_stock, snr_db

pytestmark = pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::UserWarning")  # the library's

SINGLE = Rates({"fp32": 400.0}, {"fp32": 400.0}, [])
STEPS = [f"step {number} of 8" for number in range(1, 9)]


def make(engine, *briefs, listener=None):
    return list(engine.generate(briefs, listener or Listener()))


class Flawed(Device):
    """A device whose decoder goes wrong as often as `fails` says."""

    def __init__(self, model, fails, *, rates=FAST_HALF, kind="cuda"):
        super().__init__(model, "cpu", rates)
        self.kind, self.fails, self.largest, self.spoils = kind, fails, 99, False

    def velocity(self, x, time, context, quality):
        if len(x) > self.largest:
            raise torch.OutOfMemoryError("CUDA out of memory.")
        if self.spoils:
            return torch.full_like(x, np.nan)
        return super().velocity(x, time, context, quality)

    def decode(self, latents, quality, pulse):
        audio = super().decode(latents, quality, pulse)
        if not self.fails:
            return audio
        fault = self.fails.pop(0)
        if isinstance(fault, Exception):
            raise fault
        return audio if fault is None else audio * fault


@pytest.fixture
def flawed(make_engine):
    """An engine on a flawed device, and that device."""

    def build(*fails, **options):
        devices = []

        def pick(model):
            devices.append(Flawed(model, list(fails), **options))
            return devices[0]

        return make_engine(pick), devices[0]

    return build


def test_exact_is_what_the_library_makes_of_it(make_engine, stock):
    brief = a_brief("rain on a tin roof", seed=11, duration_s=1.3)
    (audio,) = make(make_engine(), brief)
    assert audio.dtype == np.float32
    assert audio.shape == (brief.frames + 11_025, 2)
    assert np.abs(audio).max() <= 1
    assert snr_db(by_stock(stock, brief)[: len(audio)], audio) >= 100


def test_a_batch_is_what_single_calls_make(make_engine):
    briefs = [a_brief(f"tone {n}", seed=n, duration_s=0.5 + n / 4) for n in range(5)]
    engine = make_engine()
    for brief, audio in zip(briefs, make(engine, *briefs), strict=True):
        assert snr_db(make(engine, brief)[0], audio) >= 90


def test_the_same_brief_gives_the_same_bytes_after_loading_again(make_engine):
    briefs = [a_brief(quality=quality) for quality in ("exact", "standard", "draft")]
    first, second = (make(make_engine(), *briefs) for _ in range(2))
    assert all(np.array_equal(a, b) for a, b in zip(first, second, strict=True))


def test_another_seed_or_prompt_gives_another_sound(make_engine):
    sound, *others = make(
        make_engine(), a_brief(), a_brief(seed=8), a_brief("a wooden drum"), a_brief(seed=2**32 - 1)
    )
    assert all(snr_db(sound, other) < 40 for other in others)


def test_standard_is_exact_but_for_the_precision(make_engine):
    exact, standard = make(make_engine(), a_brief(), a_brief(quality="standard"))
    assert 28 <= snr_db(exact, standard) < 90  # the few channels of a tiny decoder average little away


def test_a_draft_is_another_sound_of_the_same_length(make_engine):
    exact, draft = make(make_engine(), a_brief(), a_brief(quality="draft"))
    assert draft.shape == exact.shape
    assert np.abs(draft).max() > 0.05


@pytest.mark.parametrize("duration_s", [0.5, 1.0, 5.0])
@pytest.mark.parametrize("quality", ["exact", "draft"])
def test_what_is_made_can_be_mastered(make_engine, duration_s, quality):
    brief = a_brief(duration_s=duration_s, quality=quality)
    (raw,) = make(make_engine(), brief)
    mastered = master(raw, profile="notification", duration_s=duration_s, loudness_lufs=-18.0)
    assert len(mastered.audio) == brief.frames


def test_it_tells_of_reading_of_each_step_and_of_decoding(make_engine):
    listener = Listener()
    make(make_engine(), a_brief("one"), a_brief("two"), listener=listener)
    for index in (0, 1):
        assert listener.messages(index) == ["reading the words", *STEPS, "decoding"]
        fractions = [fraction for one, fraction, _ in listener.heard if one == index]
        assert fractions == sorted(fractions)
        assert fractions[0] >= 0 and fractions[-1] == 1


def test_it_tells_of_importing_and_loading(cache):
    told = []
    StableAudioEngine().load(lambda fraction, message: told.append(message))
    assert list(dict.fromkeys(told)) == ["importing PyTorch", "loading the model"]


@pytest.mark.parametrize("last", ["reading the words", "step 3 of 8", "step 8 of 8", "decoding"])
def test_a_sound_that_nobody_wants_is_left_out_and_the_others_are_made(make_engine, last):
    engine, briefs = make_engine(), [a_brief("one"), a_brief("two"), a_brief("three")]
    listener = Listener(drop={1: last})
    first, dropped, third = make(engine, *briefs, listener=listener)
    assert dropped is None
    assert listener.messages(1)[-1] == last
    assert snr_db(make(engine, briefs[0])[0], first) >= 90
    assert snr_db(make(engine, briefs[2])[0], third) >= 90


def test_all_of_them_may_be_unwanted(make_engine):
    listener = Listener(drop={0: "step 1 of 8", 1: "reading the words", 2: "step 1 of 8"})
    assert make(make_engine(), a_brief(), a_brief(), a_brief(), listener=listener) == [None, None, None]


def test_a_progress_that_raises_ends_it(make_engine):
    class Ended(Exception):
        pass

    class Impatient(Listener):
        def __call__(self, index, fraction, message):
            if message == "step 2 of 8":
                raise Ended
            return True

    engine = make_engine()
    with pytest.raises(Ended):
        make(engine, a_brief(), listener=Impatient())
    assert make(engine, a_brief())[0] is not None


@pytest.mark.parametrize(("fault", "words"), [(np.nan, "values that are no numbers"), (0.0, "gave silence")])
def test_a_spoilt_sound_is_made_again_on_the_cpu_and_the_person_is_told(flawed, make_engine, fault, words):
    engine, _ = flawed(None, fault)
    listener = Listener()
    briefs = [a_brief("one", quality="standard"), a_brief("two", quality="standard")]
    _, second = make(engine, *briefs, listener=listener)
    ((index, note),) = listener.notes
    assert index == 1
    assert words in note and "The CUDA device" in note and "made on the CPU" in note
    exact = make(make_engine(), a_brief("two"))[0]
    assert snr_db(exact, second) >= 90
    assert engine.describe()["device"] == "cuda"


def test_three_spoilt_sounds_in_a_row_keep_the_cpu(flawed):
    engine, device = flawed(*[np.nan] * 3, kind="mps")
    listener = Listener()
    made = make(engine, *[a_brief(seed=n) for n in range(5)], listener=listener)
    assert all(isinstance(audio, np.ndarray) for audio in made)
    assert [index for index, _ in listener.notes] == [0, 1, 2]
    assert "until the engine is started again" in listener.notes[-1][1]
    assert engine.describe()["device"] == "cpu"
    assert not device.fails


def test_half_precision_is_given_up_as_well(flawed):
    engine, _ = flawed(*[np.nan] * 3, kind="cpu")
    make(engine, *[a_brief(seed=n, quality="standard") for n in range(4)])
    assert engine.describe()["precision"] == "fp32"


def test_what_a_device_has_spoilt_before_it_is_given_up_is_made_again_too(flawed):
    engine, device = flawed(np.nan, np.nan)
    listener = Listener()
    make(engine, a_brief(), a_brief(seed=8), listener=listener)
    device.spoils = True
    made = make(engine, *[a_brief(seed=n) for n in range(3)], listener=listener)
    assert all(isinstance(audio, np.ndarray) for audio in made)
    assert len(listener.notes) == 5


def test_a_good_sound_between_them_restores_trust(flawed):
    engine, _ = flawed(np.nan, np.nan, None, np.nan, np.nan)
    make(engine, *[a_brief(seed=n) for n in range(6)])
    assert engine.describe()["device"] == "cuda"


def test_half_precision_that_spoils_a_sound_is_followed_by_single(flawed):
    engine, _ = flawed(np.inf, kind="cpu")
    listener = Listener()
    (audio,) = make(engine, a_brief(quality="draft"), listener=listener)
    assert np.isfinite(audio).all()
    assert "half-precision" in listener.notes[0][1]


def test_a_sound_that_the_cpu_spoils_too_is_refused_in_a_sentence(flawed):
    engine, _ = flawed(0.0, kind="cpu", rates=SINGLE)
    refused, made = make(engine, a_brief("nothing at all"), a_brief())
    assert isinstance(refused, StableAudioError)
    assert str(refused) == "The model gave silence for “nothing at all”; try another seed or other words."
    assert isinstance(made, np.ndarray)


def test_a_batch_that_is_too_large_is_made_one_by_one(flawed, make_engine):
    engine, device = flawed()
    device.largest = 1
    briefs = [a_brief("one"), a_brief("two")]
    listener = Listener()
    for brief, audio in zip(briefs, make(engine, *briefs, listener=listener), strict=True):
        assert snr_db(make(make_engine(), brief)[0], audio) >= 90
    assert not listener.notes


def test_a_device_without_memory_for_one_sound_leaves_it_to_the_cpu(flawed):
    engine, device = flawed()
    device.largest = 0
    listener = Listener()
    (audio,) = make(engine, a_brief(), listener=listener)
    assert isinstance(audio, np.ndarray)
    assert "ran out of memory" in listener.notes[0][1]


def test_a_cpu_without_memory_says_so(flawed):
    engine, _ = flawed(MemoryError(), kind="cpu", rates=SINGLE)
    refused, made = make(engine, a_brief(), a_brief())
    assert isinstance(refused, StableAudioError)
    assert "too little free memory" in str(refused)
    assert isinstance(made, np.ndarray)


def test_a_fault_of_another_kind_is_not_hidden(flawed):
    engine, _ = flawed(RuntimeError("expected scalar type Float"))
    with pytest.raises(RuntimeError, match="scalar type"):
        make(engine, a_brief())


def test_without_weights_it_says_how_to_get_them(cache):
    for file in cache.rglob("model.safetensors"):
        file.unlink()
    with pytest.raises(ModelError, match="is not installed; run: python manage"):
        StableAudioEngine().load(lambda fraction, message: None)


def test_a_device_that_is_not_here_is_told_before_the_weights_are_read(cache, monkeypatch):
    monkeypatch.setenv("MODEL_DEVICE", "toaster")
    with pytest.raises(DeviceError):
        StableAudioEngine().load(lambda fraction, message: None)


def test_the_words_are_read_once(make_engine, cache):
    brief = a_brief("a word")
    first = make(make_engine(), brief)[0]
    for file in cache.rglob("models--google-t5--t5-base/snapshots/*/model.safetensors"):
        file.touch()
    assert np.array_equal(first, make(make_engine(), brief)[0])
    assert len(list((cache / "embeddings").glob("*.npy"))) == 1


def test_it_describes_what_it_runs_on(make_engine):
    told = make_engine().describe()
    assert told == {"device": "cpu", "precision": "bf16", "text_encoder": "not loaded"}
