"""openpeon.json: the manifest of the Coding Event Sound Pack specification 1.0, for OpenPeon players."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from packs.archive import OpenedPack, shown
from packs.content import PackContent, PackSound
from packs.formats import cesp_rules as rules
from packs.formats.documents import (
    Findings,
    as_json,
    check_keys,
    checksum_fault,
    is_object,
    is_sha256,
    load,
    peek,
)
from packs.formats.files import FILE_NAME, FOLDER, LARGEST_PACK_BYTES, audio_format, sound_path
from packs.installer.names import cesp_place
from packs.report import Finding

DOCUMENT = "openpeon.json"
RULES = "cesp"


def write(content: PackContent) -> dict[str, bytes]:
    """openpeon.json: strictly the keys of the specification; provenance is manifest.json's.

    Every sound with a CESP category points at its WAV. What would break the schema is cut or left out:
    long descriptions, surplus tags, a homepage or user name that is none.
    """
    document = {
        "cesp_version": "1.0",
        "name": content.name,
        "display_name": (content.display_name or content.name)[: rules.LONGEST_DISPLAY_NAME],
        "version": content.version,
        "description": _cut(content.description, rules.LONGEST_DESCRIPTION),
        "author": _author(content),
        "license": content.licence,
        "language": content.language if re.fullmatch(rules.LANGUAGE, content.language) else "",
        "homepage": content.homepage if re.fullmatch(rules.WEB_ADDRESS, content.homepage) else "",
        "tags": _tags(content),
    }
    document = {key: value for key, value in document.items() if value}
    document["categories"] = _categories(content)
    return {DOCUMENT: as_json(document)}


def _author(content: PackContent) -> dict[str, str]:
    if not content.author:
        return {}
    github = content.author_github
    return {"name": content.author} | ({"github": github} if re.fullmatch(rules.GITHUB, github) else {})


def _tags(content: PackContent) -> list[str]:
    tags = dict.fromkeys(tag.strip()[: rules.LONGEST_TAG].strip() for tag in content.tags)
    return [tag for tag in tags if tag][: rules.MOST_TAGS]


def _categories(content: PackContent) -> dict[str, Any]:
    """In the specification's order; the sounds of a category in the pack's."""
    sounds = {
        category: [_sound(sound) for sound in content.sounds if sound.cesp_category == category]
        for category in rules.CATEGORIES
    }
    return {category: {"sounds": entries} for category, entries in sounds.items() if entries}


def _sound(sound: PackSound) -> dict[str, str]:
    return {
        "file": sound_path(sound),
        "label": _cut(sound.title or sound.hook, rules.LONGEST_LABEL),
        "sha256": sound.files["wav"].sha256,
    }


def _cut(words: str, most: int) -> str:
    return words if len(words) <= most else words[: most - 1].rstrip() + "…"


def validate(pack: OpenedPack) -> list[Finding]:
    """Hold openpeon.json against the specification's tables and against the files it names."""
    findings = Findings(RULES, DOCUMENT)
    if DOCUMENT not in pack:
        findings.note("", "The pack holds no openpeon.json, so OpenPeon players cannot use it.")
        return findings
    if (document := load(pack, DOCUMENT, findings)) is None:
        return findings
    check_keys(document, rules.KEYS, findings, strict=True)
    if is_object(document.get("author")):
        check_keys(document["author"], rules.AUTHOR_KEYS, findings, at="author.", strict=True)
    for place, entry in _check_categories(document, findings):
        _check_sound(pack, place, entry, findings)
    _check_pictures(pack, document, findings)
    _check_registry(pack, document, findings)
    if pack.total_bytes > LARGEST_PACK_BYTES:
        findings.error("", f"The pack has {pack.total_bytes:,} bytes; CESP allows {LARGEST_PACK_BYTES:,}.")
    return findings


def _check_categories(document: dict[str, Any], findings: Findings) -> Iterator[tuple[str, dict[str, Any]]]:
    """Place and entry of every sound that is an object, in categories that exist or not."""
    categories = document.get("categories")
    for category, value in categories.items() if isinstance(categories, dict) else ():
        at = f"categories.{category}"
        if category not in rules.CATEGORIES:
            known = ", ".join(rules.CATEGORIES)
            findings.error(at, f"CESP has no category {shown(category)}; it has {known}.")
        if not isinstance(value, dict):
            findings.error(at, f"{shown(at)} must be an object with “sounds”, not {shown(value)}.")
            continue
        check_keys(value, rules.CATEGORY_KEYS, findings, at=f"{at}.", strict=True)
        sounds = value.get("sounds")
        for number, entry in enumerate(sounds if isinstance(sounds, list) else ()):
            place = f"{at}.sounds[{number}]"
            if isinstance(entry, dict):
                yield place, entry
            else:
                findings.error(place, f"{shown(place)} must be an object with “file”, not {shown(entry)}.")


def _check_sound(pack: OpenedPack, place: str, entry: dict[str, Any], findings: Findings) -> None:
    check_keys(entry, rules.SOUND_KEYS, findings, at=f"{place}.", strict=True)
    if "label" not in entry:
        findings.warning(place, f"{shown(place)} has no “label”, which the published schema asks for.")
    if "sha256" not in entry:
        findings.warning(place, f"{shown(place)} has no “sha256”, without which the registry takes no pack.")
    named = entry.get("file")
    if not isinstance(named, str) or not rules.is_path(named):
        return
    path = cesp_place(named, pack)
    if path not in pack:
        findings.error(place, f"{named} is missing from the pack.")
        return
    if path != named:
        findings.warning(place, f"{named} lies in {FOLDER}/, where not every player looks; name it {path}.")
    if not path.startswith(f"{FOLDER}/") or path.count("/") != 1:
        findings.warning(place, f"{path} should lie flat in {FOLDER}/, where the registry looks.")
    if fault := _format_fault(pack, path):
        findings.error(place, fault)
    if is_sha256(entry.get("sha256")) and (lie := checksum_fault(pack, DOCUMENT, path, entry["sha256"])):
        findings.error(place, lie)


def _format_fault(pack: OpenedPack, path: str) -> str:
    format_ = audio_format(path)
    if format_ not in rules.MAGIC:
        return f"{path} is no WAV, MP3 or OGG file by its name, and CESP allows no other."
    if not pack.head(path).startswith(rules.MAGIC[format_]):
        return f"{path} does not begin as a file of type {format_.upper()} must, so players refuse it."
    return ""


def _check_pictures(pack: OpenedPack, document: dict[str, Any], findings: Findings) -> None:
    """The icon and the preview; players do without them, so nothing here is an error."""
    for key, most in (("icon", rules.LARGEST_IMAGE_BYTES), ("preview", rules.LARGEST_PREVIEW_BYTES)):
        path = document.get(key)
        if not isinstance(path, str) or not rules.is_path(path):
            continue
        if path not in pack:
            findings.warning(key, f"The {key} {path} is missing from the pack.")
        elif pack.sizes[path] > most:
            findings.warning(key, f"The {key} {path} has {pack.sizes[path]:,} bytes; CESP allows {most:,}.")
        elif key == "icon" and not pack.head(path, 256).lstrip().startswith(rules.IMAGES):
            findings.warning(key, f"The icon {path} is no PNG, JPEG, WebP or SVG image.")


def _check_registry(pack: OpenedPack, document: dict[str, Any], findings: Findings) -> None:
    """What the registry asks for beyond the specification: a pack plays without it."""
    version, licence = document.get("version"), document.get("license")
    semantic = isinstance(version, str) and re.fullmatch(rules.SEMVER, version)
    if semantic and not re.fullmatch(rules.PLAIN_VERSION, str(version)):
        findings.warning("version", f"The registry takes plain versions such as 1.0.0, not {shown(version)}.")
    if licence is None:
        findings.warning("license", "“license” is missing; without it the registry takes no pack.")
    elif isinstance(licence, str):
        _check_licence(licence, findings)
    author = document.get("author")
    if not (isinstance(author, dict) and author.get("github")):
        findings.note("author", "“author.github” is missing; the registry asks for it.")
    there = covered(pack)
    if missing := [category for category in rules.CORE if category not in there]:
        findings.warning(
            "categories", f"The registry asks for every core category; add {', '.join(missing)}."
        )
    if (count := len(references(pack))) < rules.FEWEST_SOUNDS:
        findings.warning(
            "categories", f"The registry asks for {rules.FEWEST_SOUNDS} different sounds; there are {count}."
        )


def _check_licence(licence: str, findings: Findings) -> None:
    parts = rules.licence_parts(licence)
    if not parts:
        findings.warning("license", f"{shown(licence)} is no SPDX identifier; write one such as CC0-1.0.")
    for part in parts:
        if part not in rules.KNOWN_LICENCES and not part.startswith("LicenseRef-"):
            findings.note(
                "license", f"{shown(part)} is no licence known here; see https://spdx.org/licenses/."
            )


def check_names(pack: OpenedPack) -> list[Finding]:
    """The names of all sound files, named in openpeon.json or not: the registry looks at every one."""
    findings = Findings(RULES)
    for path in pack.names:
        name = path.rpartition("/")[2]
        if audio_format(path) and not FILE_NAME.fullmatch(name):
            findings.error(path, f"{shown(path)} is a name CESP forbids; use letters, digits, . _ and -.")
    return findings


def _sounds(pack: OpenedPack) -> Iterator[tuple[str, str]]:
    """Category and file of every sound that exists."""
    categories = peek(pack, DOCUMENT).get("categories")
    for category, value in categories.items() if isinstance(categories, dict) else ():
        sounds = value.get("sounds") if isinstance(value, dict) else None
        for entry in sounds if isinstance(sounds, list) else ():
            named = entry.get("file") if isinstance(entry, dict) else None
            if isinstance(named, str) and (path := cesp_place(named, pack)) in pack:
                yield category, path


def covered(pack: OpenedPack) -> set[str]:
    """The core categories that have a sound."""
    return {category for category, _ in _sounds(pack) if category in rules.CORE}


def references(pack: OpenedPack) -> set[str]:
    """The sound files that openpeon.json names and the pack holds."""
    return {path for _, path in _sounds(pack)}
