"""Packs to test with: real tones in real files."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from packs.archive import OpenedPack, PackError, open_pack
from packs.content import PackContent, PackFile, PackSound
from packs.formats import pack_files
from packs.report import Finding, Level, Report
from packs.zipping import write_zip
from sounds.audio.file_report import FileReport
from sounds.audio.inspect import inspect

RATE_HZ = 44_100
OPTIONS: dict[str, dict[str, Any]] = {
    ".wav": {"format": "WAV", "subtype": "PCM_16"},
    ".flac": {"format": "FLAC", "subtype": "PCM_16"},
    ".ogg": {"format": "OGG", "subtype": "VORBIS"},
    ".mp3": {"format": "MP3", "bitrate_mode": "CONSTANT", "compression_level": 0.45},
    ".aiff": {"format": "AIFF", "subtype": "PCM_16"},
}
MOMENT = datetime(2026, 1, 15, 10, 0, 0, tzinfo=UTC)

# hook, Claude event, ccbell event, CESP category, intended loudness
HOOKS = (
    ("session_start", "SessionStart", "", "session.start", -18.0),
    ("prompt_submit", "UserPromptSubmit", "", "task.acknowledge", -20.0),
    ("tool_start", "PreToolUse", "", "", -23.0),
    ("tool_error", "PostToolUseFailure", "", "task.error", -17.0),
    ("permission_required", "PermissionRequest", "permission_prompt", "input.required", -17.0),
    ("idle", "Notification:idle_prompt", "idle_prompt", "", -19.0),
    ("task_complete", "Stop", "stop", "task.complete", -17.0),
    ("subagent_complete", "SubagentStop", "subagent", "task.complete", -19.0),
    ("context_limit", "PreCompact", "", "resource.limit", -17.0),
)


def tone(hertz: float = 660.0, duration_s: float = 0.6, *, silence_s: float = 0.0) -> np.ndarray:
    """A tone that fades out, after some silence; its peak is 0.5."""
    time = np.arange(round(duration_s * RATE_HZ)) / RATE_HZ
    sound = 0.5 * np.sin(2 * np.pi * hertz * time) * np.exp(-3 * time)
    return np.concatenate([np.zeros(round(silence_s * RATE_HZ)), sound]).astype(np.float32)


def write_audio(path: Path, sound: np.ndarray, *, rate_hz: int = RATE_HZ, **options: Any) -> Path:
    """Write a WAV, MP3, OGG or FLAC file, by its suffix."""
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, sound, rate_hz, **(OPTIONS[path.suffix] | options))
    return path


def at_loudness(sound: np.ndarray, lufs: float, folder: Path) -> np.ndarray:
    measured = inspect(write_audio(folder / "probe.wav", sound)).loudness_lufs
    return sound * np.float32(10 ** ((lufs - measured) / 20))


def make_sound(folder: Path, row: tuple[str, str, str, str, float], number: int) -> PackSound:
    hook, claude_event, ccbell_event, cesp_category, intended = row
    sound = at_loudness(tone(440.0 + 40 * number), intended, folder)
    files = {form: write_audio(folder / f"{hook}-take.{form}", sound) for form in ("wav", "mp3")}
    measured = inspect(files["wav"])
    return PackSound(
        hook=hook,
        title=hook.replace("_", " ").capitalize(),
        description=f"It is about {hook}.",
        claude_event=claude_event,
        ccbell_event=ccbell_event,
        cesp_category=cesp_category,
        duration_s=measured.duration_s,
        loudness_lufs=measured.loudness_lufs,
        intended_lufs=intended,
        true_peak_dbtp=measured.true_peak_dbtp,
        quality=97,
        engine="procedural",
        engine_version="1.0",
        prompt=f"a tone for {hook}",
        seed=number,
        theme="sci-fi",
        variation="",
        licence="CC0-1.0",
        attribution="",
        files={form: pack_file(form, path) for form, path in files.items()},
    )


def pack_file(form: str, path: Path) -> PackFile:
    data = path.read_bytes()
    return PackFile(format=form, source=path, bytes=len(data), sha256=hashlib.sha256(data).hexdigest())


def make_content(folder: Path) -> PackContent:
    return PackContent(
        name="sci-fi",
        display_name="Sci-Fi",
        version="1.0.0",
        description="Futuristic notification sounds",
        author="A. Author",
        author_github="a-author",
        homepage="https://example.org/sci-fi",
        theme="sci-fi",
        tags=["sci-fi", "notifications"],
        created_at="2026-01-15T10:00:00Z",
        generator_version="0.1.0",
        sounds=[make_sound(folder, row, number) for number, row in enumerate(HOOKS)],
    )


def with_sound(content: PackContent, hook: str, /, **changes: Any) -> PackContent:
    """The same pack with one sound changed."""
    sounds = [replace(sound, **changes) if sound.hook == hook else sound for sound in content.sounds]
    return replace(content, sounds=sounds)


def unpack(content: PackContent, folder: Path) -> Path:
    """The pack as a folder whose files can be changed."""
    for name, data in pack_files(content).items():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data) if isinstance(data, bytes) else shutil.copy(data, target)
    return folder


def zipped(content: PackContent, path: Path) -> Path:
    write_zip(path, pack_files(content), timestamp=MOMENT)
    return path


def change(folder: Path, document: str, edit: Callable[[dict[str, Any]], object]) -> Path:
    """Edit a JSON document of an unpacked pack in place."""
    path = folder / document
    value = json.loads(path.read_bytes())
    edit(value)
    path.write_text(json.dumps(value))
    return folder


def opened(folder: Path) -> OpenedPack:
    """A folder as a pack, for tests that need no context."""
    with open_pack(folder) as pack:
        return pack


def refusal(path: Path) -> str:
    """The sentence with which a pack is refused; it must be one, and name the pack."""
    with pytest.raises(PackError) as caught, open_pack(path):
        pass
    sentence = str(caught.value)
    assert sentence.endswith(".") and "\n" not in sentence and path.name in sentence
    return sentence


def report(**changes: Any) -> FileReport:
    """A file that nobody has anything to say against."""
    plain = {
        "bytes": 40_000,
        "sha256": "0" * 64,
        "format": "wav",
        "subtype": "PCM_16",
        "sample_rate_hz": RATE_HZ,
        "channels": 1,
        "duration_s": 1.0,
        "loudness_lufs": -18.0,
        "true_peak_dbtp": -3.0,
    }
    return FileReport(**(plain | changes))


def sentences(
    findings: list[Finding] | Report, level: Level | None = None, rules: str | None = None
) -> list[str]:
    found = findings.findings if isinstance(findings, Report) else findings
    return [
        one.sentence
        for one in found
        if (level is None or one.level is level) and (rules is None or one.rules == rules)
    ]


def errors(findings: list[Finding] | Report, rules: str | None = None) -> list[str]:
    return sentences(findings, Level.ERROR, rules)


def warnings(findings: list[Finding] | Report, rules: str | None = None) -> list[str]:
    return sentences(findings, Level.WARNING, rules)


def notes(findings: list[Finding] | Report, rules: str | None = None) -> list[str]:
    return sentences(findings, Level.NOTE, rules)
