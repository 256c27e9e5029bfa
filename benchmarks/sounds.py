"""What the sounds are like: every theme × hook, and every variation with ten seeds where it says so"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from statistics import mean

import numpy as np

from benchmarks.figures import Figure
from benchmarks.library import Made, families, make, themes_by_hooks
from sounds.audio.similarity import embedding
from sounds.prompts.presets import load_hooks

RISE = ("task_complete", "permission_required", "question", "session_start")
FALL = ("tool_error", "api_error", "session_end")
SEEDS = range(10)


def measure() -> Iterator[Figure]:
    made = themes_by_hooks()
    yield from masters(made)
    yield from contours()
    yield from likeness(made)


def masters(made: tuple[Made, ...]) -> Iterator[Figure]:
    off = [abs(m.measures.loudness_lufs - m.brief.loudness_lufs) for m in made]
    yield Figure(name="furthest from its intended loudness", value=max(off), target=1, unit="LU")
    yield Figure(
        name="highest true peak",
        value=max(m.measures.true_peak_dbtp for m in made),
        target=-1,
        unit="dBTP",
    )
    yield Figure(
        name="latest onset", value=1e3 * max(m.measures.onset_s for m in made), target=20, unit="ms", digits=1
    )
    yield Figure(
        name="frames off the wanted length",
        value=max(abs(len(m.audio) - m.brief.frames) for m in made),
        target=0,
        digits=0,
    )
    yield Figure(
        name="largest DC offset",
        value=max(abs(float(m.audio.mean())) for m in made),
        target=1e-3,
        digits=5,
    )
    yield Figure(
        name="largest first or last sample",
        value=max(float(np.abs(m.audio[[0, -1]]).max()) for m in made),
        target=1e-3,
        digits=5,
    )
    yield Figure(
        name="lowest quality score", value=min(m.score for m in made), target=90, sense="≥", digits=0
    )


def strongest_hz(part: np.ndarray) -> float:
    """Frequency of the strongest partial of a stretch, by a windowed transform padded to 2¹⁶ points."""
    mono = part.mean(axis=1)
    spectrum = np.abs(np.fft.rfft(mono * np.hanning(len(mono)), 1 << 16))
    return float(np.argmax(spectrum) * 44_100 / (1 << 16))


def contours() -> Iterator[Figure]:
    hooks = {hook.slug: hook for hook in load_hooks()}
    wrong = total = 0
    for theme, variation in families():
        for slug in (*RISE, *FALL):
            for seed in SEEDS:
                audio = make(theme, variation, hooks[slug], seed).audio
                fifth = len(audio) // 5
                rises = strongest_hz(audio[-fifth:]) > strongest_hz(audio[:fifth])
                wrong += rises != (slug in RISE)
                total += 1
    yield Figure(name=f"contours that go the wrong way, of {total}", value=wrong, target=0, digits=0)


def likeness(made: tuple[Made, ...]) -> Iterator[Figure]:
    seen = {(m.theme.slug, m.hook.slug): embedding(m.audio) for m in made}
    themes, hooks = ({key[place] for key in seen} for place in (0, 1))
    inside = [
        cosine(seen[theme, a], seen[theme, b]) for theme in themes for a, b in combinations(sorted(hooks), 2)
    ]
    across = [
        cosine(seen[a, hook], seen[b, hook]) for hook in hooks for a, b in combinations(sorted(themes), 2)
    ]
    takes = []
    for m in made:
        others = [embedding(make(m.theme, None, m.hook, seed).audio) for seed in SEEDS]
        takes += [cosine(a, b) for a, b in combinations(others, 2)]
    yield Figure(name="two hooks of a theme, most alike", value=max(inside), target=0.85, digits=3)
    yield Figure(name="two hooks of a theme, mean", value=mean(inside), target=0.6, digits=3)
    yield Figure(name="one hook in two themes, mean", value=mean(across), target=0.5, digits=3)
    yield Figure(name="two takes of a hook, least alike", value=min(takes), target=0.90, sense="≥", digits=3)
    yield Figure(name="two takes of a hook, most alike", value=max(takes), target=0.995, digits=4)


def cosine(a: np.ndarray, b: np.ndarray) -> float:
    return float(np.vdot(a, b) / (np.linalg.norm(a) * np.linalg.norm(b)))
