"""A pack comes in: rows and takes are there, its files as they were, and it can be handed out again."""

from __future__ import annotations

import hashlib
import json
import shutil
import threading
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import soundfile
from django.db import connection
from django.test import Client

from accounts.models import User
from jobs.models import Job, Status
from jobs.run import finish
from packs.archive import PackError
from packs.errors import BuildError
from packs.generate import Plan, submit_build
from packs.importing.bring import Brought, bring
from packs.models import Build, Pack
from packs.recipe import Recipe
from packs.validate import validate
from sounds import uploads
from sounds.models import Collection, Hook, Slot, Sound
from tests.packs.importing.conftest import Pack as Make
from tests.packs.support import change, sentences, tone, write_audio

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("presets")]

CORE = {
    "session.start": ["sounds/hi.mp3"],
    "task.acknowledge": ["sounds/ok.wav"],
    "task.complete": ["sounds/done.ogg"],
    "task.error": ["sounds/oops.mp3"],
    "input.required": ["sounds/well.wav"],
    "resource.limit": ["sounds/full.ogg"],
}


def brought(path: Path, **options) -> Brought:
    """Bring it in, and do all that follows from it."""
    one = bring(path, wake=False, **options)
    finish(one.batch, tick=lambda: None)
    return one


def built(pack: Pack) -> Build:
    batch = submit_build(pack, wake=False)
    finish(batch, tick=lambda: None)
    job = batch.jobs.get()
    assert job.status == Status.SUCCEEDED, job.error
    return Build.objects.get(pk=job.result["build"])


def chosen(pack: Pack, key: str) -> Sound:
    sound = pack.collection.slots.get(key=key).chosen
    assert sound
    return sound


def left() -> list[Path]:
    return list(uploads.folder().iterdir())


def nothing_came(settings) -> bool:
    rows = Pack.objects.exists() or Collection.objects.exists() or Job.objects.exists()
    return not rows and not left() and not list((settings.AUDIO_OUTPUT_DIR / "temp").glob("ccbell-pack-*"))


def test_a_pack_of_ours_comes_back_and_goes_out_again_as_the_same_bytes():
    plan = Plan.of(Recipe.of("sci-fi", hooks="task_complete,tool_error", prompt="soft, rising"))
    finish(plan.submit(wake=False), tick=lambda: None)
    plan.choose()
    first = built(plan.pack)
    again = built(brought(first.location).pack)
    assert (
        again.pack.slug == f"{first.pack.slug}-2"
        and again.manifest["display_name"] == first.manifest["display_name"]
    )
    one, two = zipfile.ZipFile(first.location), zipfile.ZipFile(again.location)
    for hook in ("task_complete", "tool_error"):
        name = f"sounds/{hook}.wav"
        assert hashlib.sha256(one.read(name)).digest() == hashlib.sha256(two.read(name)).digest()
        was, now = first.manifest["files"][hook], again.manifest["files"][hook]
        differing = {key for key in was if was[key] != now[key]} - {"formats", "attribution", "source"}
        assert differing == set(), {key: (was[key], now[key]) for key in differing}
    assert again.report["badge"] and again.manifest["tags"] == first.manifest["tags"]
    assert again.pack.collection.theme == plan.pack.collection.theme


def test_takes_know_where_they_come_from(good_zip):
    pack = brought(good_zip).pack
    sound = chosen(pack, "idle")
    assert (sound.engine, sound.seed, sound.hook, sound.theme) == ("import", 0, "idle", "sci-fi")
    assert sound.provenance["engine"] == "procedural" and sound.provenance["seed"] == 5
    assert (sound.intended_lufs, sound.licence) == (-19.0, "CC0-1.0")
    assert sound.file("original").sha256 == sound.file("wav").sha256 == sound.provenance["sha256"]
    assert sound.brief["prompt"] == "a tone for idle" and "sci-fi" in sound.words
    assert not sound.is_made_here and sound.plan().fingerprint == sound.fingerprint
    assert (pack.author, pack.author_github, pack.homepage) == (
        "A. Author", "a-author", "https://example.org/sci-fi"
    )  # fmt: skip
    assert all(file.is_whole for file in sound.files.all()) and not left()


def test_the_first_pack_of_a_sound_is_told_by_every_build_after_it(cesp: Make):
    source = cesp({"task.complete": ["a.wav"]}, name="first", version="2.3.4")
    first = built(brought(source).pack)
    told = first.manifest["files"]["task_complete"]["source"]
    assert (told["pack"], told["version"], told["file"]) == ("first", "2.3.4", "a.wav")
    assert told["sha256"] == hashlib.sha256((source / "a.wav").read_bytes()).hexdigest()
    second = built(brought(first.location, slug="second").pack)
    assert second.manifest["files"]["task_complete"]["source"] == told


def test_a_licence_is_said_for_sounds_that_have_none_and_for_no_others(cesp: Make):
    bare = cesp({"task.complete": ["a.wav"]}, name="bare", license="all mine")
    assert chosen(brought(bare, licence="CC-BY-4.0").pack, "task_complete").licence == "CC-BY-4.0"
    stated = cesp({"task.complete": ["a.wav"]}, name="stated", license="MIT")
    assert chosen(brought(stated, licence="CC-BY-4.0").pack, "task_complete").licence == "MIT"
    with pytest.raises(BuildError, match="“mine!” is no licence in SPDX's words"):
        brought(bare, licence="mine!")


def test_there_is_a_row_for_every_hook_and_those_without_a_sound_are_off(cesp: Make):
    pack = brought(cesp(CORE | {"deploy.done": ["sounds/ship.wav"]})).pack
    on = set(pack.collection.slots.filter(enabled=True).values_list("key", flat=True))
    assert on == {
        "session_start", "prompt_submit", "task_complete", "tool_error", "permission_required",
        "context_limit", "deploy_done",
    }  # fmt: skip
    assert pack.collection.slots.count() == Hook.objects.filter(enabled=True).count() + 1
    own = pack.collection.slots.get(key="deploy_done")
    assert own.hook is None and own.chosen and own == pack.slots().last()


def test_what_is_no_master_yet_is_converted_and_nothing_else(cesp: Make):
    pack = cesp({"task.complete": ["a.mp3", "b.ogg", "c.wav"]})
    write_audio(pack / "c.wav", tone(silence_s=0.5, duration_s=7)[:, None].repeat(2, 1), rate_hz=22_050)
    slot = brought(pack).pack.collection.slots.get(key="task_complete")
    mp3, wav = slot.takes.order_by("take_no")
    assert slot.chosen == mp3 and mp3.file("original").location.read_bytes() == (pack / "a.mp3").read_bytes()
    assert mp3.file("mp3").sha256 == mp3.file("original").sha256, "an MP3 is not encoded a second time"
    master, rate_hz = soundfile.read(wav.file("wav").location)
    assert rate_hz == 44_100 and soundfile.info(wav.file("wav").location).subtype == "PCM_16"
    assert abs(len(master) / rate_hz - 15) < 0.01 and abs(wav.measures["onset_s"] - 1.0) < 0.01
    assert abs(master.max() - 0.5) < 0.01 and wav.gain_db == 0
    other = chosen(slot.collection.pack, "subagent_complete")
    assert other.provenance["file"] == "b.ogg" and other.file("original").format == "ogg"


def test_a_file_that_cannot_be_decoded_fails_by_itself_and_can_be_tried_again(cesp: Make):
    pack = cesp({"session.start": ["a.wav"], "session.end": ["b.wav"], "user.spam": ["c.wav"]})
    (pack / "b.wav").write_bytes(b"RIFF\x04\x00\x00\x00WAVE")
    write_audio(pack / "c.wav", tone(duration_s=31))
    one = brought(pack)
    bad = {job.label: job.error for job in one.batch.jobs.filter(status=Status.FAILED)}
    assert bad["B"].startswith("b.wav cannot be decoded")
    assert bad["C"] == "c.wav lasts more than 30 seconds; shorten it."
    assert chosen(one.pack, "session_start") and Sound.objects.count() == 1
    assert len(left()) == 2, "what failed waits for another try"


def test_the_same_pack_again_is_another_pack(good_zip):
    names = [brought(good_zip).pack.slug for _ in range(3)]
    assert names == ["sci-fi", "sci-fi-2", "sci-fi-3"]


def test_one_file_for_two_events_is_a_take_of_each(folder):
    (folder / "manifest.json").unlink(), (folder / "openpeon.json").unlink()
    change(folder, "pack.json", lambda d: d["events"].update(idle_prompt=d["events"]["stop"]))
    pack = brought(folder).pack
    one, other = chosen(pack, "task_complete"), chosen(pack, "idle")
    assert one != other and one.file("original").sha256 == other.file("original").sha256
    assert one.intended_lufs != other.intended_lufs and one.fingerprint != other.fingerprint


def test_a_title_and_a_name_of_ones_own(good_zip):
    pack = brought(good_zip, title="Mine", slug="mine_2").pack
    assert (pack.slug, pack.collection.title) == ("mine_2", "Mine")


@pytest.mark.parametrize(
    "options, words",
    [
        ({"slug": "Mine"}, "“Mine” is no name for a pack; use small letters"),
        ({"slug": "import"}, "“import” is no name for a pack"),
        ({"slug": "taken"}, "There is a pack taken already; choose another name."),
        ({"title": "x" * 121}, "Shorten the title to 120 letters"),
    ],
)
def test_a_name_that_cannot_be_is_refused(good_zip, settings, options, words):
    taken = Pack.objects.create(collection=Collection.objects.create(title="t"), slug="taken")
    with pytest.raises(BuildError, match=words):
        bring(good_zip, **options)
    taken.delete(), Collection.objects.all().delete()
    assert nothing_came(settings)


def test_a_pack_that_is_refused_leaves_nothing(good_zip, folder, tmp_path, settings):
    cut = tmp_path / "cut.zip"
    cut.write_bytes(good_zip.read_bytes()[:-500])
    (folder / "sounds" / "idle.wav").write_bytes(b"no sound")
    change(folder, "manifest.json", lambda m: m["files"]["idle"].pop("sha256"))
    for path in (cut, folder, tmp_path / "nothing.zip"):
        with pytest.raises(PackError):
            bring(path)
    assert nothing_came(settings)


def test_who_may_not_have_so_many_gets_nothing(good_zip, settings):
    class TooMany(Exception):
        pass

    def spend(sounds: int) -> None:
        assert sounds == 18
        raise TooMany

    with pytest.raises(TooMany):
        bring(good_zip, remaster=True, spend=spend)
    assert nothing_came(settings)


def test_what_goes_wrong_on_the_way_takes_back_all_of_it(good_zip, settings, monkeypatch):
    copied = []
    whole = shutil.copyfile

    def until_the_disk_is_full(source: Path, target: Path) -> None:
        if len(copied) == 3:
            target.write_bytes(b"half a file")
            raise OSError(28, "No space left on device")
        copied.append(whole(source, target))

    monkeypatch.setattr(shutil, "copyfile", until_the_disk_is_full)
    with pytest.raises(BuildError, match="disk is full; make room"):
        bring(good_zip)
    assert len(copied) == 3 and nothing_came(settings)


def test_two_that_want_one_name_at_once_get_a_pack_and_a_sentence(good_zip):
    both_looked = threading.Barrier(2)

    def at_once(_: int) -> str:
        try:
            return bring(good_zip, slug="mine", spend=lambda sounds: both_looked.wait(10)).pack.slug
        except BuildError as error:
            return str(error)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as both:
        answers = sorted(both.map(at_once, range(2)))
    assert answers == ["There is a pack mine already; choose another name.", "mine"]
    assert len(left()) == Job.objects.count() == 9 and Collection.objects.count() == 1


def test_what_goes_wrong_with_the_rows_takes_back_the_files(good_zip, settings, monkeypatch):
    monkeypatch.setattr(Pack.objects.__class__, "create_for", lambda *_, **__: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        bring(good_zip)
    assert nothing_came(settings)


def test_sounds_of_two_packs_are_mixed_with_all_their_licences(good_zip, cesp: Make, tmp_path):
    """The licence of the whole names each, alternatives in parentheses, and the file who made what."""
    ours = brought(good_zip).pack
    theirs = brought(cesp({"task.complete": ["a.wav"]}, license="CC-BY-4.0 OR MIT")).pack
    slot = ours.collection.slots.get(key="task_complete")
    slot.choose(chosen(theirs, "task_complete"))
    made = built(ours)
    assert made.manifest["licence"] == "(CC-BY-4.0 OR MIT) AND CC0-1.0"
    words = zipfile.ZipFile(made.location).read("LICENSE").decode()
    assert "A. Orc, https://github.com/an-orc" in words and made.report["valid"]
    assert not sentences(validate(made.location), rules="cesp")


def test_a_row_without_a_hook_keeps_what_it_is_for(cesp: Make):
    Hook.objects.filter(slug="user_spam").update(enabled=False)
    pack = brought(cesp({"user.spam": ["sounds/stop-it.wav"], "session.start": ["sounds/hi.wav"]})).pack
    document = json.loads(zipfile.ZipFile(built(pack).location).read("openpeon.json"))
    assert set(document["categories"]) == {"user.spam", "session.start"}


# Remastered on the way in


def test_a_late_quiet_and_loud_pack_earns_the_badge(cesp: Make):
    pack = cesp(CORE)
    write_audio(pack / "sounds/hi.mp3", tone(silence_s=0.4))
    write_audio(pack / "sounds/done.ogg", tone() * 0.03)
    write_audio(pack / "sounds/oops.mp3", tone(220) * 2.0)
    plain = built(brought(pack).pack)
    assert not plain.report["badge"]
    one = brought(pack, remaster=True)
    made = built(one.pack)
    report = validate(made.location)
    assert report.valid and report.badge and report.gate == "gold", sentences(report)
    child = chosen(one.pack, "session_start")
    assert child.parent and child.parent.engine == "import" and child.engine == "remaster"
    assert (child.licence, child.attribution) == (child.parent.licence, child.parent.attribution)
    assert child.provenance == child.parent.provenance and child.provenance["file"] == "sounds/hi.mp3"
    assert (
        Job.objects.filter(batch=one.batch).count() == 12 and made.manifest["files"]["tool_error"]["engine"]
    )


def test_what_earns_the_badge_is_not_remastered(good_zip):
    one = brought(good_zip, remaster=True)
    assert Sound.objects.count() == one.batch.jobs.count() == 9


def test_a_row_that_is_locked_meanwhile_keeps_its_choice(cesp: Make):
    one = bring(cesp({"session.start": ["a.wav"]}), remaster=True, wake=False)
    slots = Slot.objects.filter(key="session_start")

    def lock_once_filled() -> None:
        slots.exclude(chosen=None).update(locked=True)

    finish(one.batch, tick=lock_once_filled)
    slot = slots.get()
    assert slot.takes.count() == 2 and slot.chosen and slot.chosen.engine == "import"


def test_cancelling_the_import_cancels_what_would_follow(cesp: Make):
    one = bring(cesp({"session.start": ["a.wav"], "session.end": ["b.wav"]}), remaster=True, wake=False)

    def cancel_soon() -> None:
        if Sound.objects.exists():
            one.batch.cancel()

    finish(one.batch, tick=cancel_soon)
    assert not one.batch.jobs.unfinished().exists()
    assert Sound.objects.filter(engine="remaster").count() == 0


def test_the_jobs_belong_to_who_brought_it(cesp: Make, client: Client):
    ada = User.objects.create_user("ada")
    one = brought(cesp({"session.start": ["a.wav"]}), owner=ada, remaster=True)
    assert set(Job.objects.values_list("owner", "batch")) == {(ada.pk, one.batch.pk)}
    assert one.pack.collection.owner == ada and set(Sound.objects.values_list("owner", flat=True)) == {ada.pk}
