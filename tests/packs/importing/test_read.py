"""What a pack says of itself is read, whoever made it; what cannot be a pack is refused in a sentence."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from packs.archive import OpenedPack, PackError
from packs.importing.found import FoundPack
from packs.importing.read import MOST_SOUNDS, read
from tests.packs.importing.conftest import Pack
from tests.packs.support import change, opened, tone, write_audio
from tests.packs.test_archive import saved, zip_of

DOCUMENTS = ("manifest.json", "openpeon.json", "pack.json")


def said(folder: Path) -> FoundPack:
    return read(opened(folder)).said


def refusal(folder: Path) -> str:
    """The sentence with which a pack is refused."""
    with pytest.raises(PackError) as caught:
        read(opened(folder))
    sentence = str(caught.value)
    assert sentence.endswith(".") and "\n" not in sentence and len(sentence) < 400
    return sentence


def keep_only(folder: Path, *documents: str) -> Path:
    for name in set(DOCUMENTS) - set(documents):
        (folder / name).unlink(missing_ok=True)
    return folder


# Ours


def test_our_manifest_says_everything_and_wins_over_the_others(folder):
    found, by_hook = said(folder), {sound.event: sound for sound in said(folder).sounds}
    assert (found.document, found.vocabulary, found.name) == ("manifest.json", "slug", "sci-fi")
    assert (found.display_name, found.version, found.author) == ("Sci-Fi", "1.0.0", "A. Author")
    assert (found.author_github, found.homepage) == ("a-author", "https://example.org/sci-fi")
    sound = by_hook["task_complete"]
    assert (sound.file, sound.intended_lufs, sound.licence) == ("sounds/task_complete.wav", -17.0, "CC0-1.0")
    assert sound.attribution == "A. Author, https://example.org/sci-fi"
    kept = found.provenance(sound, opened(folder))
    assert {name: kept[name] for name in ("engine", "engine_version", "prompt", "seed", "theme", "pack")} == {
        "engine": "procedural", "engine_version": "1.0", "prompt": "a tone for task_complete", "seed": 6,
        "theme": "sci-fi", "pack": "sci-fi",
    }  # fmt: skip
    assert kept["sha256"] == opened(folder).sha256("sounds/task_complete.wav") and "variation" not in kept


def test_a_loudness_no_hook_could_ask_for_is_none(folder):
    change(folder, "manifest.json", lambda m: m["files"]["idle"].update(intended_lufs=-300))
    assert {sound.event: sound.intended_lufs for sound in said(folder).sounds}["idle"] is None


@pytest.mark.parametrize(
    "edit, words",
    [
        (lambda m: m.pop("files"), ""),  # others use the name too, so openpeon.json is read
        (lambda m: m.update(files=[]), "has no “files”"),
        (lambda m: m.update(files={"idle": "sounds/idle.wav"}), "must hold an object for “idle”"),
        (lambda m: m.update(files={}), "names no sound at all"),
        (
            lambda m: m["files"]["idle"].update(filename="nothing.wav"),
            "“sounds/nothing.wav”, which is miss",
        ),
        (lambda m: m["files"]["idle"].update(filename="../../etc/passwd"), "which is missing from the pack"),
        (lambda m: m["files"]["idle"].update(filename=None), "names null where the name of a sound file"),
        (
            lambda m: m["files"]["idle"].update(sha256="0" * 64),
            "another checksum for “sounds/idle.wav”",
        ),
    ],
)
def test_a_manifest_that_cannot_be_followed_is_refused(folder, edit, words):
    change(folder, "manifest.json", edit)
    if words:
        assert words in refusal(folder)
    else:
        assert said(folder).document == "openpeon.json"


# CESP


def test_a_cesp_pack_is_read_with_several_sounds_for_a_category(cesp: Pack):
    found = said(cesp({"task.complete": ["sounds/a.wav", "sounds/b.wav", "sounds/a.wav"]}))
    assert [(sound.event, sound.file, sound.title) for sound in found.sounds] == [
        ("task.complete", "sounds/a.wav", "A"),
        ("task.complete", "sounds/b.wav", "B"),
    ]
    assert (found.name, found.licence, found.author_github) == ("peon", "CC-BY-NC-4.0", "an-orc")
    assert found.sounds[0].attribution == "A. Orc, https://github.com/an-orc"


@pytest.mark.parametrize(
    "stated, licence, credit",
    [
        ("CC-BY-4.0 OR MIT", "CC-BY-4.0 OR MIT", "A. Orc"),
        ("all rights reserved", "LicenseRef-Unknown", "A. Orc, licence stated as “all rights reserved”"),
        (")MIT OR ISC(", "LicenseRef-Unknown", "A. Orc, licence stated as “)MIT OR ISC(”"),
        ("x" * 300, "LicenseRef-Unknown", ""),
        (None, "LicenseRef-Unknown", "A. Orc"),
        (["MIT"], "LicenseRef-Unknown", "A. Orc"),
    ],
)
def test_a_licence_is_kept_and_what_is_none_is_unknown(cesp: Pack, stated, licence, credit):
    pack = cesp({"user.spam": ["a.wav"]}, license=stated, author={"name": "A. Orc"})
    (sound,) = said(pack).sounds
    assert sound.licence == licence
    assert sound.attribution == credit or (not credit and len(sound.attribution) <= 200)


@pytest.mark.parametrize("named, lies", [("./sounds/a.wav", "sounds/a.wav"), ("a.wav", "sounds/a.wav")])
def test_a_file_is_found_where_peon_ping_finds_it(cesp: Pack, named, lies):
    pack = cesp({"user.spam": [lies]})
    document = pack / "openpeon.json"
    document.write_text(document.read_text().replace(f'"{lies}"', f'"{named}"'))
    assert [sound.file for sound in said(pack).sounds] == [lies]


def test_a_checksum_counts_however_its_digits_are_written(cesp: Pack):
    pack = cesp({"user.spam": ["a.wav"]})
    document, right = pack / "openpeon.json", opened(pack).sha256("a.wav").upper()
    stating = document.read_text().replace('"file"', f'"sha256": "{right}", "file"')
    document.write_text(stating)
    assert said(pack).sounds
    document.write_text(stating.replace(right, "A" * 64))
    assert "states another checksum for “a.wav”" in refusal(pack)


def test_an_alias_of_a_category_counts_as_what_it_stands_for(cesp: Pack):
    found = said(cesp({"greeting": ["a.wav"]}, category_aliases={"greeting": "session.start"}))
    assert [sound.event for sound in found.sounds] == ["session.start"]


# pack.json


def test_a_pack_for_ccbell_is_read(folder):
    found = said(keep_only(folder, "pack.json"))
    assert (found.document, found.vocabulary, found.name) == ("pack.json", "ccbell_event", "sci-fi")
    assert {sound.event: sound.file for sound in found.sounds}["stop"] == "sounds/task_complete.wav"
    assert {sound.licence for sound in found.sounds} == {"CC0-1.0"}


# Whatever it is


def test_a_download_from_github_lies_in_a_folder(cesp: Pack, tmp_path):
    inner = cesp({"user.spam": ["sounds/a.wav"]}, name="peon-main")
    found = read(opened(inner.parent))
    assert found.said.sounds[0].file == "sounds/a.wav" and found.pack.path("sounds/a.wav").is_file()
    assert found.said.provenance(found.said.sounds[0], found.pack)["sha256"]
    cesp({"user.spam": ["sounds/a.wav"]}, name="other")
    assert "holds several packs, such as “other”, “peon-main”" in refusal(inner.parent)


def test_what_is_no_pack_says_what_one_holds(tmp_path):
    write_audio(tmp_path / "a.wav", tone())
    assert "holds none of manifest.json, openpeon.json, pack.json" in refusal(tmp_path)


def test_peon_pings_old_format_is_told_apart(tmp_path):
    (tmp_path / "manifest.json").write_text('{"name": "peon", "categories": {}}')
    assert "peon-ping's old format" in refusal(tmp_path)


@pytest.mark.parametrize(
    "name, data, is_sound",
    [
        ("a.wav", b"plain words", False),
        ("a.wav", b"", False),
        ("a.wav", b"\x89PNG\r\n\x1a\n", False),
        ("a.m4a", b"\x00\x00\x00\x18ftypM4A ", False),
        ("a.wav", b"RIFF\x04\x00\x00\x00WAVE", True),  # whether it can be decoded is for its job
        ("a.mp3", b"\xff\xfb\x90\x00" + bytes(40), True),
    ],
)
def test_what_is_no_sound_by_its_first_bytes_is_refused(cesp: Pack, name, data, is_sound):
    pack = cesp({"user.spam": ["b.wav"]})
    (pack / name).write_bytes(data)
    change(pack, "openpeon.json", lambda d: d["categories"]["user.spam"]["sounds"].append({"file": name}))
    if is_sound:
        assert len(said(pack).sounds) == 2
    else:
        assert (
            refusal(pack) == f"“{name}” is no sound that packs hold; only WAV, MP3, OGG, FLAC and AIFF are."
        )


def test_more_sounds_than_anybody_hears_are_refused(cesp: Pack):
    pack = cesp({"user.spam": ["a.wav"]})
    many = {f"event.{number}": {"sounds": [{"file": "a.wav"}]} for number in range(MOST_SOUNDS + 1)}
    change(pack, "openpeon.json", lambda d: d.update(categories=many))
    assert "names 201 sounds; 200 are the most" in refusal(pack)


# Anything

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20)
    | st.sampled_from(["a.wav", "task.complete", "sounds", "file", "../a.wav", "CC0-1.0"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip
keys = {
    "openpeon.json": ("name", "author", "license", "homepage", "categories", "category_aliases"),
    "manifest.json": ("name", "author", "licence", "homepage", "files", "display_name", "theme"),
    "pack.json": ("id", "name", "author", "source", "homepage", "events"),
}
listed = st.dictionaries(
    st.sampled_from(["task.complete", "stop", "idle", "日本", ""]),
    st.fixed_dictionaries(
        {}, optional={"sounds": st.lists(st.fixed_dictionaries({"file": anything, "label": anything}))}
    )
    | st.fixed_dictionaries({"filename": anything, "seed": anything, "intended_lufs": anything})
    | anything,
    max_size=3,
)


@st.composite
def documents(draw: st.DrawFn) -> tuple[str, Any]:
    name = draw(st.sampled_from(sorted(keys)))
    fields = {key: listed if key in ("categories", "files", "events") else anything for key in keys[name]}
    return name, draw(st.fixed_dictionaries({}, optional=fields) | anything)


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("odd")
    write_audio(folder / "a.wav", tone(duration_s=0.1))
    return folder


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(document=documents())
@example(
    document=("openpeon.json", {"categories": {"x": {"sounds": [{"file": "a.wav", "label": "\ud800"}]}}})
)
@example(document=("manifest.json", {"files": {"x": {"filename": "a.wav", "seed": 10**400}}}))
@example(document=("pack.json", {"events": {"x" * 5000: "a.wav"}, "name": "\x00\u202e" * 99}))
def test_no_document_does_more_than_be_refused_in_a_sentence(odd: Path, document: tuple[str, Any]):
    name, content = document
    for other in DOCUMENTS:
        (odd / other).unlink(missing_ok=True)
    (odd / name).write_text(json.dumps(content))
    try:
        pack, found = read(opened(odd))
    except PackError as error:
        assert str(error).endswith(".") and "\n" not in str(error)
        return
    for sound in found.sounds:
        kept = found.provenance(sound, pack)
        json.dumps(kept)
        assert all(isinstance(value, str | int | float) for value in kept.values())
        assert all(len(value) <= 2000 for value in kept.values() if isinstance(value, str))
        assert len(sound.title) <= 120 and len(sound.licence) <= 200 and len(sound.attribution) <= 200


@pytest.mark.parametrize("name", ["../openpeon.json", "/openpeon.json", "sounds\\a.wav"])
def test_a_hostile_archive_is_refused_before_it_is_read(tmp_path, name):
    from packs.archive import open_pack

    path = saved(tmp_path, zip_of(("openpeon.json", b"{}"), (name, b"bad")))
    with pytest.raises(PackError), open_pack(path) as pack:
        read(pack)


def test_a_zip_is_read_as_its_folder_is(good_zip, folder):
    from packs.archive import open_pack

    with open_pack(good_zip) as pack:
        assert isinstance(pack, OpenedPack) and read(pack).said == said(folder)
    assert zipfile.is_zipfile(good_zip)
