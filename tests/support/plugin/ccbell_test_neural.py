"""The real neural engine with a fault at a chosen phase, for tests with real signals.

The environment variable ``CCBELL_TEST_FAULT`` says what, where and, if it is to happen only once, where to
remember that it has: ``SIGKILL|step 3 of 8|/path/of/a/marker``. ``hang`` is a fault too, and ``slow``, which
holds up whatever begins with that word.
"""

import os
import signal
import time
from pathlib import Path

from sounds.engines.stable_audio.engine import StableAudioEngine


def strike(message):
    fault, phase, marker = os.environ["CCBELL_TEST_FAULT"].split("|")
    if fault == "slow" and message.startswith(phase):
        time.sleep(0.15)
        return
    if message != phase or (marker and Path(marker).exists()):
        return
    if marker:
        Path(marker).touch()
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
