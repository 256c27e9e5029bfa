"""Validate a pack, ours or anybody's, by the rules of those who will play it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from packs.archive import OpenedPack, PackError, open_pack, printable, shown
from packs.badge import badge
from packs.formats import FORMATS, ccbell_config, ccbell_pack, cesp, manifest
from packs.formats.cesp_rules import CORE
from packs.formats.documents import Findings, peek
from packs.formats.files import LARGEST_SOUND_BYTES, audio_format
from packs.gate import REJECTED, gate
from packs.installer.ccbell_rules import EVENTS
from packs.report import Finding, Report

if TYPE_CHECKING:
    from sounds.audio.file_report import FileReport

Inspect = Callable[[Path], "FileReport"]

_ARCHIVE = "archive"
_LITTER = ("__MACOSX/", ".DS_Store", "Thumbs.db")
_COMMON = ("README", "LICENSE", "LICENCE", "COPYING", "CHANGELOG", "INSTALL", "NOTICE", "CREDITS")


def validate(path: Path, *, inspect: Inspect | None = None, temp: Path | None = None) -> Report:
    """Say everything there is to say about a pack, zipped or as a folder.

    Each sound file is decoded and measured. A pack that cannot be opened gets a report too, with the one
    reason; no pack, however broken, makes this raise.

    Parameters
    ----------
    inspect
        Measures one file; by default `sounds.audio.inspect.inspect`, imported only now because it needs
        numpy, which neither the site nor a worker loads: they pass one that asks the render host.
    temp
        Where to unpack; see `open_pack`.
    """
    try:
        with open_pack(path, temp=temp) as pack:
            return _report(pack, _measure(pack, inspect or _inspect))
    except PackError as error:
        findings = Findings(_ARCHIVE)
        findings.error("", str(error))
        return Report(
            name=printable(Path(path).stem), version="", gate=REJECTED, badge=False, findings=findings
        )


def _inspect(path: Path) -> FileReport:
    from sounds.audio.inspect import inspect

    return inspect(path)


def _measure(pack: OpenedPack, inspect: Inspect) -> dict[str, FileReport]:
    names = [name for name in pack.names if audio_format(name)]
    for name in names:
        pack.head(name)  # an unreadable file is the pack's fault, any other OSError is not
    return {name: inspect(pack.path(name)) for name in names}


def _report(pack: OpenedPack, reports: Mapping[str, FileReport]) -> Report:
    verdict = gate(reports)
    earned = badge(manifest.stated_sounds(pack), reports)
    findings = [
        *_check_what_it_is(pack),
        *(finding for format_ in FORMATS for finding in format_.validate(pack)),
        *_check_agreement(pack),
        *_check_files(reports),
        *cesp.check_names(pack),
        *manifest.compare(pack, reports),
        *_check_ccbell_sounds(pack, reports),
        *verdict.findings,
        *earned.findings,
    ]
    return Report(
        name=_said(pack, "name") or pack.label.removesuffix(".zip"),
        version=_said(pack, "version"),
        gate=verdict.verdict,
        badge=earned.earned and not any(finding.level == "error" for finding in findings),
        coverage=_coverage(pack),
        findings=findings,
        files={name: report.as_dict() for name, report in reports.items()},
    )


def _coverage(pack: OpenedPack) -> dict[str, tuple[int, int]]:
    events = ccbell_config.events_of(pack).keys() | ccbell_pack.events_of(pack).keys()
    return {"ccbell": (len(events), len(EVENTS)), "cesp": (len(cesp.covered(pack)), len(CORE))}


def _said(pack: OpenedPack, key: str) -> str:
    """A text that the first document to have it gives for the pack."""
    for document in (manifest.DOCUMENT, cesp.DOCUMENT, ccbell_pack.DOCUMENT):
        value = peek(pack, document).get("id" if (document, key) == (ccbell_pack.DOCUMENT, "name") else key)
        if isinstance(value, str) and value:
            return printable(value)
    return ""


def _check_what_it_is(pack: OpenedPack) -> list[Finding]:
    """Whether it is a pack at all, and what lies in it that no document speaks of."""
    findings = Findings(_ARCHIVE)
    documents = [format_.document for format_ in FORMATS if format_.makes_a_pack]
    if not any(document in pack for document in documents):
        deeper = next((name for name in pack.names if name.rpartition("/")[2] in documents), "")
        hint = f"; {deeper} has to lie at the top" if deeper else ""
        findings.error("", f"{pack.label} is no sound pack: it holds none of {', '.join(documents)}{hint}.")
    named = set().union(*(format_.references(pack) for format_ in FORMATS)) | _pictures(pack)
    known = named.union(*({format_.document, *format_.beside} for format_ in FORMATS))
    for name in pack.names:
        if name not in known and not name.rpartition("/")[2].upper().startswith(_COMMON):
            _add_extra(name, findings)
    return findings


def _pictures(pack: OpenedPack) -> set[str]:
    document = peek(pack, cesp.DOCUMENT)
    return {value for key in ("icon", "preview") if isinstance(value := document.get(key), str)}


def _add_extra(name: str, findings: Findings) -> None:
    if any(litter in name for litter in _LITTER):
        findings.note(name, f"{shown(name)} was left there by an operating system and is of no use.")
    elif audio_format(name):
        findings.warning(name, f"{shown(name)} is a sound that no document of the pack speaks of.")
    else:
        findings.note(name, f"{shown(name)} is a file that no player uses.")


def _check_agreement(pack: OpenedPack) -> list[Finding]:
    """Whether the documents of one pack call it by one name and one version."""
    findings = Findings(_ARCHIVE)
    keys = {manifest.DOCUMENT: "name", cesp.DOCUMENT: "name", ccbell_pack.DOCUMENT: "id"}
    loaded = {document: peek(pack, document) for document in keys}
    if manifest.is_foreign(loaded[manifest.DOCUMENT]):
        del loaded[manifest.DOCUMENT]
    for what in ("name", "version"):
        said = {
            document: value
            for document, content in loaded.items()
            if isinstance(value := content.get(keys[document] if what == "name" else what), str)
        }
        if len(set(said.values())) > 1:
            words = ", ".join(f"{shown(value)} in {document}" for document, value in said.items())
            findings.error("", f"The documents disagree about the pack's {what}: it is {words}.")
    return findings


def _check_files(reports: Mapping[str, FileReport]) -> list[Finding]:
    """Each sound file by itself: does it decode, is it what its name says, is it small enough."""
    findings = Findings(_ARCHIVE)
    for name, report in reports.items():
        if report.error:
            findings.error(name, f"{name}: {report.error}")
        elif report.format != audio_format(name):
            findings.error(name, f"{name} holds {report.format.upper()} and is named for another format.")
    too_large = Findings(cesp.RULES)
    for name, report in reports.items():
        if report.bytes > LARGEST_SOUND_BYTES:
            too_large.error(name, f"{name} has {report.bytes:,} bytes; CESP allows {LARGEST_SOUND_BYTES:,}.")
    return [*findings, *too_large]


def _check_ccbell_sounds(pack: OpenedPack, reports: Mapping[str, FileReport]) -> list[Finding]:
    """Whether what ccbell is to play is right on every player it may find."""
    findings = Findings(ccbell_pack.RULES)
    for name in sorted(ccbell_config.references(pack) | ccbell_pack.references(pack)):
        report = reports.get(name)
        if report is None:
            findings.error(name, f"{name} is no sound file by its name.")
        elif not report.error and (report.format, report.subtype) != ("wav", "PCM_16"):
            kind = f"{report.format.upper()} ({report.subtype})"
            findings.warning(name, f"{name} is {kind}; only 16-bit WAV is right on all players ccbell uses.")
    return findings
