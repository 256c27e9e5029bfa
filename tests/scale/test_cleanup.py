"""Cleaning up where several machines share a bucket."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.db.models import F

from sounds import store
from sounds.models import Sound
from sounds.models.sound import folder_of
from sounds.sweep import sweep_orphans
from studio import cleanup
from studio.cleanup import orphans
from tests.scale.test_store import elsewhere, here, known_at_once, made, paths, shared  # noqa: F401  (fixtures)

pytestmark = [
    pytest.mark.scale,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("warm_hosts", "known_at_once"),
]


def aged(**of: object) -> None:
    Sound.objects.filter(**of).update(created_at=F("created_at") - timedelta(days=2))


def test_files_go_from_the_bucket_and_from_every_machine(shared, here, elsewhere):  # noqa: F811
    gone, kept = made("gone"), made("kept")
    elsewhere.use()
    for path in gone.files.all():
        store.here(path.location)
    aged(pk=gone.pk)
    here.use()
    report = cleanup.run()
    assert report.failures == [] and "one take that nobody kept" in report.sentences[0]
    assert shared.held() == paths(kept) == here.files()
    elsewhere.use()
    assert sweep_orphans() == 1 and elsewhere.files() == set(), "its next worker sweeps its copies"


def test_what_belongs_to_no_sound_goes_from_the_bucket(shared, here, monkeypatch):  # noqa: F811
    sound = made("kept")
    orphan = folder_of(uuid.uuid4()) / "sound.wav"
    orphan.parent.mkdir(parents=True)
    orphan.write_bytes(b"nobody's")
    store.keep(orphan)
    cleanup.run()
    assert len(shared.held()) == len(paths(sound)) + 1, "its row may be about to come"
    monkeypatch.setattr(orphans, "SETTLED", timedelta(0))
    cleanup.run()
    assert shared.held() == paths(sound)


def test_while_the_bucket_is_away_it_says_so_and_the_next_one_goes_on(shared, here, monkeypatch):  # noqa: F811
    sound = made("gone")
    aged()
    monkeypatch.setattr(orphans, "SETTLED", timedelta(0))
    shared.stop()
    report = cleanup.run()
    assert any("does not answer" in failure for failure in report.failures)
    sound.refresh_from_db()
    assert sound.cleaned_at
    shared.start()
    assert cleanup.run().failures == []
    assert shared.held() == set() == here.files()
