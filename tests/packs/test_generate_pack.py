"""`generate_pack` as people run it: in a process of its own, on a data folder of its own."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from jobs.models import Job
from packs.validate import validate
from tests.support.studio import ROOT, Studio, wait_for

pytestmark = pytest.mark.slow

HOOKS = "task_complete,tool_error"


def generate(studio: Studio, *args: str, theme: str = "minimal", **options) -> dict:
    out = studio.manage(
        "generate_pack", theme, "--json", "--out", str(studio.data / "dist"), *args, **options
    )
    return json.loads(out.stdout)


def test_a_whole_theme_becomes_a_gold_pack_with_our_badge(studio):
    made = generate(studio, theme="sci-fi")
    assert (made["version"], made["valid"], made["gate"], made["badge"]) == ("1.0.0", True, "gold", True)
    assert Path(made["zip"]).name == "ccbell-sounds-sci-fi-v1.0.0.zip"
    assert len(made["sounds"]) == 15
    for sound in made["sounds"]:
        assert abs(sound["loudness_lufs"] - sound["intended_lufs"]) <= 1
        assert sound["true_peak_dbtp"] <= -1
    report = validate(Path(made["zip"]))
    assert report.valid and report.gate == "gold" and report.badge
    assert report.coverage == {"ccbell": (4, 4), "cesp": (6, 6)}


def test_a_second_call_builds_the_same_bytes_without_making_anything(studio):
    first = generate(studio, "--hooks", HOOKS)
    bytes_then = Path(first["zip"]).read_bytes()
    shutil.rmtree(studio.data / "audio" / "releases")
    again = generate(studio, "--hooks", HOOKS)
    assert again == first
    assert Path(again["zip"]).read_bytes() == bytes_then
    assert studio.rows("select count(*) from sounds_sound") == [(2,)]
    assert studio.rows("select count(*) from packs_build") == [(1,)]


def test_another_studio_makes_the_same_sounds(studio, tmp_path):
    first = generate(studio, "--hooks", HOOKS)
    other = Studio(tmp_path / "other")
    other.data.mkdir()
    shutil.copy(studio.data / "studio.sqlite3", other.data)
    other.python("from sounds.models import Sound; from packs.models import *\n"
                 "Build.objects.all().delete(); Sound.objects.all().delete()")  # fmt: skip
    second = generate(other, "--hooks", HOOKS)
    assert second["content_sha256"] == first["content_sha256"]


def test_fresh_draws_new_sounds_and_the_next_version(studio):
    first = generate(studio, "--hooks", HOOKS)
    fresh = generate(studio, "--hooks", HOOKS, "--fresh")
    assert fresh["version"] == "1.1.0"
    assert {s["seed"] for s in fresh["sounds"]}.isdisjoint(s["seed"] for s in first["sounds"])
    assert generate(studio, "--hooks", HOOKS)["version"] == "1.0.0"


def test_a_used_version_is_refused_for_other_content_and_the_next_one_named(studio):
    generate(studio, "--hooks", HOOKS, "--version", "2.0.0")
    ended = studio.manage(
        "generate_pack", "minimal", "--hooks", HOOKS, "--fresh", "--version", "2.0.0",
        "--out", str(studio.data / "dist"), check=False,
    )  # fmt: skip
    assert ended.returncode == 2
    assert "taken by other content" in ended.stderr and "2.1.0" in ended.stderr


def test_seed_takes_and_formats_are_as_asked(studio):
    made = generate(studio, "--hooks", HOOKS, "--seed", "7", "--takes", "3", "--formats", "ogg,flac")
    assert {sound["seed"] for sound in made["sounds"]} == {7}
    assert studio.rows("select distinct seed from sounds_sound order by seed") == [(7,), (8,), (9,)]
    names = zipfile.ZipFile(made["zip"]).namelist()
    assert {Path(name).suffix for name in names if name.startswith("sounds/")} == {".wav", ".ogg", ".flac"}


def test_a_format_that_was_not_made_at_first_is_encoded_for_the_build(studio):
    generate(studio, "--hooks", HOOKS, "--formats", "wav")
    made = generate(studio, "--hooks", HOOKS, "--formats", "wav,mp3")
    assert made["version"] == "1.1.0"
    assert studio.rows("select count(*) from sounds_sound") == [(2,)]
    assert "sounds/tool_error.mp3" in zipfile.ZipFile(made["zip"]).namelist()


def test_a_variation_is_a_pack_of_its_own(studio):
    slug = studio.rows(
        "select v.slug from sounds_variation v join sounds_theme t on v.theme_id = t.id where t.slug = 'jazz'"
    )[0][0]
    plain = generate(studio, "--hooks", HOOKS, theme="jazz")
    varied = generate(studio, "--hooks", HOOKS, "--variation", slug, theme="jazz")
    assert varied["pack"] == f"jazz-{slug}"
    assert varied["content_sha256"] != plain["content_sha256"]


def test_a_prompt_changes_the_sounds_and_names_the_pack(studio):
    made = generate(studio, "--hooks", HOOKS, "--prompt", "soft wooden double knock, rising")
    assert made["pack"] == "minimal-soft-wooden-double-knock-rising"
    assert "soft wooden double knock, rising" in made["sounds"][0]["prompt"]


def test_the_mapping_of_a_prompt_is_shown(studio):
    shown = studio.manage(
        "generate_pack", "minimal", "--hooks", "task_complete", "--out", str(studio.data / "dist"),
        "--prompt", "soft wooden double knock, rising",
    ).stdout  # fmt: skip
    for word in ("soft", "wooden", "double", "rising"):
        assert f"“{word}”" in shown


def test_people_get_a_table_and_what_to_do_next(studio):
    shown = studio.manage(
        "generate_pack", "minimal", "--hooks", HOOKS, "--out", str(studio.data / "dist")
    ).stdout
    lines = shown.splitlines()
    assert lines[0].split() == ["hook", "duration", "loudness", "true", "peak", "quality", "file"]
    assert any(line.startswith("task_complete") and "sounds/task_complete.wav" in line for line in lines)
    assert "Listen" in shown and "Install" in shown and "ccbell-sounds-minimal-v1.0.0.zip" in shown


@pytest.fixture
def signals():
    """The command takes some over, as the process is its own; here it is not."""
    before = {wish: signal.getsignal(wish) for wish in (signal.SIGTERM, signal.SIGHUP)}
    yield
    for wish, handler in before.items():
        signal.signal(wish, handler)


@pytest.mark.usefixtures("presets", "signals")
@pytest.mark.parametrize(
    "args, words",
    [
        (["space-opera"], "There is no theme “space-opera”; choose one of: sci-fi, retro-8bit"),
        (["sci-fi", "--hooks", "task_complete,lunch"], "There is no hook “lunch”; choose one of: session"),
        (["sci-fi", "--variation", "none"], "There is no variation of sci-fi “none”; choose one of:"),
        (["sci-fi", "--engine", "theremin"], "There is no engine “theremin”; choose one of: auto, proc"),
        (["sci-fi", "--formats", "wav,midi"], "There is no format “midi”; choose from: wav, mp3, ogg, flac."),
        (["sci-fi", "--version", "1.0"], "1.0"),
        (["sci-fi", "--version", "one"], "one"),
        (["sci-fi", "--takes", "0"], "from 1 to 20, not 0"),
        (["sci-fi", "--seed", "-1"], "from 0 to 4294967295, not -1"),
        (["sci-fi", "--prompt", "  "], "The prompt is empty"),
        (["sci-fi", "--prompt", os.fsdecode(b"bad \xff")], "The prompt is not valid text"),
        (["sci-fi", "--prompt", "loud " * 1000], "prompt"),
        (["sci-fi", "--hooks", " , "], "Name at least one hook"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_in_one_sentence_and_leaves_nothing(args, words, tmp_path, capsys):
    with pytest.raises(CommandError) as refused:
        call_command("generate_pack", *args, "--out", str(tmp_path / "dist"))
    assert words in str(refused.value) and "\n" not in str(refused.value)
    assert refused.value.returncode == 2
    assert capsys.readouterr().out == ""
    assert not list(tmp_path.glob("dist/*")) and not Job.objects.exists()


def test_a_refusal_is_all_that_a_person_sees(studio):
    ended = studio.manage("generate_pack", "space-opera", "--out", str(studio.data / "dist"), check=False)
    assert ended.returncode == 2 and ended.stdout == ""
    assert ended.stderr.startswith("CommandError: There is no theme “space-opera”")
    assert ended.stderr.strip().count("\n") == 0


def test_a_folder_that_cannot_be_written_is_said_before_any_work(studio, unwritable):
    ended = studio.manage("generate_pack", "sci-fi", "--out", str(unwritable), check=False)
    assert ended.returncode == 2
    assert "cannot be written" in ended.stderr and "--out" in ended.stderr
    assert studio.rows("select count(*) from jobs_job") == [(0,)]


def test_a_database_that_is_not_prepared_is_said_in_words(tmp_path):
    bare = Studio(tmp_path / "bare")
    ended = bare.manage("generate_pack", "sci-fi", check=False)
    assert ended.returncode == 2
    assert "manage.py prepare" in ended.stderr and "Traceback" not in ended.stderr


@pytest.mark.skipif(shutil.which("unshare") is None, reason="a small disk needs Linux namespaces")
def test_a_full_disk_is_said_once_in_words_and_the_same_call_works_when_there_is_room(studio):
    audio = studio.data / "audio"
    audio.mkdir()
    command = (
        f"mount -t tmpfs -o size=600k none {audio} && "
        f"exec {sys.executable} manage.py generate_pack sci-fi --out {studio.data / 'dist'}"
    )
    ended = subprocess.run(
        ["unshare", "--map-root-user", "--mount", "sh", "-c", command],
        cwd=ROOT, env=studio.environment, text=True, capture_output=True,
    )  # fmt: skip
    if "mount" in ended.stderr or "unshare" in ended.stderr:
        pytest.skip(f"no small disk to be had here: {ended.stderr.strip()}")
    assert ended.returncode == 2
    assert ended.stderr.count("The disk is full") == 1 and "Traceback" not in ended.stderr
    assert not list((studio.data / "dist").glob("*"))


@pytest.mark.parametrize("wish", [signal.SIGTERM, signal.SIGHUP])
def test_a_closed_terminal_leaves_no_jobs_behind(studio, wish):
    process = studio.start("manage.py", "generate_pack", "sci-fi", "--takes", "20", stderr=subprocess.DEVNULL)
    wait_for(lambda: studio.rows("select count(*) from sounds_sound")[0][0] >= 2)
    process.send_signal(wish)
    assert process.wait(timeout=10) == 130
    assert set(studio.statuses()) <= {"succeeded", "cancelled"}


def test_ctrl_c_loses_no_finished_sound_and_the_same_call_goes_on(studio):
    asked = ("--hooks", f"{HOOKS},idle,question", "--takes", "8")
    process = studio.start(
        "manage.py", "generate_pack", "sci-fi", *asked, "--out", str(studio.data / "dist"),
        stderr=subprocess.PIPE,
    )  # fmt: skip
    wait_for(lambda: studio.rows("select count(*) from sounds_sound")[0][0] >= 3)
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=10) == 130
    said = process.stderr.read()
    assert "Stopped." in said and "Traceback" not in said
    finished = {row[0] for row in studio.rows("select uuid from sounds_sound")}
    assert set(studio.statuses()) <= {"succeeded", "cancelled"}
    assert len(finished) < 32
    assert not list((studio.data / "dist").glob("*"))
    wait_for(lambda: not studio.hosts())
    generate(studio, *asked, theme="sci-fi")
    everything = {row[0] for row in studio.rows("select uuid from sounds_sound")}
    assert finished < everything and len(everything) == 32


def test_it_works_beside_running_workers_and_leaves_other_jobs_to_them(studio):
    studio.submit("slow", "slow")
    studio.worker()
    made = generate(studio, "--hooks", HOOKS)
    assert made["valid"]
    wait_for(lambda: set(studio.statuses()) == {"succeeded"}, timeout=30)


def test_every_file_of_a_sound_is_under_its_uuid_and_nothing_else_is_left(studio):
    generate(studio, "--hooks", HOOKS)
    uuids = {row[0] for row in studio.rows("select uuid from sounds_sound")}
    folders = {path.name.replace("-", "") for path in (studio.data / "audio" / "generated").glob("*/*")}
    assert folders == uuids
    assert not list((studio.data / "audio" / "temp").glob("*"))
