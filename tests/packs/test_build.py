"""Freezing packs: what goes in, what is refused, what stays as it was."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from django.db.models import ProtectedError

from jobs.models import Job, Status
from jobs.run import finish
from packs.generate import Plan, submit_build
from packs.models import Build, Pack
from packs.recipe import Recipe
from sounds.models import Collection, Slot, Sound

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("warm_hosts")]


def do(batch) -> Job:
    finish(batch, tick=lambda: None)
    return batch.jobs.latest("id")


def make(hooks: str = "task_complete,tool_error", **options) -> Plan:
    plan = Plan.of(Recipe.of("minimal", hooks=hooks, **options))
    finish(plan.submit(wake=False), tick=lambda: None)
    plan.choose()
    return plan


def build(pack: Pack, **options) -> Build:
    job = do(submit_build(pack, wake=False, **options))
    assert job.status == Status.SUCCEEDED, job.error
    return Build.objects.get(pk=job.result["build"])


def test_a_build_holds_what_is_chosen_and_protects_it(presets):
    plan = make()
    built = build(plan.pack)
    assert built.version == "1.0.0" and built.report["valid"] and built.report["gate"] == "gold"
    assert [item.hook for item in built.items.all()] == ["tool_error", "task_complete"]
    assert built.manifest["hooks"] == ["tool_error", "task_complete"]
    with pytest.raises(ProtectedError):
        built.items.first().sound.discard()
    assert built.items.first().sound.folder.is_dir()


def test_another_choice_is_another_version_and_the_old_build_stays(presets):
    plan = make(takes=2)
    first = build(plan.pack)
    slot = plan.pack.collection.slots.get(key="task_complete")
    slot.choose(slot.takes.exclude(pk=slot.chosen_id).get())
    second = build(plan.pack)
    assert (first.version, second.version) == ("1.0.0", "1.1.0")
    assert first.location.is_file() and second.location.is_file()
    slot.undo()
    assert build(plan.pack) == first


def test_other_words_for_the_same_sounds_are_a_patch_and_another_sound_is_more(presets):
    plan = make(takes=2)
    build(plan.pack)
    Pack.objects.update(description="Words that were missing")
    plan.pack.refresh_from_db()
    assert build(plan.pack).version == "1.0.1"
    plan.pack.collection.slots.filter(key="tool_error").update(enabled=False)
    assert build(plan.pack).version == "1.1.0"
    Pack.objects.update(author="Somebody")
    plan.pack.refresh_from_db()
    job = do(submit_build(plan.pack, version="1.0.1", wake=False))
    assert "build this as 1.1.1" in job.error


def test_a_pack_whose_slot_has_no_take_is_refused_by_name(presets):
    plan = make()
    Slot.objects.create(collection=plan.pack.collection, key="lunch")
    job = do(submit_build(plan.pack, wake=False))
    assert job.status == Status.FAILED
    assert "no take chosen for lunch" in job.error


def test_a_pack_without_slots_is_refused(presets):
    pack = Pack.objects.create(collection=Collection.objects.create(title="Empty"), slug="empty")
    assert "no enabled slot" in do(submit_build(pack, wake=False)).error


def test_a_slot_that_is_switched_off_stays_out(presets):
    plan = make()
    plan.pack.collection.slots.filter(key="tool_error").update(enabled=False)
    assert build(plan.pack).manifest["hooks"] == ["task_complete"]


def test_a_locked_slot_keeps_its_choice_whatever_is_asked_for(presets):
    plan = make()
    slot = plan.pack.collection.slots.get(key="task_complete")
    Slot.objects.filter(pk=slot.pk).update(locked=True)
    again = make(fresh=True)
    assert [one.slot.key for one in again.wanted] == ["tool_error"]
    slot.refresh_from_db()
    assert slot.chosen == slot.takes.get()


def test_a_wanted_version_that_is_taken_is_refused_with_the_next_one(presets):
    plan = make()
    build(plan.pack, version="1.0.0")
    make(fresh=True)
    job = do(submit_build(plan.pack, version="1.0.0", wake=False))
    assert "taken by other content" in job.error and "1.1.0" in job.error
    assert Build.objects.count() == 1


def test_the_zip_that_went_missing_is_written_again_with_the_same_bytes(presets):
    plan = make()
    built = build(plan.pack)
    then = built.location.read_bytes()
    built.location.unlink()
    assert build(plan.pack) == built
    assert built.location.read_bytes() == then


def test_takes_that_were_rendered_again_give_the_same_bytes(presets):
    plan = make()
    built = build(plan.pack)
    then = built.location.read_bytes()
    built.items.all().delete()
    for sound in Sound.objects.all():
        sound.discard()
    again = make()
    assert again.missing, "the library had nothing left"
    assert build(plan.pack).location.read_bytes() == then


def test_a_sound_of_another_licence_is_named_in_the_pack(presets):
    plan = make()
    Sound.objects.filter(slot__key="tool_error").update(licence="CC-BY-4.0", attribution="Somebody")
    built = build(plan.pack)
    with zipfile.ZipFile(built.location) as archive:
        licence = archive.read("LICENSE").decode()
    assert "CC-BY-4.0" in licence and "CC0-1.0" in licence and "Somebody" in licence
    assert built.manifest["files"]["tool_error"]["licence"] == "CC-BY-4.0"


def test_a_discarded_build_takes_its_zip_along_and_frees_its_sounds(presets):
    plan = make()
    built = build(plan.pack)
    zip_path = built.location
    built.discard()
    assert not zip_path.exists()
    Sound.objects.first().discard()


def test_nothing_is_left_in_the_temporary_folder(presets, settings):
    build(make().pack)
    assert not list(Path(settings.AUDIO_OUTPUT_DIR, "temp").glob("*"))


@pytest.mark.parametrize(
    "options, slug, title",
    [
        ({}, "jazz", "Jazz"),
        ({"variation": "nylon"}, "jazz-nylon", None),
        ({"prompt": "Soft, wooden!"}, "jazz-soft-wooden", "Jazz – Soft, wooden!"),
        ({"prompt": "very " * 30}, "jazz" + "-very" * 10, None),
        ({"prompt": "ルフツ"}, "jazz-", None),
    ],
)
def test_a_recipe_names_its_pack(presets, options, slug, title):
    recipe = Recipe.of("jazz", **options)
    assert recipe.slug.startswith(slug) and len(recipe.slug) <= 64
    assert title is None or recipe.title == title


def test_two_prompts_never_share_a_pack(presets):
    one, two = (Recipe.of("jazz", prompt="soft " * 20 + end) for end in ("bell", "knock"))
    assert one.slug != two.slug
    assert Recipe.of("jazz", prompt="ル").slug != Recipe.of("jazz", prompt="フ").slug


def test_two_builds_of_the_same_content_at_once_are_one_build(presets, monkeypatch):
    plan = make()
    ours = submit_build(plan.pack, wake=False)
    from packs.build import Freezing

    report = Freezing._report

    def overtaken(self, zip_path):
        monkeypatch.setattr(Freezing, "_report", report)
        build(plan.pack)
        return report(self, zip_path)

    monkeypatch.setattr(Freezing, "_report", overtaken)
    assert do(ours).status == Status.SUCCEEDED
    assert Build.objects.count() == 1 and Build.objects.get().location.is_file()


def test_a_build_holds_the_slots_it_was_asked_for_whatever_is_switched_meanwhile(presets):
    plan = make()
    queued = submit_build(plan.pack, slots=["task_complete", "tool_error"], wake=False)
    plan.pack.collection.slots.update(enabled=False)
    assert do(queued).status == Status.SUCCEEDED
    assert Build.objects.get().items.count() == 2


def test_asking_for_some_hooks_leaves_the_others_of_the_pack_alone(presets):
    make()
    make(hooks="tool_error")
    assert Slot.objects.filter(enabled=True).count() == 2


def test_one_sound_may_be_chosen_in_two_slots(presets):
    plan = make()
    one, other = plan.pack.collection.slots.all()
    other.choose(one.chosen)
    built = build(plan.pack, formats=["wav", "ogg"])
    assert built.items.count() == 2


def test_a_take_whose_file_is_gone_is_made_again(presets):
    plan = make()
    lost = plan.pack.collection.slots.get(key="tool_error").takes.get()
    lost.file("wav").location.unlink()
    again = make()
    assert [one.slot.key for one in again.missing] == ["tool_error"]
    assert build(again.pack).report["valid"]


def test_jobs_that_a_killed_command_left_find_their_takes_in_the_library(presets):
    plan = make()
    left = Plan(plan.pack, plan.recipe, plan.slots, plan.wanted, plan.wanted).submit(wake=False)
    finish(left, tick=lambda: None)
    slot = plan.pack.collection.slots.get(key="tool_error")
    assert slot.takes.count() == 1 and slot.choices.count() == 1
    assert {job.status for job in left.jobs.all()} == {Status.SUCCEEDED}
    assert str(slot.chosen.uuid) in {job.result["sound"] for job in left.jobs.all()}


@pytest.mark.parametrize("harm", [b"", b"RIFF and no more"])
def test_a_damaged_take_is_made_again_and_never_packed(presets, harm):
    plan = make()
    take = plan.pack.collection.slots.get(key="tool_error").takes.get()
    take.file("wav").location.write_bytes(harm)
    job = do(submit_build(plan.pack, wake=False))
    assert "files of what is chosen for tool_error are gone" in job.error
    assert build(make().pack).report["valid"]


def test_a_damaged_rendition_is_encoded_again(presets):
    plan = make()
    build(plan.pack, formats=["wav", "ogg"])
    sound = Sound.objects.get(slot__key="tool_error")
    sound.files.get(format="ogg").location.write_bytes(b"nonsense")
    Build.objects.get().discard()
    assert build(plan.pack, formats=["wav", "ogg"]).report["valid"]


def test_prompts_that_read_alike_are_packs_of_their_own(presets):
    packs = [
        make(hooks="idle", prompt=prompt).pack for prompt in ("Wooden, echo", "wooden echo", "wooden-echo")
    ]
    assert len({pack.slug for pack in packs}) == 3
    assert make(hooks="idle", prompt="wooden echo").pack == packs[1]


@pytest.mark.parametrize(
    "prompt", ["soft wooden double knock, rising", "single pluck", "dry bell", "triple knock"]
)
def test_a_prompt_of_few_notes_makes_a_gold_pack_all_the_same(presets, prompt):
    plan = Plan.of(Recipe.of("minimal", hooks="session_start,session_end,idle", prompt=prompt))
    finish(plan.submit(wake=False), tick=lambda: None)
    plan.choose()
    assert build(plan.pack).report["gate"] == "gold"
