"""The real neural engine with a fault at a chosen phase, for tests with real signals.

A file, named by the environment variable ``CCBELL_TEST_FAULT``, says what, where and how often:
``SIGKILL|step 3 of 8|once``, else each time. ``hang`` is a fault too, and ``slow``, which holds up whatever
begins with that word. Where there is no such file, nothing goes wrong.
"""

import os
import signal
import time
from pathlib import Path

from sounds.engines.stable_audio.engine import StableAudioEngine


def strike(message):
    wish = Path(os.environ["CCBELL_TEST_FAULT"])
    if not wish.exists():
        return
    fault, phase, times = wish.read_text().split("|")
    if fault == "slow" and message.startswith(phase):
        time.sleep(0.15)
        return
    if message != phase:
        return
    if times == "once":
        wish.unlink()
    if fault == "hang":
        time.sleep(3600)
    os.kill(os.getpid(), getattr(signal, fault))


class Struck:
    """A progress that strikes before it reports."""

    def __init__(self, progress):
        self.progress = progress
        self.note = progress.note
        self.wants = progress.wants

    def __call__(self, index, fraction, message):
        wanted = self.progress(index, fraction, message)
        strike(message)
        return wanted

    def step(self, fraction, message):
        self.progress.step(fraction, message)
        strike(message)


class FaultyStableAudio(StableAudioEngine):
    def load(self, progress):
        def struck(fraction, message):
            progress(fraction, message)
            strike(message)

        super().load(struck)

    def generate(self, briefs, progress):
        return super().generate(briefs, Struck(progress))
