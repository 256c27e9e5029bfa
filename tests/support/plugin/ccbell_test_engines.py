"""Engines that join by entry point, as another package's would, and misbehave on demand.

A word of the Brief's prompt says what happens: ``slow``, ``endless`` (until somebody cancels), ``crash``,
``hang``, ``crash once in FOLDER``, ``chatter`` … Only a whole word does, as presets speak of things that
move slowly and of hanging notes.
"""

import os
import re
import signal
import sys
import time
from dataclasses import replace
from pathlib import Path

from sounds.engines.base import EngineCard
from sounds.engines.stable_audio.card import CARD as STABLE_AUDIO

STEPS = {"slow": 20, "endless": 1200}


def card(name, **more):
    return EngineCard(
        id=name,
        title=name,
        version="1",
        implementation="ccbell_test_engines:TestEngine",
        lane="procedural",
        licence="CC0-1.0",
        **more,
    )


STEADY = card("steady")
CRASHER = card("crasher")
SOLO = card("solo", exclusive=True)
FAULTY_NEURAL = replace(
    STABLE_AUDIO, id="faulty-neural", implementation="ccbell_test_neural:FaultyStableAudio", auto_rank=None
)


class TestEngine:
    __test__ = False

    def load(self, progress):
        progress(0.5, "loading")

    def generate(self, briefs, progress):
        import numpy as np

        for index, brief in enumerate(briefs):
            words = set(re.findall(r"\w+", brief.prompt))
            if "begin" in words:
                progress(index, 0.0, "begun")
            self.misbehave(brief.prompt, words)
            steps = max(STEPS.get(word, 1) for word in words | {""})
            if "fault" in words:
                yield RuntimeError("this one only")
                continue
            if "note" in words:
                progress.note(index, "This was made in another way.")
            wanted = True
            for step in range(steps):
                wanted = progress(index, step / steps, f"step {step + 1} of {steps}")
                if not wanted:
                    break
                if steps > 1:
                    time.sleep(0.1)
            if not wanted:
                yield None
                continue
            t = np.arange(brief.frames) / 44_100
            tone = 0.5 * np.sin(2 * np.pi * (440 + brief.seed % 100) * t) * np.exp(-4 * t)
            yield np.stack([tone, tone], axis=1).astype(np.float32)

    def describe(self):
        return {"device": "none"}

    def misbehave(self, prompt, words):
        if "chatter" in words:
            print("a library prints this")
            sys.stdout.flush()
        if "once" in words:
            marker = Path(prompt.split("once in ")[1])
            if marker.exists():
                return
            marker.touch()
        if "crash" in words:
            os.kill(os.getpid(), signal.SIGSEGV)
        if "sigkill" in words:
            os.kill(os.getpid(), signal.SIGKILL)
        if "hang" in words:
            time.sleep(3600)
        if "raise" in words:
            raise RuntimeError("inside")
