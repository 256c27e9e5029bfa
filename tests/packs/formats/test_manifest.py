from __future__ import annotations

import json
from dataclasses import replace

import pytest

from packs.formats import manifest
from packs.formats.manifest import DOCUMENT
from sounds.audio.inspect import inspect
from tests.packs.support import change, errors, notes, opened, tone, warnings, write_audio

SEED = {
    "name": "sci-fi",
    "version": "1.0.0",
    "description": "Futuristic sci-fi notification sounds",
    "hooks": ["tool_error"],
    "files": {"tool_error": {"filename": "tool_error.mp3", "duration_sec": 0.6, "sha256": ""}},
    "created_at": "2024-01-15T10:00:00Z",
    "generator_version": "1.0.0",
}


def found(folder, edit):
    return manifest.validate(opened(change(folder, DOCUMENT, edit)))


def entry(document):
    return document["files"]["tool_error"]


# Writing.


def test_the_seeds_keys_come_first_and_in_its_order(content):
    document = json.loads(manifest.write(content)[DOCUMENT])
    assert list(document)[:7] == list(SEED)
    assert list(document["files"]["idle"])[:3] == ["filename", "duration_sec", "sha256"]
    assert document["hooks"] == list(document["files"]) == [sound.hook for sound in content.sounds]


def test_every_sound_has_its_provenance_and_every_format_its_checksum(content):
    document = json.loads(manifest.write(content)[DOCUMENT])
    sound = next(one for one in content.sounds if one.hook == "tool_error")
    written = entry(document)
    for key in ("engine", "engine_version", "prompt", "seed", "theme", "variation", "quality", "licence"):
        assert written[key] == getattr(sound, key)
    assert written["filename"] == "tool_error.wav" and written["duration_sec"] == 0.6
    assert written["sha256"] == sound.files["wav"].sha256
    assert written["loudness_lufs"] == pytest.approx(sound.loudness_lufs, abs=0.01)
    assert {written[key] for key in ("intended_lufs",)} == {-17.0}
    assert written["formats"] == {
        form: {"filename": f"tool_error.{form}", "bytes": file.bytes, "sha256": file.sha256}
        for form, file in sound.files.items()
    }


def test_it_is_text_that_people_can_read(content):
    data = manifest.write(replace(content, description="Für dich – 音"))[DOCUMENT]
    assert "Für dich – 音".encode() in data and data.endswith(b"\n}\n") and b'\n  "name"' in data


def test_it_is_always_the_same(content):
    assert manifest.write(content) == manifest.write(replace(content))


def test_what_it_writes_is_valid(folder):
    assert manifest.validate(opened(folder)) == []
    assert len(manifest.references(opened(folder))) == 18


# The table.

ERRORS = [
    (lambda d: d.pop("name"), "“name” is missing"),
    (lambda d: d.update(name="Sci Fi"), "“name” must be small letters"),
    (lambda d: d.pop("version"), "“version” is missing"),
    (lambda d: d.update(version="1.0"), "“version” must be three numbers such as 1.0.0, not “1.0”."),
    (lambda d: d.pop("description"), "“description” is missing"),
    (lambda d: d.update(description=5), "“description” must be text, not 5."),
    (lambda d: d.pop("hooks"), "“hooks” is missing"),
    (lambda d: d["hooks"].append("idle"), "“hooks” must be a list of names, each once, not a list."),
    (lambda d: d["hooks"].append(["idle"]), "“hooks” must be a list of names"),
    (lambda d: d["hooks"].append("lunch"), "The hook “lunch” has no entry in “files”."),
    (lambda d: d["hooks"].remove("idle"), "“files” has an entry for “idle”, which is not among the hooks."),
    (lambda d: d.update(created_at="yesterday"), "“created_at” must be a moment with its time zone"),
    (
        lambda d: d.update(created_at="2026-01-15T10:00:00"),
        "“created_at” must be a moment with its time zone",
    ),
    (lambda d: d.pop("generator_version"), "“generator_version” is missing"),
    (lambda d: d.update(theme=None), "“theme” must be text, not null."),
    (lambda d: d["files"].update(tool_error="x.wav"), "“files.tool_error” must be an object, not “x.wav”."),
    (lambda d: entry(d).pop("filename"), "“files.tool_error.filename” is missing"),
    (
        lambda d: entry(d).update(filename="../x.wav"),
        "“files.tool_error.filename” must be the name of a file",
    ),
    (lambda d: entry(d).update(filename="none.wav"), "sounds/none.wav is missing from the pack."),
    (lambda d: entry(d).pop("duration_sec"), "“files.tool_error.duration_sec” is missing"),
    (lambda d: entry(d).update(duration_sec=0), "must be a number of seconds above 0, not 0."),
    (lambda d: entry(d).update(duration_sec="1"), "must be a number of seconds above 0, not “1”."),
    (lambda d: entry(d).pop("sha256"), "“files.tool_error.sha256” is missing"),
    (lambda d: entry(d).update(sha256="A" * 64), "must be 64 hexadecimal digits in small letters"),
    (lambda d: entry(d).update(seed=1.5), "“files.tool_error.seed” must be a whole number, not 1.5."),
    (lambda d: entry(d).update(quality=101), "must be a number from 0 to 100, not 101."),
    (lambda d: entry(d).update(loudness_lufs="-18"), "“files.tool_error.loudness_lufs” must be a number"),
    (lambda d: entry(d).update(intended_lufs=True), "must be a number, not true."),
    (lambda d: entry(d).update(formats=[]), "“files.tool_error.formats” must be an object"),
    (lambda d: entry(d)["formats"].update(mp3=1), "“files.tool_error.formats.mp3” must be an object, not 1."),
    (lambda d: entry(d)["formats"]["mp3"].pop("sha256"), "“files.tool_error.formats.mp3.sha256” is missing"),
    (
        lambda d: entry(d)["formats"]["mp3"].update(filename="none.mp3"),
        "sounds/none.mp3 is missing from the pack.",
    ),
    (lambda d: entry(d)["formats"]["mp3"].update(bytes=7), "bytes; manifest.json states 7."),
    (
        lambda d: entry(d).update(sha256="0" * 64),
        "manifest.json lies about the checksum of sounds/tool_error.wav: it states 000000000000…, the file",
    ),
    (
        lambda d: entry(d)["formats"]["mp3"].update(sha256="0" * 64),
        "manifest.json lies about the checksum of sounds/tool_error.mp3",
    ),
]


@pytest.mark.parametrize(("edit", "words"), ERRORS)
def test_a_fault_is_an_error_in_a_sentence(folder, edit, words):
    (sentence,) = errors(found(folder, edit))
    assert words in sentence and sentence.endswith(".")


def test_a_changed_file_makes_the_manifest_a_liar(folder):
    write_audio(folder / "sounds/tool_error.wav", tone(880))
    findings = manifest.validate(opened(folder))
    assert any("lies about the checksum of sounds/tool_error.wav" in one for one in errors(findings))


def test_a_sound_that_is_not_in_it_is_a_warning(folder):
    write_audio(folder / "sounds/extra.wav", tone())
    assert warnings(manifest.validate(opened(folder))) == [
        "sounds/extra.wav is in the pack and not in manifest.json."
    ]


@pytest.mark.parametrize("where", ["sounds", "."])
def test_the_seeds_own_example_is_valid(tmp_path, where):
    """Seven keys, MP3, a bare file name; the file lies in sounds/, or beside it."""
    path = write_audio(tmp_path / where / "tool_error.mp3", tone())
    document = json.loads(json.dumps(SEED))
    document["files"]["tool_error"]["sha256"] = inspect(path).sha256
    (tmp_path / DOCUMENT).write_text(json.dumps(document))
    assert manifest.validate(opened(tmp_path)) == []
    (sound,) = manifest.stated_sounds(opened(tmp_path))
    assert sound.files.keys() == {"mp3"} and sound.intended_lufs is None


def test_peon_pings_old_manifest_is_left_alone(folder):
    (folder / DOCUMENT).write_text('{"name": "peon", "categories": {}}')
    findings = manifest.validate(opened(folder))
    assert notes(findings) == ["manifest.json is in peon-ping's old format, which is left alone."]
    assert len(findings) == 1


def test_a_pack_without_it_is_a_note(folder):
    (folder / DOCUMENT).unlink()
    assert len(notes(manifest.validate(opened(folder)))) == len(manifest.validate(opened(folder))) == 1
    assert manifest.stated_sounds(opened(folder)) == []


@pytest.mark.parametrize("data", [b"", b"[1]", b'{"a": 1, "a": 2}'])
def test_a_document_that_is_none_is_one_error(folder, data):
    (folder / DOCUMENT).write_bytes(data)
    assert len(manifest.validate(opened(folder))) == len(errors(manifest.validate(opened(folder)))) == 1
    assert manifest.references(opened(folder)) == set()


# What it states, and what was measured.


@pytest.mark.parametrize(
    ("key", "off_by", "words"),
    [
        ("duration_sec", 0.04, ""),
        ("duration_sec", 0.06, "states a length of 0.66 s for sounds/tool_error.wav, which measures 0.60 s."),
        ("loudness_lufs", 0.4, ""),
        (
            "loudness_lufs",
            -0.6,
            "states a loudness of -17.60 LUFS for sounds/tool_error.wav, which measures -17",
        ),
        ("true_peak_dbtp", 0.4, ""),
        ("true_peak_dbtp", 0.6, "states a true peak of "),
        ("intended_lufs", 9, ""),
    ],
)
def test_a_figure_that_is_not_so_is_a_warning(folder, key, off_by, words):
    change(folder, DOCUMENT, lambda d: entry(d).update({key: entry(d)[key] + off_by}))
    pack = opened(folder)
    findings = manifest.compare(pack, {name: inspect(pack.path(name)) for name in manifest.references(pack)})
    assert (words in warnings(findings)[0]) if words else findings == []


def test_what_was_not_measured_is_not_compared(folder):
    change(folder, DOCUMENT, lambda d: entry(d).update(duration_sec=99))
    (folder / "sounds/tool_error.wav").write_bytes(b"RIFF")
    pack = opened(folder)
    assert manifest.compare(pack, {}) == []
    assert (
        manifest.compare(pack, {"sounds/tool_error.wav": inspect(pack.path("sounds/tool_error.wav"))}) == []
    )


def test_figures_beyond_all_measure_are_no_figures(folder):
    change(folder, DOCUMENT, lambda d: entry(d).update(duration_sec=10**400))
    sound = next(one for one in manifest.stated_sounds(opened(folder)) if one.hook == "tool_error")
    assert sound.duration_s is None
