"""Tone and room."""

import numpy as np

from sounds.brief import SAMPLE_RATE_HZ
from sounds.engines.procedural.effects import RIPPLES, Echo, Reverb, Tone, apply, fast_size, response
from tests.sounds.engines.procedural.hearing import level_db

OPEN = Tone(high_pass_hz=20.0, low_pass_hz=20_000.0)
DRY_ECHO, DRY_REVERB = Echo(level=0.0), Reverb(level=0.0)


def impulse(at: int, frames: int = SAMPLE_RATE_HZ // 2) -> np.ndarray:
    sound = np.zeros((2, frames), dtype=np.float32)
    sound[:, at] = 1.0
    return sound


def test_nothing_sounds_before_its_time():
    wet = apply(
        impulse(15_000),
        tone=Tone(),
        echo=Echo(level=0.5, time_s=0.3, feedback=0.9),
        reverb=Reverb(level=0.5, time_s=3.0),
    )
    assert np.abs(wet[:, :14_000]).max() < 1e-4


def test_without_a_room_the_sound_is_only_filtered():
    wet = apply(impulse(1_000), tone=OPEN, echo=DRY_ECHO, reverb=DRY_REVERB)
    assert abs(int(np.abs(wet[0]).argmax()) - 1_000) <= 2
    assert np.abs(wet[:, 4_000:]).max() < 0.01


def test_an_echo_comes_when_it_should_and_goes_from_ear_to_ear():
    echo = Echo(level=0.5, time_s=0.1, feedback=0.5, pingpong=1.0)
    wet = apply(impulse(0), tone=OPEN, echo=echo, reverb=DRY_REVERB)
    first, second = (wet[:, at - 50 : at + 50] for at in (4_410, 8_820))
    assert np.abs(first[0]).max() > 0.3 > 0.01 > np.abs(first[1]).max()
    assert np.abs(second[1]).max() > 0.15 > 0.01 > np.abs(second[0]).max()


def test_a_reverb_decays_by_60_db_in_its_time_and_differs_between_the_ears():
    wet = apply(
        impulse(0, 2 * SAMPLE_RATE_HZ),
        tone=OPEN,
        echo=DRY_ECHO,
        reverb=Reverb(level=0.5, time_s=1.0, dark=0.0),
    )
    early, late = (level_db(wet[:, at : at + 4_410].T) for at in (4_410, 4_410 + SAMPLE_RATE_HZ // 2))
    assert early - late == np.clip(early - late, 26.0, 34.0)
    assert abs(np.corrcoef(wet[:, 4_410:20_000])[0, 1]) < 0.2


def test_a_room_has_the_energy_its_level_says():
    wet = apply(
        impulse(0, 2 * SAMPLE_RATE_HZ), tone=OPEN, echo=DRY_ECHO, reverb=Reverb(level=0.3, time_s=0.5)
    )
    assert np.sqrt((wet[0, 300:] ** 2).sum()) == np.clip(np.sqrt((wet[0, 300:] ** 2).sum()), 0.2, 0.4)


def test_the_filters_fall_by_3_db_at_their_corners():
    tone = Tone(high_pass_hz=200.0, low_pass_hz=5_000.0)
    gains_db = 20 * np.log10(np.abs(response(tone, SAMPLE_RATE_HZ)[[200, 1_000, 5_000]]))
    assert np.allclose(gains_db, [-3.0, 0.0, -3.0], atol=0.15)


def test_the_shelf_lifts_the_treble_and_lowers_the_rest():
    flat, lifted = (np.abs(response(Tone(tilt_db=tilt), SAMPLE_RATE_HZ)) for tilt in (0.0, 6.0))
    assert lifted[8_000] > 1.3 * flat[8_000]
    assert lifted[300] < flat[300]


def test_ripples_colour_a_take_by_no_more_than_they_say():
    plain = apply(impulse(0), tone=OPEN, echo=DRY_ECHO, reverb=DRY_REVERB)
    waves = np.full(RIPPLES, 1.0, dtype=np.float32)
    coloured = apply(impulse(0), tone=OPEN, echo=DRY_ECHO, reverb=DRY_REVERB, ripple_db=waves)
    assert not np.array_equal(plain, coloured)
    assert abs(level_db(coloured.T) - level_db(plain.T)) < RIPPLES


def test_transforms_are_never_shorter_than_asked():
    assert all(fast_size(frames) >= frames for frames in (1, 22_050, 66_150, 441_000))
