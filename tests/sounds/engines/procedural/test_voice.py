"""Voices are read from plain data, and mistakes are named."""

import pytest

from sounds.engines.procedural.voice import KINDS, Voice, pitch_hz

LAYERS = {"body": {"kind": "modal", "ratios": [1, 2]}}


@pytest.mark.parametrize(
    ("pitch", "hz"),
    [("A4", 440.0), ("A3", 220.0), ("C5", 523.251), ("F#3", 184.997), ("Bb4", 466.164), (100, 100.0)],
)
def test_a_pitch_is_a_note_name_or_a_frequency(pitch, hz):
    assert pitch_hz(pitch) == pytest.approx(hz, abs=0.001)


@pytest.mark.parametrize("pitch", ["H4", "A", "", None, 3, 20_000, True])
def test_what_is_no_pitch_is_named(pitch):
    with pytest.raises(ValueError, match="is no pitch"):
        pitch_hz(pitch)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({}, "needs a table layers"),
        ({"layers": {}}, "at least one layer"),
        ({"layers": {"body": {"kind": "kazoo"}}}, "layer 'body' has kind 'kazoo'"),
        ({"layers": {"body": {}}}, "layer 'body' has kind None"),
        ({"layers": {"body": {"kind": "modal", "indx": 1}}}, "layer 'body' has a key 'indx'"),
        ({"layers": {"body": {"kind": "modal", "decay_s": "long"}}}, "decay_s cannot be 'long'"),
        ({"layers": {"body": {"kind": "modal", "decay_s": True}}}, "decay_s cannot be True"),
        ({"layers": {"body": {"kind": "modal", "decay_s": 99}}}, "In the layer 'body', decay_s must lie"),
        ({"layers": {"body": {"kind": "modal", "ratios": []}}}, "ratios must be"),
        ({"layers": {"body": {"kind": "modal", "ratios": 2}}}, "must be a list of numbers"),
        ({"layers": {"body": {"kind": "modal", "when": "never"}}}, "when must be one of"),
        ({"layers": {"body": {"kind": "chip", "wave": "cosine"}}}, "wave must be one of"),
        ({"layers": LAYERS, "reverb": {"size": 3}}, "reverb has a key 'size'"),
        ({"layers": LAYERS, "echo": 0.5}, "echo must be a table"),
        ({"layers": LAYERS, "colour": "red"}, "voice has a key 'colour'"),
        ({"layers": LAYERS, "bits": 7.5}, "bits cannot be 7.5"),
        ({"layers": LAYERS, "bias": {"volume": 1}}, "no knob 'volume'"),
    ],
)
def test_a_mistake_is_named(data, message):
    with pytest.raises(ValueError, match=message):
        Voice.from_dict(data)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_layer_has_usable_defaults(kind):
    assert Voice.from_dict({"layers": {"body": {"kind": kind}}}).layers


def test_a_layer_at_level_0_is_left_out():
    layers = LAYERS | {"air": {"kind": "noise", "level": 0.0}}
    assert len(Voice.from_dict({"layers": layers}).layers) == 1


def test_whole_numbers_and_lists_are_taken_for_floats_and_tuples():
    voice = Voice.from_dict({"layers": LAYERS, "tempo": 2, "chord": [0, 7]})
    assert (voice.tempo, voice.chord) == (2.0, (0.0, 7.0))
    assert voice.layers[0].ratios == (1.0, 2.0)
