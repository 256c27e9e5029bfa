"""The engine behind the card."""

import subprocess
import sys

import numpy as np
import pytest

from sounds.engines.procedural.card import CARD
from sounds.engines.procedural.engine import ProceduralEngine
from tests.sounds.engines.procedural.hearing import (
    HOOKS,
    THEMES,
    brief,
    envelope,
    level_db,
    onset_s,
    sound,
    worded,
)


def test_the_card_can_be_read_without_numpy():
    code = "import sys, sounds.engines.procedural.card; sys.exit('numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_engine_needs_neither_django_nor_the_slow_part_of_scipy():
    code = (
        "import sys, sounds.engines.procedural.engine; "
        "sys.exit(bool({'django', 'scipy.signal', 'scipy.stats'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_card_names_its_implementation():
    module, name = CARD.implementation.split(":")
    assert getattr(sys.modules[module], name) is ProceduralEngine
    assert CARD.why_unavailable() == ""


def test_it_yields_one_sound_a_brief_in_their_order_and_reports_progress():
    engine, reports = ProceduralEngine(), []
    engine.load(lambda fraction, message: reports.append(fraction))
    briefs = [brief("task_complete"), brief("tool_error"), brief("session_start")]
    sounds = list(engine.generate(briefs, lambda index, fraction, message: reports.append((index, fraction))))
    assert [len(audio) for audio in sounds] == [wish.frames for wish in briefs]
    assert reports[0] == 1.0
    assert reports[-1] == (2, 1.0)


@pytest.mark.parametrize("theme", THEMES)
def test_the_same_brief_gives_the_same_samples(theme):
    wish = {"hook": "task_complete", "theme": theme, "seed": 7}
    assert np.array_equal(sound(**wish), sound(**wish))


def test_the_same_brief_gives_the_same_samples_in_another_process():
    code = (
        "import hashlib; from tests.sounds.engines.procedural.hearing import sound; "
        "print(hashlib.sha256(sound('task_complete', 'jazz', seed=7).tobytes()).hexdigest())"
    )
    runs = {
        subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout for _ in "ab"
    }
    assert len(runs) == 1


@pytest.mark.parametrize("theme", THEMES)
def test_another_seed_gives_another_take(theme):
    assert not np.array_equal(sound("tool_start", theme, seed=1), sound("tool_start", theme, seed=2))


@pytest.mark.parametrize("duration_s", [0.5, 0.777, 1.3, 5.0])
@pytest.mark.parametrize("theme", THEMES)
def test_every_length_is_exact_and_filled(theme, duration_s):
    audio = sound("task_complete", theme, duration_s=duration_s)
    assert audio.shape == (round(duration_s * 44_100), 2)
    assert audio.dtype == np.float32
    assert onset_s(audio) <= 0.010
    assert envelope(audio)[-len(envelope(audio)) // 5 :].max() > 10 ** (-50 / 20)


@pytest.mark.parametrize("theme", THEMES)
def test_a_longer_sound_stretches_its_motif(theme):
    short, long = sound("idle", theme), sound("idle", theme, duration_s=4.4)
    # The three notes of the reminder are as far apart, in parts of the whole.
    middle = [level_db(audio[len(audio) // 4 : len(audio) // 2]) - level_db(audio) for audio in (short, long)]
    assert abs(middle[0] - middle[1]) < 6.0


@pytest.mark.parametrize("hook", HOOKS)
@pytest.mark.parametrize("theme", THEMES)
def test_a_sound_leaves_room_and_folds_to_mono(theme, hook):
    audio = sound(hook, theme)
    assert 0.4 < np.abs(audio).max() <= 0.71
    assert abs(audio.mean()) < 0.005
    # Half the power would be lost if the ears were unrelated.
    assert level_db(audio.mean(axis=1, keepdims=True)) - level_db(audio) > -2.5


def test_a_prompt_alone_makes_a_sound_and_the_same_one_every_time():
    assert np.array_equal(worded("zorp"), worded.__wrapped__("zorp"))
    assert np.isfinite(worded("zorp")).all()


def test_a_brief_with_a_wrong_voice_is_refused_by_name():
    from dataclasses import replace

    broken = replace(brief("tool_start"), voice={"layers": {"body": {"kind": "kazoo"}}})
    with pytest.raises(ValueError, match="kind 'kazoo'"):
        list(ProceduralEngine().generate([broken], lambda *_: None))
