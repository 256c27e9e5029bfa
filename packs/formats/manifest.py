"""manifest.json: what the studio knows about its pack, in the seed's keys and with its provenance."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from packs.archive import OpenedPack, shown
from packs.content import PackContent, PackFile, PackSound
from packs.formats.documents import (
    Findings,
    Key,
    as_json,
    check_keys,
    checksum_fault,
    is_number,
    is_object,
    is_sha256,
    is_whole,
    load,
    matching,
    peek,
    text,
)
from packs.formats.files import FOLDER, audio_format, sound_name
from packs.report import Finding
from packs.versions import parse_version

if TYPE_CHECKING:
    from sounds.audio.file_report import FileReport

DOCUMENT = "manifest.json"
RULES = "manifest"
DURATION_WITHIN_S = 0.05
LEVEL_WITHIN_DB = 0.5


def write(content: PackContent) -> dict[str, bytes]:
    """manifest.json: the seed's seven keys first and in its order, then ours."""
    document = {
        "name": content.name,
        "version": content.version,
        "description": content.description,
        "hooks": [sound.hook for sound in content.sounds],
        "files": {sound.hook: _entry(sound) for sound in content.sounds},
        "created_at": content.created_at,
        "generator_version": content.generator_version,
        "display_name": content.display_name,
        "author": content.author,
        "licence": content.licence,
        "homepage": content.homepage,
        "language": content.language,
        "theme": content.theme,
        "variation": content.variation,
        "tags": list(content.tags),
    }
    return {DOCUMENT: as_json(document)}


def _entry(sound: PackSound) -> dict[str, Any]:
    return {
        "filename": sound_name(sound),
        "duration_sec": round(sound.duration_s, 6),
        "sha256": sound.files["wav"].sha256,
        "title": sound.title,
        "description": sound.description,
        "claude_event": sound.claude_event,
        "ccbell_event": sound.ccbell_event,
        "cesp_category": sound.cesp_category,
        "engine": sound.engine,
        "engine_version": sound.engine_version,
        "prompt": sound.prompt,
        "seed": sound.seed,
        "theme": sound.theme,
        "variation": sound.variation,
        "loudness_lufs": round(sound.loudness_lufs, 2),
        "intended_lufs": round(sound.intended_lufs, 2),
        "true_peak_dbtp": round(sound.true_peak_dbtp, 2),
        "quality": sound.quality,
        "licence": sound.licence,
        "attribution": sound.attribution,
        "formats": {name: _format(sound, name, file) for name, file in sorted(sound.files.items())},
    } | ({"source": dict(sound.source)} if sound.source else {})


def _format(sound: PackSound, name: str, file: PackFile) -> dict[str, Any]:
    return {"filename": sound_name(sound, name), "bytes": file.bytes, "sha256": file.sha256}


def _is_version(value: Any) -> bool:
    try:
        return isinstance(value, str) and bool(parse_version(value))
    except ValueError:
        return False


def _is_moment(value: Any) -> bool:
    try:
        return isinstance(value, str) and datetime.fromisoformat(value).tzinfo is not None
    except ValueError:
        return False


def _are_hooks(value: Any) -> bool:
    return (
        isinstance(value, list)
        and all(isinstance(hook, str) and hook for hook in value)
        and len(set(value)) == len(value)
    )


_file_name = matching(r"(?!.*\.\.)(?:[A-Za-z0-9._-]+/)*[A-Za-z0-9._-]+")

KEYS = (
    Key("name", "small letters, digits, - and _, at most 64", matching(r"[a-z0-9][a-z0-9_-]{0,63}"), True),
    Key("version", "three numbers such as 1.0.0", _is_version, True),
    Key("description", "text", text(), True),
    Key("hooks", "a list of names, each once", _are_hooks, True),
    Key("files", "an object with an entry for each hook", is_object, True),
    Key("created_at", "a moment with its time zone such as 2026-01-15T10:00:00Z", _is_moment, True),
    Key("generator_version", "text", text(), True),
    Key("display_name", "text", text()),
    Key("author", "text", text()),
    Key("licence", "text", text()),
    Key("theme", "text", text()),
    Key("variation", "text", text()),
)
FILE_KEYS = (
    Key("filename", "the name of a file in sounds/", _file_name, True),
    Key("duration_sec", "a number of seconds above 0", lambda value: is_number(value) and value > 0, True),
    Key("sha256", "64 hexadecimal digits in small letters", is_sha256, True),
    Key("engine", "text", text()),
    Key("engine_version", "text", text()),
    Key("prompt", "text", text()),
    Key("seed", "a whole number", is_whole),
    Key("loudness_lufs", "a number", is_number),
    Key("intended_lufs", "a number", is_number),
    Key("true_peak_dbtp", "a number", is_number),
    Key("quality", "a number from 0 to 100", lambda value: is_number(value) and 0 <= value <= 100),
    Key("licence", "text", text()),
    Key("attribution", "text", text()),
    Key("source", "an object that tells of the pack it was imported from", is_object),
    Key("formats", "an object with an entry for each format", is_object),
)
FORMAT_KEYS = (
    Key("filename", "the name of a file in sounds/", _file_name, True),
    Key("sha256", "64 hexadecimal digits in small letters", is_sha256, True),
    Key("bytes", "a whole number", is_whole),
)


def is_foreign(document: dict[str, Any]) -> bool:
    """Whether it is the manifest.json of peon-ping's old packs, which merely has the same name."""
    return "categories" in document and "files" not in document


def validate(pack: OpenedPack) -> list[Finding]:
    """Hold manifest.json against its table and against the files it speaks of."""
    findings = Findings(RULES, DOCUMENT)
    if DOCUMENT not in pack:
        findings.note("", "The pack holds no manifest.json; it was made elsewhere, or lost its provenance.")
        return findings
    if (document := load(pack, DOCUMENT, findings)) is None:
        return findings
    if is_foreign(document):
        findings.note("", "manifest.json is in peon-ping's old format, which is left alone.")
        return findings
    check_keys(document, KEYS, findings)
    files = document.get("files")
    files = files if isinstance(files, dict) else {}
    if _are_hooks(document.get("hooks")):
        _check_hooks(document["hooks"], files, findings)
    for hook, entry in files.items():
        _check_entry(pack, hook, entry, findings)
    _check_strays(pack, findings)
    return findings


def _check_hooks(hooks: list[str], files: dict[str, Any], findings: Findings) -> None:
    for hook in hooks:
        if hook not in files:
            findings.error("files", f"The hook {shown(hook)} has no entry in “files”.")
    for hook in files:
        if hook not in hooks:
            findings.error("hooks", f"“files” has an entry for {shown(hook)}, which is not among the hooks.")


def _check_entry(pack: OpenedPack, hook: str, entry: Any, findings: Findings) -> None:
    at = f"files.{hook}"
    if not isinstance(entry, dict):
        findings.error(at, f"{shown(at)} must be an object, not {shown(entry)}.")
        return
    check_keys(entry, FILE_KEYS, findings, at=f"{at}.")
    _check_file(pack, entry, at, findings)
    formats = entry.get("formats")
    for name, made in formats.items() if isinstance(formats, dict) else ():
        place = f"{at}.formats.{name}"
        if not isinstance(made, dict):
            findings.error(place, f"{shown(place)} must be an object, not {shown(made)}.")
            continue
        check_keys(made, FORMAT_KEYS, findings, at=f"{place}.")
        if made.get("filename") != entry.get("filename") or made.get("sha256") != entry.get("sha256"):
            _check_file(pack, made, place, findings)
        _check_bytes(pack, made, place, findings)


def _check_file(pack: OpenedPack, entry: dict[str, Any], at: str, findings: Findings) -> None:
    if not _file_name(entry.get("filename")):
        return
    path = path_of(entry, pack)
    if path is None:
        findings.error(at, f"{FOLDER}/{entry['filename']} is missing from the pack.")
    elif is_sha256(entry.get("sha256")):
        fault = checksum_fault(pack, DOCUMENT, path, entry["sha256"])
        if fault:
            findings.error(at, fault)


def _check_bytes(pack: OpenedPack, entry: dict[str, Any], at: str, findings: Findings) -> None:
    path, stated = path_of(entry, pack), entry.get("bytes")
    if path and is_whole(stated) and stated != pack.sizes[path]:
        findings.error(at, f"{path} has {pack.sizes[path]} bytes; {DOCUMENT} states {shown(stated)}.")


def _check_strays(pack: OpenedPack, findings: Findings) -> None:
    listed = references(pack)
    for name in pack.names:
        if audio_format(name) and name not in listed:
            findings.warning("files", f"{name} is in the pack and not in {DOCUMENT}.")


def path_of(entry: Any, pack: OpenedPack) -> str | None:
    """The file an entry names, looked for in sounds/ (as the seed writes it) and from the root."""
    name = entry.get("filename") if isinstance(entry, dict) else None
    if not isinstance(name, str):
        return None
    return next((path for path in (f"{FOLDER}/{name}", name) if path in pack), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedSound:
    """What the manifest states about one sound, as far as it is well-formed."""

    hook: str
    files: Mapping[str, str]
    """Format to the file's path, for those files that exist."""
    duration_s: float | None
    loudness_lufs: float | None
    intended_lufs: float | None
    true_peak_dbtp: float | None


def stated_sounds(pack: OpenedPack) -> list[StatedSound]:
    """The manifest's sounds; none when there is no manifest of ours."""
    document = peek(pack, DOCUMENT)
    files = document.get("files")
    entries = files.items() if isinstance(files, dict) else ()
    return [_stated(hook, entry, pack) for hook, entry in entries if isinstance(entry, dict)]


def _stated(hook: str, entry: dict[str, Any], pack: OpenedPack) -> StatedSound:
    formats = entry.get("formats")
    made = list(formats.values()) if isinstance(formats, dict) else []
    paths = [path for one in (entry, *made) if (path := path_of(one, pack))]
    return StatedSound(
        hook=hook,
        files={audio_format(path): path for path in paths},
        duration_s=_number(entry, "duration_sec"),
        loudness_lufs=_number(entry, "loudness_lufs"),
        intended_lufs=_number(entry, "intended_lufs"),
        true_peak_dbtp=_number(entry, "true_peak_dbtp"),
    )


def _number(entry: dict[str, Any], key: str) -> float | None:
    value: Any = entry.get(key)
    # A whole number of a thousand digits is JSON, and no float.
    return float(value) if is_number(value) and abs(value) < 1e9 and math.isfinite(value) else None


def references(pack: OpenedPack) -> set[str]:
    """The audio files that the manifest speaks of and the pack holds."""
    return {path for sound in stated_sounds(pack) for path in sound.files.values()}


def compare(pack: OpenedPack, reports: Mapping[str, FileReport]) -> list[Finding]:
    """Hold what the manifest states about each WAV against what was measured."""
    findings = Findings(RULES, DOCUMENT)
    for sound in stated_sounds(pack):
        path = sound.files.get("wav", "")
        report = reports.get(path)
        if report is None or report.error:
            continue
        for what, unit, stated, measured, within in _figures(sound, report):
            if stated is not None and abs(stated - measured) > within:
                findings.warning(
                    f"files.{sound.hook}",
                    f"{DOCUMENT} states {what} of {stated:.2f} {unit} for {path}, "
                    f"which measures {measured:.2f} {unit}.",
                )
    return findings


def _figures(sound: StatedSound, report: FileReport) -> Iterator[tuple[str, str, float | None, float, float]]:
    yield "a length", "s", sound.duration_s, report.duration_s, DURATION_WITHIN_S
    yield "a loudness", "LUFS", sound.loudness_lufs, report.loudness_lufs, LEVEL_WITHIN_DB
    yield "a true peak", "dBTP", sound.true_peak_dbtp, report.true_peak_dbtp, LEVEL_WITHIN_DB
