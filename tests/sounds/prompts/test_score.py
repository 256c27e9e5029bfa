"""Notes and scores as plain data."""

import json

import pytest

from sounds.prompts.score import Note, Score, read_notes


def test_a_score_survives_a_trip_through_json():
    score = Score(length_s=1.0, notes=(Note(at=1.0, semitones=(0.0, 4.0), glide=-2.0), Note(pan=0.5)))
    assert Score.from_dict(json.loads(json.dumps(score.as_dict()))) == score


def test_a_note_leaves_out_what_is_usual():
    assert Note(at=2.0).as_dict() == {"at": 2.0, "semitones": [0.0]}


@pytest.mark.parametrize(
    "data",
    [
        {"pan": 2},
        {"level": -0.1},
        {"length": 0},
        {"semitones": []},
        {"semitones": [99]},
        {"at": float("nan")},
    ],
)
def test_a_note_out_of_bounds_is_refused(data):
    with pytest.raises(ValueError):
        Note.from_dict(data)


def test_a_motif_needs_a_note():
    with pytest.raises(ValueError, match="at least one note"):
        read_notes([])


def test_a_score_names_an_unknown_key():
    with pytest.raises(ValueError, match="no key 'tempo'"):
        Score.from_dict({"tempo": 2, "notes": [{}]})
