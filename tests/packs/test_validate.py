from __future__ import annotations

import json
import shutil
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from packs.archive import PackError, open_pack
from packs.report import Level
from packs.validate import validate
from sounds.audio.file_report import FileReport
from sounds.audio.inspect import inspect
from tests.packs.support import (
    change,
    errors,
    notes,
    report,
    sentences,
    tone,
    unpack,
    warnings,
    with_sound,
    write_audio,
    zipped,
)

MANIFESTS = ("manifest.json", "openpeon.json", "pack.json")


def keep_only(folder: Path, *documents: str) -> Path:
    """Leave the sounds and some documents, as other people's packs have them."""
    for path in folder.iterdir():
        if path.is_file() and path.name not in documents:
            path.unlink()
    return folder


def delete_mp3(folder: Path) -> Path:
    for path in folder.glob("sounds/*.mp3"):
        path.unlink()
    return folder


def test_a_good_pack_is_valid_gold_and_has_the_badge(good_zip):
    judged = validate(good_zip)
    assert judged.valid and judged.gate == "gold" and judged.badge
    assert (judged.name, judged.version) == ("sci-fi", "1.0.0")
    assert judged.coverage == {"ccbell": (4, 4), "cesp": (6, 6)}
    assert len(judged.files) == 18
    assert judged.files["sounds/idle.wav"]["subtype"] == "PCM_16"
    assert sentences(judged) == [
        "The sounds lie 6.0 LU apart, from -23.0 to -17.0 LUFS; they are meant to lie 6.0 LU apart."
    ]


def test_a_folder_is_judged_like_its_zip(good_zip, folder):
    assert validate(folder) == validate(good_zip)


def test_the_report_is_plain_data(good_zip):
    plain = json.loads(json.dumps(validate(good_zip).as_dict()))
    assert plain["valid"] is True and plain["coverage"]["ccbell"] == [4, 4]


def test_files_are_measured_by_whoever_is_asked(good_zip):
    asked: list[str] = []

    def measure(path: Path) -> FileReport:
        asked.append(path.name)
        return report(format=path.suffix[1:], loudness_lufs=-80.0)

    judged = validate(good_zip, inspect=measure)
    assert len(asked) == 18 and judged.gate == "rejected" and not judged.valid


def test_it_is_unpacked_where_it_is_told_to(good_zip, tmp_path):
    (room := tmp_path / "room").mkdir()
    seen: set[Path] = set()
    validate(good_zip, inspect=lambda path: seen.add(path.parents[2]) or inspect(path), temp=room)
    assert seen == {room} and list(room.iterdir()) == []


def test_an_error_of_the_one_who_measures_is_not_the_packs(good_zip):
    def broken(path: Path) -> FileReport:
        raise BrokenPipeError("the host is gone")

    with pytest.raises(BrokenPipeError):
        validate(good_zip, inspect=broken)


# Packs that cannot be opened.


@pytest.mark.parametrize("data", [b"", b"no zip", None])
def test_a_pack_that_cannot_be_opened_has_a_report_with_the_reason(tmp_path, data):
    path = tmp_path / "pack.zip"
    if data is not None:
        path.write_bytes(data)
    judged = validate(path)
    assert not judged.valid and judged.gate == "rejected" and not judged.badge
    assert (judged.name, judged.version) == ("pack", "")
    (finding,) = judged.findings
    assert finding.rules == "archive" and finding.sentence.startswith("pack.zip ")


# Other people's packs.


def test_a_pack_for_openpeon_alone_is_valid_for_what_it_is(folder):
    judged = validate(delete_mp3(keep_only(folder, "openpeon.json")))
    assert judged.valid and judged.gate == "gold" and not judged.badge
    assert (judged.name, judged.version) == ("sci-fi", "1.0.0")
    assert judged.coverage == {"ccbell": (0, 4), "cesp": (6, 6)}
    assert "The pack holds no manifest.json; it was made elsewhere, or lost its provenance." in notes(judged)
    assert {one for one in warnings(judged) if "no document" not in one} == set()


def test_a_pack_for_ccbell_alone_is_valid_for_what_it_is(folder):
    judged = validate(delete_mp3(keep_only(folder, "pack.json")))
    assert judged.valid and judged.coverage == {"ccbell": (4, 4), "cesp": (0, 6)}
    assert (judged.name, judged.version) == ("sci-fi", "1.0.0")
    assert "The pack holds no openpeon.json, so OpenPeon players cannot use it." in notes(judged)


@pytest.mark.parametrize("document", MANIFESTS)
def test_one_of_three_documents_makes_a_pack(folder, document):
    assert not errors(validate(keep_only(folder, document)))


def test_without_any_of_them_it_is_no_pack(folder):
    judged = validate(keep_only(folder, "LICENSE"))
    assert errors(judged, "archive") == [
        "sci-fi is no sound pack: it holds none of manifest.json, pack.json, openpeon.json."
    ]


def test_a_pack_in_a_folder_too_deep_is_told_where_it_lies(folder, tmp_path):
    around = tmp_path / "around"
    shutil.move(folder, around / "sci-fi")
    assert errors(validate(around), "archive")[0].endswith("; sci-fi/manifest.json has to lie at the top.")


# What lies there.


def test_files_that_nobody_speaks_of_are_said(folder):
    write_audio(folder / "sounds/extra.wav", tone())
    (folder / "run.sh").write_text("rm -rf")
    (folder / "README.md").write_text("Hello")
    (folder / ".DS_Store").write_text("x")
    judged = validate(folder)
    assert judged.valid
    assert warnings(judged, "archive") == [
        "“sounds/extra.wav” is a sound that no document of the pack speaks of."
    ]
    assert notes(judged, "archive") == [
        "“.DS_Store” was left there by an operating system and is of no use.",
        "“run.sh” is a file that no player uses.",
    ]


def test_an_icon_is_spoken_of(folder):
    (folder / "icon.png").write_bytes(b"\x89PNG")
    change(folder, "openpeon.json", lambda d: d.update(icon="icon.png"))
    assert notes(validate(folder), "archive") == []


@pytest.mark.parametrize("document", [*MANIFESTS, "ccbell-config.template.json"])
def test_a_missing_file_is_an_error_wherever_it_is_named(folder, document):
    (folder / "sounds/task_complete.wav").unlink()
    judged = validate(keep_only(folder, document, "manifest.json"))
    assert any(finding.where.startswith(document) for finding in judged.findings if finding.level == "error")
    assert not judged.valid and not judged.badge


@pytest.mark.parametrize(
    ("document", "edit", "sentence"),
    [
        (
            "openpeon.json",
            lambda d: d.update(version="1.0.1"),
            "The documents disagree about the pack's version: it is “1.0.0” in manifest.json, "
            "“1.0.1” in openpeon.json, “1.0.0” in pack.json.",
        ),
        (
            "pack.json",
            lambda d: d.update(id="other"),
            "The documents disagree about the pack's name: it is “sci-fi” in manifest.json, "
            "“sci-fi” in openpeon.json, “other” in pack.json.",
        ),
    ],
)
def test_the_documents_of_a_pack_agree(folder, document, edit, sentence):
    assert errors(validate(change(folder, document, edit))) == [sentence]


def test_a_sound_with_a_name_that_cesp_forbids_is_an_error(folder):
    write_audio(folder / "sounds/a b.wav", tone())
    assert errors(validate(folder)) == [
        "“sounds/a b.wav” is a name CESP forbids; use letters, digits, . _ and -."
    ]


def test_peon_pings_old_manifest_has_no_say(folder):
    keep_only(folder, "openpeon.json")
    (folder / "manifest.json").write_text('{"name": "old", "categories": {}}')
    assert validate(folder).valid


def test_a_lie_about_a_checksum_is_said_by_each_document_that_tells_it(folder):
    write_audio(folder / "sounds/idle.wav", tone(500))
    write_audio(folder / "sounds/tool_error.wav", tone(500))
    lies = [one for one in errors(validate(folder)) if " lies about the checksum of " in one]
    assert [lie.split(":")[0] for lie in lies] == [
        "manifest.json lies about the checksum of sounds/tool_error.wav",
        "manifest.json lies about the checksum of sounds/idle.wav",
        "openpeon.json lies about the checksum of sounds/tool_error.wav",
    ]


# The sounds themselves.


def replaced(folder: Path, name: str, data: bytes) -> Path:
    (folder / name).write_bytes(data)
    return folder


@pytest.mark.parametrize("data", [b"", b"RIFF", b"RIFF\x10\0\0\0WAVEfmt ", bytes(1_000), b"<html>"])
def test_a_sound_that_cannot_be_decoded_is_an_error(folder, data):
    judged = validate(replaced(folder, "sounds/idle.wav", data))
    (sentence,) = errors(judged, "archive")
    assert sentence.startswith("sounds/idle.wav: ")
    assert judged.gate == "rejected" and not judged.badge


def test_a_sound_in_another_format_than_its_name_says_is_an_error(folder):
    mp3 = (folder / "sounds/idle.mp3").read_bytes()
    judged = validate(replaced(folder, "sounds/idle.wav", mp3))
    assert errors(judged, "archive") == ["sounds/idle.wav holds MP3 and is named for another format."]


@pytest.mark.parametrize(("surplus", "fine"), [(0, True), (1, False)])
def test_a_sound_is_at_most_a_megabyte(folder, surplus, fine):
    data = (folder / "sounds/idle.wav").read_bytes()
    judged = validate(replaced(folder, "sounds/idle.wav", data + bytes(1_000_000 - len(data) + surplus)))
    found = [one for one in errors(judged, "cesp") if "CESP allows 1,000,000" in one]
    assert found == ([] if fine else ["sounds/idle.wav has 1,000,001 bytes; CESP allows 1,000,000."])


@pytest.mark.parametrize(
    ("name", "options", "kind"),
    [
        ("idle.mp3", {}, "MP3 (MPEG_LAYER_III)"),
        ("idle.ogg", {}, "OGG (VORBIS)"),
        ("idle.flac", {}, "FLAC (PCM_16)"),
        ("idle.aiff", {}, "AIFF (PCM_16)"),
        ("new.wav", {"subtype": "PCM_24"}, "WAV (PCM_24)"),
        ("new.wav", {"subtype": "FLOAT"}, "WAV (FLOAT)"),
    ],
)
def test_what_some_player_of_ccbell_would_play_as_noise_is_a_warning(folder, name, options, kind):
    write_audio(folder / "sounds" / name, tone(), **options)
    change(folder, "pack.json", lambda d: d["events"].update(idle_prompt=f"sounds/{name}"))
    assert warnings(validate(folder), "ccbell") == [
        f"sounds/{name} is {kind}; only 16-bit WAV is right on all players ccbell uses."
    ]


def test_what_is_no_sound_is_none_for_ccbell(folder):
    change(folder, "pack.json", lambda d: d["events"].update(stop="LICENSE"))
    assert errors(validate(folder)) == ["LICENSE is no sound file by its name."]


def test_a_quiet_late_or_clipping_sound_costs_the_badge(content, tmp_path):
    sound = next(one for one in content.sounds if one.hook == "idle")
    late = write_audio(tmp_path / "late.wav", tone(silence_s=0.3))
    file = replace(sound.files["wav"], source=late, bytes=late.stat().st_size, sha256=inspect(late).sha256)
    judged = validate(zipped(with_sound(content, "idle", files={"wav": file}), tmp_path / "pack.zip"))
    assert judged.valid and not judged.badge and judged.gate == "gold"
    assert any("begins after 299 ms" in one for one in warnings(judged, "badge"))
    assert any("than the -19.0 LUFS it is meant to have" in one for one in warnings(judged, "badge"))
    assert any("states a length of 0.60 s" in one for one in warnings(judged, "manifest"))


def test_an_error_anywhere_costs_the_badge(folder):
    judged = validate(change(folder, "pack.json", lambda d: d.pop("id")))
    assert warnings(judged, "badge") == [] and not judged.badge


@pytest.mark.parametrize("name", ["a\nb", "a" * 999, "\u202e", "}{|"])
def test_somebody_elses_names_stay_in_one_short_line(folder, name):
    change(folder, "manifest.json", lambda d: d["files"].update({name: {"filename": "x.wav"}}))
    change(folder, "openpeon.json", lambda d: d.update({name: name}))
    change(folder, "openpeon.json", lambda d: d["categories"].update({name: {"sounds": [{}]}}))
    change(folder, "pack.json", lambda d: d["events"].update({name: name}))
    change(folder, "ccbell-config.template.json", lambda d: d.update(profiles={name: {"events": {name: 1}}}))
    for finding in validate(folder).findings:
        words = finding.where + finding.sentence
        assert words.isprintable() and len(words) < 500


# Whatever happens to a pack.


@pytest.fixture(scope="module")
def small(content, tmp_path_factory) -> Path:
    two = replace(content, sounds=content.sounds[:2])
    return zipped(two, tmp_path_factory.mktemp("small") / "small.zip")


@pytest.fixture(scope="module")
def places(small) -> list[int]:
    """Where to spoil it: every byte that is not the body of a sound, and some that are."""
    data = small.read_bytes()
    with zipfile.ZipFile(small) as archive:
        bodies = [(info.header_offset + 80, info.compress_size - 80) for info in archive.infolist()]
    inside = {at for start, size in bodies for at in range(start, start + max(0, size))}
    return [at for at in range(len(data)) if at not in inside] + sorted(inside)[::500]


@given(pick=st.floats(0, 1, exclude_max=True), value=st.integers(1, 255))
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_one_changed_byte_gives_a_report_and_no_exception(tmp_path_factory, small, places, pick, value):
    data = bytearray(small.read_bytes())
    data[places[int(pick * len(places))]] ^= value
    path = tmp_path_factory.mktemp("spoilt") / "pack.zip"
    path.write_bytes(bytes(data))
    judged = validate(path)
    assert all(finding.sentence.endswith(".") for finding in judged.findings)
    try:
        with open_pack(path) as pack:
            assert pack.names
    except PackError as error:
        assert errors(judged) == [str(error)]


keys = st.sampled_from(["file", "filename", "sounds", "stop", "task.error", "name", "a/b", "\n"])
scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(max_size=8)
    | st.sampled_from(["sounds/idle.wav", "idle.wav", "..", "LICENSE", "sounds"])
)
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3)
)


def spots(value: Any, at: tuple = ()) -> list[tuple]:
    """The path to every value in a document."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [at, *(spot for key, one in inner for spot in spots(one, (*at, key)))]


@pytest.fixture(scope="module")
def spoilable(content, tmp_path_factory) -> Path:
    return unpack(content, tmp_path_factory.mktemp("spoilable") / "sci-fi")


@pytest.mark.parametrize("document", [*MANIFESTS, "ccbell-config.template.json"])
@given(data=st.data())
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_value_anywhere_in_a_document_gives_a_report(spoilable, document, data):
    path = spoilable / document
    good = path.read_bytes()
    whole = json.loads(good)
    *way, last = (None, *data.draw(st.sampled_from(spots(whole))))
    value = data.draw(values)
    if way:
        place = whole
        for step in way[1:]:
            place = place[step]
        place[last] = value
    else:
        whole = value
    try:
        path.write_text(json.dumps(whole))
        judged = validate(spoilable, inspect=lambda path: report(format=path.suffix[1:]))
    finally:
        path.write_bytes(good)
    for finding in judged.findings:
        assert finding.sentence.endswith(".") and "\n" not in finding.sentence + finding.where
        assert finding.level in Level and finding.rules in {
            "archive", "manifest", "ccbell", "cesp", "gate", "badge",
        }  # fmt: skip
    json.dumps(judged.as_dict(), ensure_ascii=False).encode()
