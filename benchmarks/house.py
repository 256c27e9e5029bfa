"""The house itself: what it costs to stand idle, to open, to be backed up and to be cleaned"""

from __future__ import annotations

import contextlib
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import psutil

from benchmarks.figures import Figure
from benchmarks.queue import share_of_a_core
from tests.jobs.stream.support import free_port
from tests.support.studio import Studio, wait_for

SOUNDS = 10_000
FILL = """
import hashlib, os, sys, uuid
from datetime import timedelta
from django.utils import timezone
from sounds.brief import Brief
from sounds.models import AudioFile, Sound
from sounds.models.sound import folder_of

# Of the sizes that a notification of 0.7 s has.
FILES = [
    ("master", "wav", "sound.wav", 123_524), ("rendition", "mp3", "sound.mp3", 18_180),
    ("picture", "json", "peaks.json", 2_350), ("picture", "png", "spectrogram.png", 57_058),
]
noise = os.urandom(200_000)

def sound(number):
    brief = Brief(
        engine="procedural", engine_version="1", seed=number, duration_s=0.7, loudness_lufs=-18,
        prompt=f"a tone {number}", hook="idle", theme="jazz", score={"notes": [[0, 0.1, 1, 1]] * 8},
        voice={"layers": ["a"] * 40},
    )
    return Sound(
        uuid=uuid.uuid4(), brief=brief.as_dict(), fingerprint=brief.fingerprint, title=f"Idle {number}",
        hook="idle", theme="jazz", engine="procedural", engine_version="1", seed=number, duration_s=0.7,
        loudness_lufs=-18, intended_lufs=-18, gain_db=0, true_peak_dbtp=-3, measures={"x": [1] * 30},
        quality=90, licence="CC0-1.0", words=f"Idle {number} jazz",
    )

def files(sound):
    folder = folder_of(sound.uuid)
    folder.mkdir(parents=True)
    for role, format_, name, size in FILES:
        data = noise[sound.seed : sound.seed + size]
        (folder / name).write_bytes(data)
        made = {
            "role": role, "format": format_, "name": name, "bytes": len(data),
            "sha256": hashlib.sha256(data).hexdigest(),
        }
        yield AudioFile.of(sound, made)

number = int(sys.argv[1])
for start in range(0, number, 1000):
    made = Sound.objects.bulk_create(sound(n) for n in range(start, start + 1000))
    AudioFile.objects.bulk_create(file for one in made for file in files(one))
Sound.objects.update(created_at=timezone.now() - timedelta(days=3))
"""


def measure() -> Iterator[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        studio = Studio(
            Path(folder), API_PORT=str(free_port()), AUDIO_RETENTION_HOURS="24", MODEL_IDLE_TIMEOUT_SEC="2"
        )
        try:
            yield from standing(studio)
            yield from making(studio, Path(folder))
            yield from looked_after(studio, Path(folder) / "backup.zip")
        finally:
            studio.close()


def standing(studio: Studio) -> Iterator[Figure]:
    """A studio that is started again, used a little, and left alone."""
    with opened(studio):
        pass  # the first start of all makes the database
    with opened(studio) as (run, started_s):
        yield Figure(name="start to first answer", value=started_s, target=3, unit="s")
        wait_for(lambda: studio.living_workers() == 2)
        studio.python("from tests.support.briefs import submit\nsubmit(['a tone'] * 20)")
        wait_for(lambda: set(studio.statuses()) == {"succeeded"})
        ask(studio, "/admin/login/")
        wait_for(lambda: not studio.hosts(), timeout=60)
        shares = [share_of_a_core(psutil.Process(run.pid)) for _ in range(3)]
        yield Figure(
            name="idle, all processes, processor, median of 3", value=median(shares), target=2, unit="%"
        )
        pss = sum(process.memory_full_info().pss for process in studio.family())
        yield Figure(
            name="idle, all processes, memory (PSS)", value=pss / 1e6, target=150, unit="MB", digits=0
        )


def making(studio: Studio, out: Path) -> Iterator[Figure]:
    """Packs of the procedural engine, made by two workers and a command beside them."""
    worker = studio.worker()
    command = ("generate_pack", "nature", "--out", str(out))
    studio.manage(*command)
    begun = time.monotonic()
    studio.manage(*command, "--fresh", "--takes", "20")
    rate = 300 / (time.monotonic() - begun)
    yield Figure(
        name="300 procedural sounds and a pack of them, sounds a second", value=rate, unit="/s", digits=1
    )
    worker.terminate()
    worker.wait()
    made, size = studio.rows("select count(distinct sound_id), sum(bytes) from sounds_audiofile")[0]
    yield Figure(name="on disk, a sound with its pictures", value=size / made / 1e6, unit="MB")


def looked_after(studio: Studio, backup: Path) -> Iterator[Figure]:
    """Ten thousand sounds of 0.2 MB each, backed up while others are made, then cleaned away."""
    studio.python(FILL.replace("sys.argv[1]", str(SOUNDS)))
    worker = studio.worker()
    studio.submit(*["slow"] * 200)
    begun = time.monotonic()
    studio.manage("backup", str(backup))
    yield Figure(
        name=f"backup of {SOUNDS:,} sounds, the queue running",
        value=time.monotonic() - begun, target=30, unit="s", digits=1,
    )  # fmt: skip
    yield Figure(name="its size", value=backup.stat().st_size / 1e6, unit="MB", digits=0)
    worker.terminate()
    worker.wait()
    begun = time.monotonic()
    studio.manage("cleanup")
    yield Figure(
        name=f"clean-up of {SOUNDS:,} takes", value=time.monotonic() - begun, target=20, unit="s", digits=1
    )
    left = sum(path.stat().st_size for path in (studio.data / "audio" / "generated").rglob("*.*"))
    yield Figure(name="what it left of 2,010 MB", value=left / 1e6, unit="MB", digits=0)


@contextlib.contextmanager
def opened(studio: Studio) -> Iterator[tuple[subprocess.Popen[str], float]]:
    """The studio as `make run` starts it, and the seconds until it answered."""
    begun = time.monotonic()
    run = studio.start("-m", "ccbell_site.run", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    wait_for(lambda: ask(studio, "/healthz"), timeout=60)
    yield run, time.monotonic() - begun
    run.terminate()
    run.wait()


def ask(studio: Studio, path: str) -> bool:
    """Whether the web server answers."""
    with contextlib.suppress(OSError):
        return bool(urllib.request.urlopen(f"http://127.0.0.1:{studio.environment['API_PORT']}{path}").read())
    return False
