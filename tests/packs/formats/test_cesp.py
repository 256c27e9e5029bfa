"""Every rule of CESP 1.0, with a manifest that breaks it and one that just does not."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from packs.formats import cesp
from packs.formats.cesp import DOCUMENT
from packs.formats.cesp_rules import CATEGORIES, CORE, is_path, licence_parts
from tests.packs.support import change, errors, notes, opened, tone, warnings, with_sound, write_audio

SOUND = "categories.task.error.sounds[0]"


def written(content) -> dict[str, Any]:
    return json.loads(cesp.write(content)[DOCUMENT])


def sound(document: dict[str, Any]) -> dict[str, Any]:
    return document["categories"]["task.error"]["sounds"][0]


def found(folder, edit):
    return cesp.validate(opened(change(folder, DOCUMENT, edit)))


# Writing.


def test_it_holds_the_specifications_keys_and_no_other(content):
    document = written(content)
    assert list(document) == [
        "cesp_version",
        "name",
        "display_name",
        "version",
        "description",
        "author",
        "license",
        "language",
        "homepage",
        "tags",
        "categories",
    ]
    assert document["author"] == {"name": "A. Author", "github": "a-author"}
    assert sound(document) == {
        "file": "sounds/tool_error.wav",
        "label": "Tool error",
        "sha256": next(s for s in content.sounds if s.hook == "tool_error").files["wav"].sha256,
    }


def test_a_category_may_hold_several_sounds_in_the_packs_order(content):
    files = [entry["file"] for entry in written(content)["categories"]["task.complete"]["sounds"]]
    assert files == ["sounds/task_complete.wav", "sounds/subagent_complete.wav"]


def test_hooks_without_a_category_or_with_an_unknown_one_are_left_out(content):
    text = json.dumps(written(with_sound(content, "context_limit", cesp_category="my.own")))
    assert "sounds/idle" not in text and "sounds/tool_start" not in text and "my.own" not in text


def test_what_would_break_the_schema_is_cut_or_left_out(content, folder):
    document = written(
        replace(
            content,
            display_name="D" * 200,
            description="word " * 100,
            tags=["same", "same", " t" + "x" * 60, "", *map(str, range(20))],
            author_github="not a user!",
            homepage="example.org",
            language="English",
        )
    )
    assert document["display_name"] == "D" * 128
    assert len(document["description"]) <= 256 and document["description"].endswith("word…")
    assert len(document["tags"]) == 10 and document["tags"][:2] == ["same", "t" + "x" * 31]
    assert document["author"] == {"name": "A. Author"}
    assert "homepage" not in document and "language" not in document
    (folder / DOCUMENT).write_text(json.dumps(document))
    assert errors(cesp.validate(opened(folder))) == []


def test_empty_words_are_left_out_and_names_stand_in(content):
    document = written(replace(content, description="", author="", homepage="", display_name="", tags=[]))
    assert document["display_name"] == "sci-fi"
    assert document.keys().isdisjoint({"description", "author", "homepage", "tags"})
    assert sound(written(with_sound(content, "tool_error", title="")))["label"] == "tool_error"


def test_what_it_writes_is_valid(folder):
    assert cesp.validate(opened(folder)) == []
    assert cesp.covered(opened(folder)) == set(CORE)


# The tables of the specification: an edit, the sentence, and an edit that is just right.

ERRORS = [
    (lambda d: d.pop("cesp_version"), "“cesp_version” is missing; it must be “1.0”.", None),
    (lambda d: d.update(cesp_version="1.1"), "“cesp_version” must be “1.0”, not “1.1”.", None),
    (lambda d: d.update(cesp_version=1.0), "“cesp_version” must be “1.0”, not 1.0.", None),
    (lambda d: d.pop("name"), "“name” is missing", None),
    (lambda d: d.update(name="Sci-Fi"), "“name” must be 1 to 64", lambda d: d.update(name="sci_fi-2")),
    (lambda d: d.update(name="-a"), "“name” must be", lambda d: d.update(name="0-a_")),
    (lambda d: d.update(name="a" * 65), "“name” must be", lambda d: d.update(name="a" * 64)),
    (lambda d: d.update(name="a\n"), "“name” must be", lambda d: d.update(name="a")),
    (lambda d: d.pop("display_name"), "“display_name” is missing", None),
    (lambda d: d.update(display_name=""), "“display_name” must be", lambda d: d.update(display_name="é")),
    (lambda d: d.update(display_name="a" * 129), "must be text", lambda d: d.update(display_name="a" * 128)),
    (lambda d: d.pop("version"), "“version” is missing", None),
    (lambda d: d.update(version="1.0"), "“version” must be a semantic", lambda d: d.update(version="0.0.1")),
    (lambda d: d.update(version="01.0.0"), "“version” must be", lambda d: d.update(version="1.0.0-rc.1+b5")),
    (lambda d: d.update(version=1), "“version” must be", lambda d: d.update(version="10.20.30")),
    (lambda d: d.pop("categories"), "“categories” is missing", None),
    (lambda d: d.update(categories=[]), "“categories” must be an object", lambda d: d.update(categories={})),
    (lambda d: d.update(description="a" * 257), "at most 256", lambda d: d.update(description="a" * 256)),
    (lambda d: d.update(author="Me"), "“author” must be an object", lambda d: d.update(author={"name": "M"})),
    (lambda d: d.update(author={"github": "me"}), "“author.name” is missing", None),
    (
        lambda d: d["author"].update(github="a--b"),
        "a GitHub user",
        lambda d: d["author"].update(github="a-b"),
    ),
    (
        lambda d: d["author"].update(github="a" * 40),
        "a GitHub",
        lambda d: d["author"].update(github="a" * 39),
    ),
    (lambda d: d["author"].update(mail="x"), "“author.mail” is no key that is allowed", None),
    (lambda d: d.update(license=None), "“license” must be text", lambda d: d.update(license="MIT")),
    (lambda d: d.update(language="english"), "“language” must be", lambda d: d.update(language="pt-BR")),
    (lambda d: d.update(language="EN"), "“language” must be", lambda d: d.update(language="zh-Hans-CN")),
    (
        lambda d: d.update(homepage="me.org"),
        "“homepage” must be",
        lambda d: d.update(homepage="http://me.org"),
    ),
    (
        lambda d: d.update(tags=list("abcdefghijk")),
        "“tags” must be",
        lambda d: d.update(tags=list("abcdefghij")),
    ),
    (lambda d: d.update(tags=["a" * 33]), "“tags” must be", lambda d: d.update(tags=["a" * 32])),
    (lambda d: d.update(tags=["a", "a"]), "“tags” must be", lambda d: d.update(tags=[])),
    (lambda d: d.update(tags="ai"), "“tags” must be", None),
    (lambda d: d.update(icon="../icon.png"), "“icon” must be a relative path", None),
    (lambda d: d.update(preview="/p.mp3"), "“preview” must be a relative path", None),
    (
        lambda d: d.update(min_player_version="2"),
        "“min_player",
        lambda d: d.update(min_player_version="2.0.0"),
    ),
    (
        lambda d: d.update(category_aliases={"done": "finished"}),
        "“category_aliases” must be",
        lambda d: d.update(category_aliases={"done": "task.complete"}),
    ),
    (lambda d: d.update(engine="x"), "“engine” is no key that is allowed here; leave it out.", None),
    (
        lambda d: d["categories"].update({"task.started": {"sounds": []}}),
        "CESP has no category “task.started”; it has session.start,",
        lambda d: d["categories"].update({"user.spam": {"sounds": []}}),
    ),
    (
        lambda d: d["categories"].update({"user.spam": []}),
        "must be an object with “sounds”, not a list",
        None,
    ),
    (lambda d: d["categories"].update({"user.spam": {}}), "“categories.user.spam.sounds” is missing", None),
    (
        lambda d: d["categories"]["task.error"].update(icon="x"),
        "“categories.task.error.icon” is no key",
        None,
    ),
    (lambda d: d["categories"]["task.error"]["sounds"].append("x"), "must be an object with “file”", None),
    (lambda d: sound(d).pop("file"), f"“{SOUND}.file” is missing", None),
    (lambda d: sound(d).update(file="sounds/none.wav"), "sounds/none.wav is missing from the pack.", None),
    (lambda d: sound(d).update(file="../x.wav"), "must be a relative path with forward slashes", None),
    (lambda d: sound(d).update(file="/x.wav"), "must be a relative path", None),
    (lambda d: sound(d).update(file="sounds\\x.wav"), "must be a relative path", None),
    (lambda d: sound(d).update(file="sounds/ä.wav"), "must be a relative path", None),
    (lambda d: sound(d).update(file=""), "must be a relative path", None),
    (
        lambda d: (sound(d).update(file="LICENSE"), sound(d).pop("sha256")),
        "LICENSE is no WAV, MP3 or OGG file by its name",
        None,
    ),
    (lambda d: sound(d).update(label="a" * 257), "at most 256", lambda d: sound(d).update(label="a" * 256)),
    (lambda d: sound(d).update(sha256="ABC"), "“categories.task.error.sounds[0].sha256” must be 64", None),
    (
        lambda d: sound(d).update(sha256="0" * 64),
        "openpeon.json lies about the checksum of sounds/tool_error.wav: it states 000000000000…, the",
        None,
    ),
    (lambda d: sound(d).update(volume=1), f"“{SOUND}.volume” is no key that is allowed", None),
]


@pytest.mark.parametrize(("edit", "words", "_right"), ERRORS)
def test_what_breaks_the_specification_is_an_error(folder, edit, words, _right):
    (sentence,) = errors(found(folder, edit))
    assert words in sentence and sentence.endswith(".")


@pytest.mark.parametrize("right", [row[2] for row in ERRORS if row[2]])
def test_what_just_keeps_it_is_none(folder, right):
    assert errors(found(folder, right)) == []


WARNINGS = [
    (
        lambda d: d.update(version="1.0.0-beta"),
        "The registry takes plain versions such as 1.0.0, not “1.0.0-beta”.",
    ),
    (lambda d: d.pop("license"), "“license” is missing; without it the registry takes no pack."),
    (
        lambda d: d.update(license="free for all"),
        "“free for all” is no SPDX identifier; write one such as CC0-1.0.",
    ),
    (lambda d: d.update(license=""), "“” is no SPDX identifier; write one such as CC0-1.0."),
    (lambda d: sound(d).pop("label"), f"“{SOUND}” has no “label”, which the published schema asks for."),
    (
        lambda d: sound(d).pop("sha256"),
        f"“{SOUND}” has no “sha256”, without which the registry takes no pack.",
    ),
    (
        lambda d: d["categories"].pop("task.error"),
        "The registry asks for every core category; add task.error.",
    ),
    (lambda d: d.update(icon="icon.png"), "The icon icon.png is missing from the pack."),
    (lambda d: d.update(icon="LICENSE"), "The icon LICENSE is no PNG, JPEG, WebP or SVG image."),
    (lambda d: d.update(preview="preview.mp3"), "The preview preview.mp3 is missing from the pack."),
]


@pytest.mark.parametrize(("edit", "sentence"), WARNINGS)
def test_what_only_the_registry_minds_is_a_warning(folder, edit, sentence):
    findings = found(folder, edit)
    assert warnings(findings) == [sentence]
    assert errors(findings) == []


def test_the_registry_asks_for_six_sounds(folder):
    def keep_five(document: dict[str, Any]) -> None:
        for category in document["categories"].values():
            del category["sounds"][1:]
        del document["categories"]["session.start"]

    assert warnings(found(folder, keep_five))[1] == "The registry asks for 6 different sounds; there are 5."


def test_an_author_without_github_is_a_note(folder):
    assert notes(found(folder, lambda d: d["author"].pop("github"))) == [
        "“author.github” is missing; the registry asks for it."
    ]


@pytest.mark.parametrize(
    "licence", ["LicenseRef-mine", "CC0-1.0 AND CC-BY-4.0", "(MIT OR Apache-2.0) AND MIT"]
)
def test_a_licence_may_be_an_expression(folder, licence):
    assert found(folder, lambda d: d.update(license=licence)) == []


def test_a_licence_that_is_not_known_is_a_note(folder):
    (sentence,) = notes(found(folder, lambda d: d.update(license="Beerware-42")))
    assert sentence == "“Beerware-42” is no licence known here; see https://spdx.org/licenses/."


def test_licences_are_taken_apart():
    assert licence_parts("CC0-1.0") == ["CC0-1.0"]
    assert licence_parts("MIT AND (CC0-1.0 OR ISC)") == ["MIT", "CC0-1.0", "ISC"]
    for shapeless in ("", "MIT AND", "MIT ISC", "(MIT", "all rights reserved!", "MIT and ISC"):
        assert licence_parts(shapeless) == []
    for shapeless in (")MIT OR ISC(", "MIT (OR) ISC", "()MIT", "MIT ()", "(MIT OR) ISC"):
        assert licence_parts(shapeless) == []


# Files.


@pytest.mark.parametrize(("suffix", "fine"), [("wav", True), ("mp3", True), ("ogg", True), ("flac", False)])
def test_wav_mp3_and_ogg_are_the_formats(folder, suffix, fine):
    write_audio(folder / f"sounds/extra.{suffix}", tone())
    findings = found(folder, lambda d: sound(d).update(file=f"sounds/extra.{suffix}", sha256="0" * 64))
    assert (not any("CESP allows no other" in one for one in errors(findings))) == fine


@pytest.mark.parametrize(
    ("suffix", "data", "fine"),
    [
        ("wav", b"RIFF....WAVE", True),
        ("wav", b"RIFX....WAVE", False),
        ("wav", b"\xff\xfb\x90\x00", False),
        ("mp3", b"ID3\x04", True),
        ("mp3", b"\xff\xfb\x90\x00", True),
        ("mp3", b"\xff\xf3\x90\x00", True),
        ("mp3", b"\xff\xf2\x90\x00", True),
        ("mp3", b"\xff\xfa\x90\x00", False),
        ("mp3", b"RIFF", False),
        ("ogg", b"OggS", True),
        ("ogg", b"fLaC", False),
        ("wav", b"", False),
    ],
)
def test_a_file_begins_as_its_name_promises(folder, suffix, data, fine):
    (folder / f"sounds/extra.{suffix}").write_bytes(data)

    def edit(document: dict[str, Any]) -> None:
        sound(document)["file"] = f"sounds/extra.{suffix}"
        del sound(document)["sha256"]

    sentences = errors(found(folder, edit))
    assert sentences == ([] if fine else [
        f"sounds/extra.{suffix} does not begin as a file of type {suffix.upper()} must, so players refuse it."
    ])  # fmt: skip


def test_a_bare_name_is_looked_for_where_peon_ping_looks(folder):
    said = found(folder, lambda d: sound(d).update(file=sound(d)["file"].removeprefix("sounds/")))
    assert not errors(said) and any("not every player looks" in one for one in warnings(said))


@pytest.mark.parametrize("path", ["tool.wav", "sounds/deep/tool.wav"])
def test_sounds_should_lie_flat_in_their_folder(folder, path):
    write_audio(folder / path, tone())
    assert f"{path} should lie flat in sounds/, where the registry looks." in warnings(
        found(folder, lambda d: sound(d).update(file=path, sha256="0" * 64))
    )


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"\x89PNG\r\n", ""),
        (b"\xff\xd8\xff\xe0", ""),
        (b"RIFF....WEBP", ""),
        (b"  <svg xmlns=''>", ""),
        (b"GIF89a", "is no PNG, JPEG, WebP or SVG image"),
        (b"\x89PNG" + bytes(500_000), "has 500,004 bytes; CESP allows 500,000"),
    ],
)
def test_an_icon_is_a_small_picture(folder, data, words):
    (folder / "icons").mkdir()
    (folder / "icons/pack.png").write_bytes(data)
    sentences = warnings(found(folder, lambda d: d.update(icon="icons/pack.png")))
    assert (words in sentences[0]) if words else sentences == []


def test_a_preview_is_small(folder):
    (folder / "preview.mp3").write_bytes(bytes(500_001))
    assert "CESP allows 500,000" in warnings(found(folder, lambda d: d.update(preview="preview.mp3")))[0]


def test_a_pack_is_at_most_fifty_megabytes(folder):
    with (folder / "big.bin").open("wb") as file:
        file.truncate(49_000_000)
    assert errors(cesp.validate(opened(folder))) == []
    with (folder / "big.bin").open("wb") as file:
        file.truncate(50_000_000)
    (sentence,) = errors(cesp.validate(opened(folder)))
    assert "CESP allows 50,000,000" in sentence


@pytest.mark.parametrize(("name", "fine"), [("a b.wav", False), ("ä.wav", False), ("A-b_1.2.wav", True)])
def test_names_of_sounds_are_plain(folder, name, fine):
    write_audio(folder / "sounds" / name, tone())
    sentences = errors(cesp.check_names(opened(folder)))
    assert (sentences == []) == fine


def test_other_files_may_be_called_as_they_like(folder):
    (folder / "read me.txt").write_text("hello")
    assert cesp.check_names(opened(folder)) == []


# Documents that are none.


@pytest.mark.parametrize("data", [b"", b"[]", b'{"name": "a", "name": "b"}', b"\xff"])
def test_a_document_that_is_none_is_one_error(folder, data):
    (folder / DOCUMENT).write_bytes(data)
    findings = cesp.validate(opened(folder))
    assert len(findings) == len(errors(findings)) == 1
    assert cesp.covered(opened(folder)) == cesp.references(opened(folder)) == set()


def test_a_pack_without_it_is_a_note(folder):
    (folder / DOCUMENT).unlink()
    assert notes(cesp.validate(opened(folder))) == [
        "The pack holds no openpeon.json, so OpenPeon players cannot use it."
    ]


def test_a_sound_that_is_missing_covers_nothing(folder):
    (folder / "sounds/tool_error.wav").unlink()
    assert cesp.covered(opened(folder)) == set(CORE) - {"task.error"}


@given(st.text())
def test_a_path_stays_in_the_pack(text):
    if is_path(text):
        assert ".." not in text.split("/") and not text.startswith("/") and "\\" not in text


def test_there_are_nine_categories():
    assert len(CATEGORIES) == len(set(CATEGORIES)) == 9
