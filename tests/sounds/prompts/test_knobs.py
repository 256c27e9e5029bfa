"""Knobs, and small random turns of them."""

from statistics import fmean, stdev

import pytest

from sounds.prompts.knobs import DESCRIPTIONS, KNOBS, STEP, check_knobs, mutate

RANGE = 2.0


def test_there_are_six_knobs_each_with_a_description():
    assert KNOBS == ("brightness", "urgency", "pitch", "tempo", "length", "space")
    assert set(DESCRIPTIONS) == set(KNOBS)


@pytest.mark.parametrize("position", [1.01, -1.5, float("nan"), float("inf"), "high", None, True])
def test_a_knob_cannot_stand_outside_its_range(position):
    with pytest.raises(ValueError, match="knob pitch must be a number from −1 to 1"):
        check_knobs({"pitch": position})


def test_an_unknown_knob_is_named():
    with pytest.raises(ValueError, match="no knob 'volume'"):
        check_knobs({"volume": 0.5})


def test_the_same_seed_makes_the_same_steps():
    assert mutate({"pitch": 0.2}, seed=5) == mutate({"pitch": 0.2}, seed=5)


def test_another_seed_makes_other_steps():
    assert mutate({}, seed=5) != mutate({}, seed=6)


def test_every_free_knob_moves_a_little():
    start = dict.fromkeys(KNOBS, 0.3)
    moved = mutate(start, seed=1)
    assert all(0 < abs(moved[name] - start[name]) <= STEP + 0.05 for name in KNOBS)


def test_locked_knobs_stay_exactly_where_they_are():
    start = {"pitch": 0.123456789, "space": -1.0}
    moved = mutate(start, seed=1, locked={"pitch", "space", "tempo"})
    assert moved["pitch"] == 0.123456789
    assert moved["space"] == -1.0
    assert "tempo" not in moved


def test_locking_one_knob_moves_no_other():
    free, locked = mutate({}, seed=9), mutate({}, seed=9, locked={"pitch"})
    assert {name: free[name] for name in locked} == locked


@pytest.mark.parametrize("start", [0.0, 0.5, -0.8, 0.97, 1.0, -1.0])
def test_a_thousand_mutations_of_one_start_stay_centred_on_it(start):
    moved = [mutate(dict.fromkeys(KNOBS, start), seed=seed) for seed in range(1000)]
    for name in KNOBS:
        assert abs(fmean(knobs[name] for knobs in moved) - start) < 0.05 * RANGE


@pytest.mark.parametrize("chain", range(12))
def test_a_chain_of_a_thousand_mutations_stays_centred_on_neutral(chain):
    knobs, trail = dict.fromkeys(KNOBS, 0.0), []
    for step in range(1000):
        knobs = mutate(knobs, seed=chain * 1000 + step)
        trail.append(knobs)
    for name in KNOBS:
        assert abs(fmean(knobs[name] for knobs in trail)) < 0.05 * RANGE


def test_a_chain_does_not_converge():
    knobs, trail = dict.fromkeys(KNOBS, 0.0), []
    for step in range(1000):
        knobs = mutate(knobs, seed=step)
        trail.append(knobs["pitch"])
    early, late = stdev(trail[:500]), stdev(trail[500:])
    assert late > 0.5 * early > 0.05


def test_steps_go_both_ways_even_near_a_bound():
    moved = [mutate({"pitch": 0.95}, seed=seed)["pitch"] for seed in range(100)]
    assert any(position > 0.95 for position in moved)
    assert any(position < 0.95 for position in moved)


def test_no_step_leaves_the_range():
    moved = [mutate(dict.fromkeys(KNOBS, 1.0), seed=seed, amount=0.5) for seed in range(200)]
    assert all(-1 <= position <= 1 for knobs in moved for position in knobs.values())
