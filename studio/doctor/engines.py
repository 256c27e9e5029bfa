"""What can make sounds here, on which device, and what only ffmpeg could do."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec

from django.conf import settings

from packs.archive import printable
from packs.installer.words import listed
from sounds import ffmpeg
from sounds.engine_status import WORDS, spoken
from sounds.engines.host import state
from sounds.engines.registry import cards, why_unavailable
from sounds.formats import FORMATS, Writer
from sounds.hosts import AUDIO_ENGINE
from sounds.models import EngineFault
from sounds.weights.sizes import in_words
from studio.doctor.finding import Finding, fail, note, ok, warn

ASK_WITHIN_S = 5.0
TORCH = (
    "import torch; kinds = ('cuda', torch.cuda.is_available), ('mps', torch.backends.mps.is_available); "
    "print(torch.__version__, *(name for name, is_here in kinds if is_here()))"
)
TITLES = {"cuda": "CUDA", "mps": "MPS", "cpu": "the processor"}


def usable() -> Iterator[Finding]:
    hosts = state.living(settings.RUN_DIR / "hosts")
    for card in cards().values():
        mine = [host for host in hosts if host.engine == card.id]
        memory = in_words(sum(host.memory_bytes for host in mine))
        if why := why_unavailable(card):
            fact, _, todo = why.rstrip(".").rpartition("; ")
            verdict = fail if card.id == AUDIO_ENGINE else note
            yield verdict(card.id, fact or todo, todo.removeprefix("run: ") if fact else "")
        elif mine:
            yield ok(card.id, f"{WORDS[mine[0].state]}, {memory} of memory")
        else:
            yield ok(card.id, "ready; loaded with the next sound")


def faults() -> Iterator[Finding]:
    for card in cards().values():
        if fault := EngineFault.objects.latest_of(card.id):
            fact = f"failed {spoken(fault.created_at)} ago, and made no sound since"
            yield warn(card.id, fact, printable(fault.sentence, 200))


def device() -> Iterator[Finding]:
    """Where a model is computed; without one in memory PyTorch is asked, in a process of its own."""
    wanted = settings.MODEL_DEVICE
    hosts = state.living(settings.RUN_DIR / "hosts")
    if using := [host.details["device"] for host in hosts if "device" in host.details]:
        yield ok("device", f"{TITLES.get(using[0], using[0])}, in use (MODEL_DEVICE={wanted})")
        return
    if find_spec("torch") is None:
        return
    if wanted == "cpu":
        yield ok("device", f"{TITLES[wanted]} (MODEL_DEVICE={wanted})")
        return
    try:
        told = subprocess.run(
            [sys.executable, "-c", TORCH], capture_output=True, text=True, timeout=ASK_WITHIN_S, check=False
        )
    except subprocess.TimeoutExpired:
        fact = f"MODEL_DEVICE={wanted}; PyTorch took longer than {ASK_WITHIN_S:.0f} s to say what is here"
        yield note("device", fact)
        return
    if told.returncode:
        reason = printable((told.stderr.strip().splitlines() or ["it ended without a word"])[-1], 120)
        yield fail("device", f"PyTorch cannot be loaded: {reason}", "make neural")
        return
    version, *found = told.stdout.split()
    if wanted in ("cuda", "mps") and wanted not in found:
        todo = "set MODEL_DEVICE to auto or cpu"
        yield fail("device", f"MODEL_DEVICE is {wanted}, but PyTorch {version} finds none", todo)
        return
    taken = (found[0] if found else "cpu") if wanted == "auto" else wanted
    guard = ", once it has calculated as the processor does" if taken == "mps" and wanted == "auto" else ""
    yield ok("device", f"{TITLES[taken]}{guard} (MODEL_DEVICE={wanted}, PyTorch {version})")


def with_ffmpeg() -> Iterator[Finding]:
    needing = listed([name for name, row in FORMATS.items() if row.writer is Writer.FFMPEG])
    if not (path := ffmpeg.found()):
        todo = "brew install ffmpeg" if sys.platform == "darwin" else "sudo apt install ffmpeg"
        yield note("ffmpeg", f"not installed; only {needing} need it", todo)
        return
    told = subprocess.run([path, "-version"], capture_output=True, text=True, timeout=3, check=False)
    words = told.stdout.split()
    if told.returncode or words[:2] != ["ffmpeg", "version"]:
        yield warn("ffmpeg", f"{path} does not run, so there is no {needing}", "install it anew")
    else:
        yield ok("ffmpeg", f"{printable(words[2], 30)} at {path}")


CHECKS = (usable, faults, with_ffmpeg, device)
