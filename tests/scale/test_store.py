"""Several machines, one bucket spoken to over real HTTP, and what becomes of the studio without it."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connections
from django.test import Client
from django.urls import reverse

from jobs.errors import JobLost
from jobs.models import Job, Status
from jobs.run import drain, finish
from packs.generate import Plan, submit_build
from packs.importing.bring import bring
from packs.models import Build
from packs.recipe import Recipe
from sounds import bucket, remaster, store
from sounds.errors import StoreAway, StoreError
from sounds.models import Sound
from studio.doctor import files
from studio.doctor.finding import State
from tests.packs.conftest import content, good_zip  # noqa: F401  (fixtures)
from tests.releases.conftest import github  # noqa: F401  (a fixture)
from tests.releases.support import do, download, submitted
from tests.sounds.test_uploads import a_file
from tests.studio.doctor.support import only
from tests.support.briefs import submit
from tests.support.bucket import SECRET, Machine, SharedStore, answering, storage_at
from tests.support.library import problem
from tests.support.ports import free_port
from tests.support.studio import Studio, wait_for

pytestmark = [
    pytest.mark.scale,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("warm_hosts", "known_at_once"),
]


@pytest.fixture
def shared(settings) -> Iterator[SharedStore]:
    one = SharedStore()
    settings.AUDIO_STORE, settings.STORAGES = "s3", settings.STORAGES | {"audio": one.storage}
    yield one
    one.close()


@pytest.fixture
def here(shared, settings, tmp_path: Path) -> Machine:
    """The machine that a test begins on."""
    machine = Machine(settings, tmp_path / "here" / "audio")
    machine.use()
    return machine


@pytest.fixture
def elsewhere(here, settings, tmp_path: Path) -> Machine:
    return Machine(settings, tmp_path / "elsewhere" / "audio")


@pytest.fixture
def known_at_once(monkeypatch) -> None:
    """Whether a store is back is asked every time, and nobody tries for long."""
    monkeypatch.setattr(store, "AWAY_S", 0.0)
    monkeypatch.setattr(store, "_away_until", 0.0)
    monkeypatch.setattr(store, "_patience_s", 0.0)
    monkeypatch.setattr(bucket, "TRIES", 1)


def test_the_doctor_says_whether_the_store_takes_files(shared, settings):
    assert only(files.bucket()).state is State.OK and not shared.held()
    settings.STORAGES = settings.STORAGES | {"audio": storage_at(f"http://127.0.0.1:{free_port()}")}
    away = only(files.bucket())
    assert away.state is State.FAIL and "does not answer" in away.fact and "try again" in away.todo
    with answering(403, "AccessDenied") as address:
        settings.STORAGES = settings.STORAGES | {"audio": storage_at(address)}
        refused = only(files.bucket())
    assert refused.state is State.FAIL and refused.todo and SECRET not in refused.fact + refused.todo


def ended(batch) -> Job:
    finish(batch, tick=lambda: None)
    return batch.jobs.latest("id")


def made(*prompts: str) -> Sound:
    job = ended(submit(prompts or ("a tone",), wake=False))
    assert job.status == Status.SUCCEEDED, job.error
    return Sound.objects.latest("id")


def page(name: str, *args: object) -> str:
    return reverse(name, args=args)


def paths(sound: Sound) -> set[str]:
    return set(sound.files.values_list("path", flat=True))


def chosen(hooks: str = "task_complete,tool_error") -> Plan:
    plan = Plan.of(Recipe.of("minimal", hooks=hooks))
    assert ended(plan.submit(wake=False)).status == Status.SUCCEEDED
    plan.choose()
    return plan


def built(plan: Plan) -> Build:
    job = ended(submit_build(plan.pack, wake=False))
    assert job.status == Status.SUCCEEDED, job.error
    return Build.objects.get(pk=job.result["build"])


def test_a_sound_made_on_one_machine_is_heard_on_another(shared, here, elsewhere, admin_client: Client):
    sound = made()
    assert shared.held() == paths(sound) == here.files()
    elsewhere.use()
    wav = admin_client.get(f"/api/audio/{sound.uuid}").getvalue()
    assert wav == admin_client.get(page("sounds:audio", sound.uuid, "wav")).getvalue()
    assert wav == shared.read(sound.file("wav").path)
    for picture in ("peaks", "waveform.svg", "spectrogram.png"):
        assert admin_client.get(f"/api/audio/{sound.uuid}/{picture}").status_code == 200
    assert elsewhere.files() == paths(sound)


def test_pages_about_sounds_ask_the_store_for_nothing(shared, here, elsewhere, presets, admin_client):
    plan = chosen("task_complete")
    sound = Sound.objects.get()
    about = [
        "/api/sounds",
        page("studio:pack", plan.pack.slug),
        page("studio:sound", sound.uuid),
        page("admin:sounds_sound_change", sound.pk),
    ]
    elsewhere.use()
    shared.stop()
    try:
        for url in about:
            answer = admin_client.get(url)
            assert answer.status_code == 200 and str(sound.uuid) in answer.content.decode(), url
        assert not elsewhere.files()
    finally:
        shared.start()


def test_the_library_of_all_machines_is_one(here, elsewhere, presets):
    plan = chosen("task_complete")
    elsewhere.use()
    again = Plan.of(Recipe.of("minimal", hooks="task_complete"))
    assert not again.missing and [sound for _, sound in again.ready] == [plan.slots[0].takes.get()]


def test_a_copy_that_is_damaged_is_replaced_and_one_that_nobody_has_is_gone(shared, here, admin_client):
    sound = made()
    master = sound.file("wav")
    whole = master.location.read_bytes()
    for damaged in (whole[:100], bytes(len(whole))):
        master.location.write_bytes(damaged)
        assert master.is_whole and master.location.read_bytes() == whole
    master.location.unlink()
    shared.delete(master.path)
    assert not master.is_whole and not Sound.objects.in_library([sound.fingerprint])
    problem(admin_client.get(f"/api/audio/{sound.uuid}"), 410)


def test_an_upload_waits_in_the_store_for_a_worker_of_any_machine(shared, here, elsewhere, admin_client):
    file = SimpleUploadedFile("My knock.wav", a_file())
    assert admin_client.post("/api/sounds/upload?wait=0", {"file": file}).status_code == 202
    (waiting,) = shared.held()
    assert waiting.startswith("temp/uploads/") and not here.files()
    elsewhere.use()
    drain()
    sound = Sound.objects.get()
    assert shared.held() == paths(sound) == elsewhere.files()
    here.use()
    served = admin_client.get(f"/api/audio/{sound.uuid}?format=original")
    assert served.getvalue() == a_file()


def test_an_upload_that_is_refused_leaves_nothing(shared, here, admin_client, settings):
    settings.SOUNDS_AN_HOUR = [0, 0, 0, 0]
    file = SimpleUploadedFile("My knock.wav", a_file())
    assert admin_client.post("/api/sounds/upload?wait=0", {"file": file}).status_code == 429
    assert not shared.held() and not here.files()


def test_a_pack_from_elsewhere_is_taken_in_by_workers_of_another_machine(
    shared, here, elsewhere, presets, good_zip  # noqa: F811
):  # fmt: skip
    brought = bring(good_zip, wake=False)
    assert len(shared.held()) == len(brought.found.sounds) and not here.files()
    elsewhere.use()
    ended(brought.batch)
    assert set(brought.batch.jobs.values_list("status", flat=True)) == {Status.SUCCEEDED}
    assert shared.held() == {path for sound in Sound.objects.all() for path in paths(sound)}
    slot = brought.pack.collection.slots.select_related("hook").get(key="task_complete")
    here.use()
    job = ended(Job.objects.submit([remaster.remaster_job(slot.chosen, slot)], wake=False))
    assert job.status == Status.SUCCEEDED and paths(Sound.objects.latest("id")) <= shared.held()


def test_a_rendition_is_made_once_for_all_machines(shared, here, elsewhere, admin_client):
    sound = made()

    def work() -> None:
        wait_for(Job.objects.unfinished().exists)
        drain()
        connections.close_all()

    elsewhere.use()
    worker = threading.Thread(target=work)
    worker.start()
    flac = admin_client.get(f"/api/audio/{sound.uuid}?format=flac").getvalue()
    worker.join()
    here.use()
    assert admin_client.get(f"/api/audio/{sound.uuid}?format=flac").getvalue() == flac
    assert shared.held() == paths(sound) and Job.objects.count() == 2


def test_another_machine_builds_the_same_bytes_hands_them_out_and_publishes_them(
    shared, here, elsewhere, presets, admin_client, github  # noqa: F811
):  # fmt: skip
    plan = chosen()
    first = built(plan)
    bytes_ = first.location.read_bytes()
    assert first.zip_path in shared.held()
    elsewhere.use()
    assert built(plan) == first and first.location.read_bytes() == bytes_
    first.location.unlink()
    served = admin_client.get(page("packs:download", plan.pack.slug, first.version))
    assert b"".join(served) == bytes_
    shared.delete(first.zip_path)  # lost: made again from the takes, on a machine that has none of them
    first.location.unlink()
    assert built(plan) == first and first.location.read_bytes() == bytes_ == shared.read(first.zip_path)
    first.location.unlink()
    release = submitted(first)
    assert do(release).status == Status.SUCCEEDED
    assert download(release.zip_url) == bytes_


def test_two_machines_that_build_at_once_harm_neither_build(shared, here, presets):
    plan = chosen()
    jobs = [submit_build(plan.pack, wake=False).jobs.get() for _ in range(3)]
    drain()
    builds = {Job.objects.get(pk=job.pk).result["build"] for job in jobs}
    (build,) = Build.objects.all()
    assert builds == {build.pk} and shared.read(build.zip_path) == build.location.read_bytes()


def test_what_is_deleted_is_deleted_for_all(shared, here, presets):
    plan = chosen("task_complete")
    build = built(plan)
    build.discard()
    assert build.zip_path not in shared.held() and not build.location.parent.exists()
    for sound in Sound.objects.all():
        sound.discard()
    assert not shared.held() and not here.files()


def test_an_attempt_that_is_another_ones_by_now_takes_back_what_it_put(shared, here, monkeypatch):
    kept: list[set[str]] = []

    def lose_it(*given: Path) -> None:
        keep(*given)
        kept.append(shared.held())
        raise JobLost("It is another's by now.")

    keep = store.keep
    monkeypatch.setattr(store, "keep", lose_it)
    batch = submit(["a tone"], wake=False)
    drain(seconds=0)
    assert kept[0] and not shared.held() and not here.files() and not Sound.objects.exists()
    assert not batch.jobs.exclude(status=Status.RUNNING).exists()


def test_a_job_fails_in_words_while_the_store_is_away_and_can_be_retried(shared, here, presets):
    plan = chosen("task_complete")
    shared.stop()
    rendered = ended(submit(["another tone"], wake=False))
    frozen = ended(submit_build(plan.pack, wake=False, formats=("wav", "flac")))
    for job in (rendered, frozen):
        assert job.status == Status.FAILED
        assert job.error == (
            f"The shared store at {shared.address} does not answer; try again when it is back."
        )
    left = here.files()
    shared.start()
    assert left == shared.held() | {path for path in left if path.endswith(".flac")}
    for job in (rendered, frozen):
        assert job.retry()
        assert ended(job.batch).status == Status.SUCCEEDED
    assert Build.objects.get().zip_path in shared.held()


def test_a_worker_waits_for_a_store_that_comes_back(shared, here, monkeypatch):
    monkeypatch.setattr(store, "PAUSE_S", 0.1)
    store.be_patient()
    shared.stop()
    back = threading.Timer(1.5, shared.start)
    back.start()
    begun = time.monotonic()
    sound = made()
    back.join()
    assert time.monotonic() - begun > 1 and shared.held() == paths(sound)


def test_people_and_programs_are_told_that_a_file_cannot_be_had_now(
    shared, here, elsewhere, presets, admin_client
):
    plan = chosen("task_complete")
    build, sound = built(plan), Sound.objects.latest("id")
    elsewhere.use()
    shared.stop()
    try:
        away = "does not answer; try again when it is back."
        assert away in problem(admin_client.get(f"/api/audio/{sound.uuid}"), 503)["detail"]
        file = SimpleUploadedFile("My knock.wav", a_file())
        told = problem(admin_client.post("/api/sounds/upload?wait=0", {"file": file}), 503)["detail"]
        assert away in told and not elsewhere.files()
        for url in (
            page("sounds:audio", sound.uuid, "wav"),
            page("packs:download", plan.pack.slug, build.version),
        ):
            answer = admin_client.get(url, headers={"Accept": "text/html"})
            assert answer.status_code == 503 and away in answer.content.decode(), url
    finally:
        shared.start()


def test_nobody_is_kept_waiting_for_a_store_that_has_just_not_answered(shared, here, monkeypatch):
    monkeypatch.setattr(store, "AWAY_S", 60.0)
    shared.stop()
    gone = here.folder / "generated" / "sound.wav"
    with pytest.raises(StoreAway):
        store.here(gone)
    shared.start()
    with pytest.raises(StoreAway):
        store.here(gone)
    monkeypatch.setattr(store, "_away_until", 0.0)
    with pytest.raises(FileNotFoundError):
        store.here(gone)


@pytest.mark.parametrize(
    ("status", "code", "said"),
    [
        (403, "InvalidAccessKeyId", "AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY"),
        (403, "AccessDenied", "AccessDenied"),
        (404, "NoSuchBucket", "There is no bucket “sounds”"),
        (404, "", "refuses this"),
        (507, "XMinioStorageFull", "is full; make room"),
        (503, "SlowDown", "does not answer"),
        (500, "InternalError", "does not answer"),
        (400, "AuthorizationHeaderMalformed", "AWS_S3_REGION_NAME"),
    ],
)
def test_what_a_store_refuses_is_a_sentence_without_secrets(settings, status, code, said, tmp_path):
    with answering(status, code) as address:
        settings.AUDIO_STORE, settings.STORAGES = "s3", {"audio": storage_at(address)}
        path = settings.AUDIO_OUTPUT_DIR / "sound.wav"
        path.parent.mkdir(parents=True)
        path.write_bytes(b"a tone")
        for verb in (store.check, lambda: store.keep(path), lambda: store.discard(path)):
            with pytest.raises(StoreError, match=said) as fault:
                verb()
            sentence = str(fault.value)
            assert sentence.endswith(".") and "\n" not in sentence and SECRET not in sentence


def test_a_file_that_arrives_cut_off_is_none(settings):
    with answering(200, cut=True) as address:
        settings.AUDIO_STORE, settings.STORAGES = "s3", {"audio": storage_at(address)}
        with pytest.raises(StoreAway):
            store.here(settings.AUDIO_OUTPUT_DIR / "temp" / "sound.wav")
        assert not [path for path in settings.AUDIO_OUTPUT_DIR.rglob("*") if path.is_file()]


def test_many_are_kept_listed_and_deleted(shared, here, monkeypatch):
    monkeypatch.setattr(bucket, "MOST_DELETED_AT_ONCE", 7)
    many = [here.folder / "generated" / f"{number:02}.wav" for number in range(20)]
    many[0].parent.mkdir(parents=True)
    for path in many:
        path.write_bytes(path.name.encode())
    store.keep(*many)
    listed = list(store.listing("generated/"))
    assert [here.folder / key for key, _, _ in listed] == many
    assert all(size == 6 and abs(datetime.now(UTC) - at).total_seconds() < 60 for _, size, at in listed)
    for path in many:
        path.unlink()
    store.bring([*many, here.folder / "generated" / "none.wav"])
    assert all(path.read_text() == path.name for path in many)
    assert store.discard(*many, many[0]) == 120 and not shared.held() and not here.files()


def test_a_path_that_leads_out_of_the_audio_folder_is_neither_kept_nor_fetched(shared, here):
    with pytest.raises(ValueError):
        store.keep(here.folder / ".." / "secret_key")
    sound = made()
    master = sound.file("wav")
    master.path = "../secret_key"
    assert not master.is_readable and not master.is_whole


def test_a_start_with_a_store_that_cannot_be_used_is_a_sentence(shared, prepared_database, tmp_path):
    shutil.copy(prepared_database, tmp_path)
    studio = Studio(tmp_path, **shared.environment)
    assert studio.manage("prepare").returncode == 0
    studio.environment |= {"AWS_STORAGE_BUCKET_NAME": "others"}
    refused = studio.manage("prepare", check=False)
    assert refused.returncode == 2 and "Traceback" not in refused.stderr
    assert refused.stderr.strip().splitlines()[-1].endswith("put AWS_STORAGE_BUCKET_NAME right.")
    assert SECRET not in refused.stderr + refused.stdout


def test_boto_waits_for_the_first_file(shared, tmp_path):
    code = (
        "import sys\n"
        "import ccbell_site.asgi, sounds.handlers, packs.handlers, releases.handlers\n"
        "from sounds import store\n"
        "assert store.is_shared() and not {'boto3', 'botocore', 'storages'} & set(sys.modules)"
    )
    Studio(tmp_path, **shared.environment).python(code)


def test_two_machines_make_one_pack(shared, prepared_database, tmp_path):
    """Real commands on one database, each with a disk of its own."""
    data = tmp_path / "of both"
    data.mkdir()
    shutil.copy(prepared_database, data)
    zips = []
    for name in ("one", "other"):
        folder = tmp_path / name
        machine = Studio(data, **shared.environment, AUDIO_OUTPUT_DIR=str(folder / "audio"))
        machine.manage("generate_pack", "minimal", "--hooks", "task_complete,idle", "--out", str(folder))
        (zipped,) = folder.glob("*.zip")
        zips.append(zipped.read_bytes())
    assert zips[0] == zips[1]
    assert machine.rows("select count(*) from sounds_sound") == [(2,)]
