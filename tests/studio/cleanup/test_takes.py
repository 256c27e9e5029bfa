"""Files of takes that nobody kept go; whatever anybody may want again stays."""

from __future__ import annotations

import shutil
from datetime import timedelta

import pytest
from django.db.models import F

from jobs.models import Job, NewJob
from jobs.run import drain
from packs.models import Build, BuildItem, Pack
from sounds.errors import CleanedUpError
from sounds.models import Favourite, Slot, Sound
from sounds.origins import IMPORT, REMASTER, UPLOAD
from sounds.remaster import remaster_job
from sounds.renditions import order
from sounds.sweep import sweep_orphans
from studio import cleanup
from studio.cleanup.takes import remove_outlived
from tests.studio.cleanup.support import TWO_DAYS, a_slot, a_take, choose, is_clean
from tests.support.library import a_collection, somebody

pytestmark = pytest.mark.django_db


def test_a_take_that_nobody_kept_loses_its_files_and_keeps_its_row():
    take = a_take()
    report = cleanup.run()
    assert is_clean(take) and Sound.objects.get().brief == take.brief
    assert report.sentences[0].startswith("Removed the files of one take that nobody kept")
    assert report.bytes > 1000


def test_a_dry_run_says_the_same_and_removes_nothing():
    takes = [a_take(str(number)) for number in range(3)]
    would = cleanup.run(dry_run=True)
    assert not any(is_clean(take) for take in takes)
    assert would.sentences[0].startswith("Would remove the files of 3 takes that nobody kept")
    assert would.freed == cleanup.run().freed
    assert all(is_clean(take) for take in takes)


def test_a_second_clean_up_finds_nothing():
    a_take()
    cleanup.run()
    assert cleanup.run().sentences == ["Nothing is to be cleaned up."]


@pytest.mark.parametrize("hours, goes", [(0, False), (1, True), (24, True), (72, False)])
def test_the_retention_decides_and_zero_keeps_all(settings, hours, goes):
    settings.AUDIO_RETENTION_HOURS = hours
    take = a_take(hours_ago=TWO_DAYS)
    cleanup.run()
    assert is_clean(take) == goes


def test_a_young_take_stays():
    take = a_take(hours_ago=23)
    cleanup.run()
    assert not is_clean(take)


def test_a_chosen_take_stays_and_its_neighbours_go():
    slot = a_slot()
    chosen, other = a_take(slot=slot), a_take("other", slot=slot, take_no=2)
    choose(slot, chosen)
    cleanup.run()
    assert not is_clean(chosen) and is_clean(other)


def test_what_undo_would_bring_back_stays():
    slot = a_slot()
    first, second, third = (a_take(str(number), slot=slot) for number in range(3))
    choose(slot, first)
    choose(slot, second)
    choose(slot, None)
    cleanup.run()
    assert not is_clean(first) and not is_clean(second) and is_clean(third)
    assert slot.undo() and slot.chosen == second and second.is_whole


@pytest.mark.parametrize("by", ["rank", "favourite", "tag"])
def test_what_somebody_marked_stays(by):
    take, other = a_take(), a_take("other")
    if by == "rank":
        take.note(rank=5)
    elif by == "favourite":
        Favourite.objects.create(user=somebody(), sound=take)
    else:
        take.note(tags=["morning"])
    cleanup.run()
    assert not is_clean(take) and is_clean(other)


@pytest.mark.parametrize("lock", ["row", "pack"])
def test_takes_of_a_locked_row_or_pack_stay(lock):
    slot = a_slot()
    take = a_take(slot=slot)
    if lock == "row":
        Slot.objects.update(locked=True)
    else:
        slot.collection.lock()
    cleanup.run()
    assert not is_clean(take)


def test_what_is_in_a_build_stays_although_nobody_chooses_it_any_more():
    slot = a_slot()
    take = a_take(slot=slot)
    pack = Pack.objects.create_for(slot.collection)
    build = Build.objects.create(
        pack=pack, version="1.0.0", content_sha256="0" * 64, manifest={}, report={},
        zip_path="releases/a.zip", zip_sha256="0" * 64, zip_bytes=1,
    )  # fmt: skip
    item = BuildItem.objects.create(build=build, hook="idle", sound=take)
    cleanup.run()
    assert not is_clean(take)
    item.delete()
    cleanup.run()
    assert is_clean(take)


@pytest.mark.parametrize("engine", [UPLOAD, IMPORT, REMASTER])
def test_what_cannot_be_made_again_stays(engine):
    take = a_take(engine=engine)
    cleanup.run()
    assert not is_clean(take)


def test_a_row_that_somebody_works_on_keeps_all_its_takes():
    made, chose, idle = (a_slot(title=title) for title in ("made", "chose", "idle"))
    takes = {slot.pk: a_take(slot=slot) for slot in (made, chose, idle)}
    a_take("new", slot=made, hours_ago=1)
    mine = a_take("mine", slot=chose)
    choose(chose, mine, hours_ago=1)
    cleanup.run()
    assert not is_clean(takes[made.pk]) and not is_clean(takes[chose.pk]) and is_clean(takes[idle.pk])


def test_what_others_were_just_made_from_stays():
    parent, lonely = a_take(), a_take("lonely")
    a_take("child", parent=parent, hours_ago=1)
    cleanup.run()
    assert not is_clean(parent) and is_clean(lonely)


def test_what_a_job_that_waits_is_about_stays_until_it_ends():
    slot, of_pack = a_slot(), a_slot()
    pack = Pack.objects.create_for(of_pack.collection)
    remastered, rendered = a_take("remastered"), a_take("rendered")
    takes = [remastered, rendered, a_take("of its row", slot=slot), a_take("of its pack", slot=of_pack)]
    order(rendered, "ogg")
    jobs = [
        remaster_job(remastered, slot),
        NewJob(kind="packs.build", lane="procedural", payload={"pack": pack.pk}),
    ]
    Job.objects.submit(jobs, wake=False)
    cleanup.run()
    assert not any(is_clean(take) for take in takes)
    for job in Job.objects.all():
        job.cancel()
    cleanup.run()
    assert all(is_clean(take) for take in takes)


def test_examples_of_the_first_page_stay(presets, client, warm_hosts):
    client.force_login(somebody())
    for asked in (
        {"theme": "jazz", "hook": "task_complete", "seed": 1},
        {"theme": "jazz", "hook": "task_complete", "seed": 1, "variation": "vibraphone"},
        {"theme": "jazz", "hook": "task_complete", "seed": 2},
    ):
        client.post("/api/generate?wait=0", asked, content_type="application/json")
    drain()
    Sound.objects.update(created_at=F("created_at") - timedelta(hours=TWO_DAYS))
    cleanup.run()
    theme, variation, other = Sound.objects.order_by("pk")
    assert not is_clean(theme) and not is_clean(variation) and is_clean(other)


def test_a_cleaned_take_cannot_be_chosen():
    slot = a_slot()
    take, later = a_take(slot=slot), a_take("later", slot=slot)
    cleanup.run()
    with pytest.raises(CleanedUpError, match=r"“a take”, take 1, were cleaned up; make it again\."):
        slot.choose(take)
    slot.refresh_from_db()
    assert slot.chosen is None and not slot.choices.exists()
    assert later.cleaned_at is None, "only the row in the database knows"


def test_a_cleaned_take_is_not_what_the_library_gives():
    take = a_take()
    cleanup.run()
    assert Sound.objects.in_library([take.fingerprint]) == {}


def test_files_that_a_power_cut_left_are_swept(tmp_path):
    take = a_take()
    kept = shutil.copytree(take.folder, tmp_path / "kept")
    cleanup.run()
    shutil.copytree(
        kept, take.folder
    )  # as if the mark had come to the disk, and what removed the files had not
    assert sweep_orphans() == 1 and is_clean(take)


def test_a_folder_that_cannot_be_removed_is_named_and_the_others_go(tmp_path):
    stuck, other = a_take("stuck"), a_take("other")
    elsewhere = tmp_path / "elsewhere"
    stuck.folder.rename(elsewhere)
    stuck.folder.symlink_to(elsewhere)  # nothing removes what somebody put elsewhere
    report = cleanup.run()
    assert is_clean(other) and elsewhere.is_dir()
    (failure,) = report.failures
    assert str(stuck.folder) in failure and failure.endswith("remove it by hand.")


def test_many_takes_take_few_queries(django_assert_max_num_queries):
    collection = a_collection(None, "idle", "question")
    for number in range(60):
        a_take(str(number), slot=collection.slots.order_by("pk")[number % 2])
    report = cleanup.Report()
    with django_assert_max_num_queries(16):
        remove_outlived(report, lambda fraction, message: None)
    assert report.freed[0].number == 60
