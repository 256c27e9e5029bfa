"""The neural engine the whole real way, on small random weights: queue, host, library, mastering, Sound."""

from __future__ import annotations

import itertools
import shutil
from pathlib import Path

import pytest

from jobs.models import Job, Status
from jobs.run import finish
from sounds import hosts
from sounds.engine_status import engine_statuses
from sounds.engines.registry import card_of, resolve
from sounds.handlers import sound_job
from sounds.models import Sound
from sounds.prompts.build import build_brief
from tests.support import tiny_model, warm
from tests.support.studio import wait_for

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

ENGINE = "stable-audio-open-small"


@pytest.fixture(scope="session")
def tiny_cache(tiny, tmp_path_factory):
    cache = tmp_path_factory.mktemp("cache")
    tiny_model.install(cache, tiny)
    return cache


@pytest.fixture
def installed(tiny_cache, warm_hosts, settings, monkeypatch):
    """A studio in which the tiny model is installed, not to be changed: other tests have its hosts too."""
    monkeypatch.setenv("CCBELL_TEST_FAULT", str(tiny_cache / "fault"))
    settings.MODEL_CACHE_DIR = tiny_cache
    monkeypatch.setenv("MODEL_CACHE_DIR", str(tiny_cache))
    yield tiny_cache
    (tiny_cache / "fault").unlink(missing_ok=True)


@pytest.fixture
def of_ones_own(installed, tmp_path, settings, monkeypatch):
    """The same model in a folder that a test may spoil, and hosts that start there."""
    cache = shutil.copytree(installed, tmp_path / "cache", symlinks=True)
    settings.MODEL_CACHE_DIR = cache
    monkeypatch.setenv("MODEL_CACHE_DIR", str(cache))
    warm.renew()
    yield cache
    warm.renew()


def briefs(count: int, *, engine: str = ENGINE, quality: str = "standard", seed: int = 7):
    return [
        build_brief(
            hook=None, theme=None, prompt=f"bell {number}", seed=seed + number, duration_s=0.6,
            engine=card_of(engine), quality=quality,
        )
        for number in range(count)
    ]  # fmt: skip


def make(*wanted, tick=lambda: None) -> list[Job]:
    batch = Job.objects.submit([sound_job(brief, label=brief.prompt) for brief in wanted], wake=False)
    finish(batch, tick=tick)
    return list(batch.jobs.order_by("id"))


def digest(job: Job) -> str:
    return Sound.objects.get(uuid=job.result["sound"]).file("wav").sha256


def status(engine: str = ENGINE):
    return next(one for one in engine_statuses() if one.card.id == engine)


def test_with_the_model_installed_it_is_what_auto_means(installed, tmp_path, monkeypatch):
    assert resolve("auto").id == ENGINE
    monkeypatch.setenv("MODEL_CACHE_DIR", str(tmp_path))
    assert resolve("auto").id == "procedural"


def test_briefs_become_mastered_sounds_with_the_models_licence(installed):
    messages = set()
    jobs = make(*briefs(2), tick=lambda: messages.update(Job.objects.values_list("message", flat=True)))
    assert [job.status for job in jobs] == ["succeeded"] * 2, [job.error for job in jobs]
    for sound in Sound.objects.all():
        assert sound.duration_s == 0.6 and abs(sound.loudness_lufs - sound.intended_lufs) < 1
        assert sound.true_peak_dbtp <= -1
        assert sound.licence == "LicenseRef-Stability-AI-Community" and "Stability AI" in sound.attribution
    assert digest(jobs[0]) != digest(jobs[1])
    wait_for(lambda: status().state == "loaded")
    assert status().details["device"] == "cpu"


def test_after_unloading_the_same_brief_gives_the_same_bytes(installed):
    from sounds.engine_status import unload

    (brief,) = briefs(1)
    first = digest(make(brief)[0])
    unload(ENGINE)
    wait_for(lambda: status().state == "ready")
    Sound.objects.all().delete()
    assert digest(make(brief)[0]) == first


def test_a_sound_is_the_same_alone_and_in_a_batch_in_the_exact_quality(installed):
    import numpy as np
    import soundfile

    def samples(job):
        path = Sound.objects.get(uuid=job.result["sound"]).file("wav").location
        return soundfile.read(path, dtype="float64")[0]

    wanted = briefs(3, quality="exact")
    together = [samples(job) for job in make(*wanted)]
    Sound.objects.all().delete()
    alone = [samples(make(brief)[0]) for brief in wanted]
    for a, b in zip(together, alone, strict=True):
        assert np.abs(a - b).max() <= 1.5 / 32768, "no more than the last bit"


def test_a_cancelled_job_stops_at_the_next_step_and_the_model_stays(installed):
    slow = "faulty-neural"
    wish(installed, "slow", "step")
    make(*briefs(1, engine=slow))
    pid = hosts.host_of(slow).pid

    def cancel_at_step_2():
        for job in Job.objects.filter(message__startswith="step 2"):
            job.cancel()

    first, second = make(*briefs(2, engine=slow, seed=50), tick=cancel_at_step_2)
    assert {first.status, second.status} == {Status.CANCELLED}
    assert hosts.host_of(slow).pid == pid
    assert make(*briefs(1, engine=slow, seed=90))[0].status == Status.SUCCEEDED


FAULTS = ("SIGKILL", "SIGSEGV", "hang")
LOADING = ("importing PyTorch", "loading the model")
PHASES = (*LOADING, "reading the words", "step 3 of 8", "decoding")
EVERY = list(itertools.product(FAULTS, PHASES))
SOME = [("SIGSEGV", "step 3 of 8")]
"""SIGKILL at a step and SIGSEGV while decoding have tests of their own below."""


def wish(cache: Path, fault: str, phase: str, times: str = "each time") -> None:
    """Have the faulty engine struck."""
    (cache / "fault").write_text(f"{fault}|{phase}|{times}")


def struck(cache: Path, fault: str, phase: str, times: str, settings) -> list[Job]:
    """Two sounds, made while the host is struck in that phase."""
    wish(cache, fault, phase, times)
    if phase in LOADING:
        hosts.host_of("faulty-neural").close()

    def be_patient_from_now_on():
        if Job.objects.filter(crashes__gt=0).exists():
            settings.JOB_DEADLINE_S = 120

    if fault == "hang":
        settings.JOB_DEADLINE_S = 3 if phase == PHASES[0] else 10  # the others take a while to be reached
    return make(*briefs(2, engine="faulty-neural"), tick=be_patient_from_now_on)


@pytest.mark.parametrize(
    "fault, phase",
    [pytest.param(*one, marks=[] if one in SOME else [pytest.mark.exhaustive]) for one in EVERY],
)
def test_a_host_struck_in_any_phase_costs_one_attempt(installed, fault, phase, settings):
    jobs = struck(installed, fault, phase, "once", settings)
    assert [job.status for job in jobs] == ["succeeded"] * 2, [job.error for job in jobs]
    assert {job.crashes for job in jobs} <= {0, 1} and any(job.crashes for job in jobs)
    generated = {path.name for path in settings.AUDIO_OUTPUT_DIR.glob("generated/*/*")}
    assert generated == {job.result["sound"] for job in jobs}


@pytest.mark.exhaustive
def test_a_crash_counts_against_the_batch_that_was_diffused_and_not_against_the_rest(installed):
    wish(installed, "SIGKILL", "step 3 of 8", "once")
    jobs = make(*briefs(5, engine="faulty-neural"))
    assert [job.status for job in jobs] == ["succeeded"] * 5
    assert [job.crashes for job in jobs] == [1, 1, 1, 0, 0]


def test_a_job_that_kills_the_host_twice_fails_and_the_next_one_runs(installed, settings):
    first, second = struck(installed, "SIGSEGV", "decoding", "each time", settings)
    assert first.status == second.status == "failed" and first.crashes == 2
    assert "SIGSEGV" in first.error and "SIGSEGV" in status("faulty-neural").fault.sentence
    assert make(*briefs(1))[0].status == "succeeded"


def spoil_weights(model):
    weights = model / "model.safetensors"
    data = weights.read_bytes()
    weights.write_bytes(data[: len(data) // 2])


def spoil_config(model):
    config = model / "model_config.json"
    config.write_text(config.read_text().replace("diffusion_cond", "autoencoder"))


@pytest.mark.parametrize(
    "spoil, words",
    [
        (spoil_weights, "damaged"),
        pytest.param(
            spoil_config, "another model|not .*Stable Audio Open Small", marks=pytest.mark.exhaustive
        ),
    ],
)
def test_files_that_are_not_the_model_fail_the_job_in_words_and_others_go_on(of_ones_own, spoil, words):
    import re

    (model,) = of_ones_own.glob("models--stabilityai*/snapshots/*")
    spoil(model)
    (job,) = make(*briefs(1))
    assert job.status == "failed" and re.search(words, job.error), job.error
    assert "install_model" in job.error and job.error.count(".") <= 3
    assert status().fault.sentence == job.error
    plain = build_brief(hook=None, theme=None, prompt="bell", seed=1, engine=card_of("procedural"))
    assert make(plain)[0].status == "succeeded"


@pytest.mark.exhaustive
def test_a_device_that_is_not_there_is_said_in_words(of_ones_own, monkeypatch):
    monkeypatch.setenv("MODEL_DEVICE", "cuda")
    (job,) = make(*briefs(1))
    assert job.error == (
        "MODEL_DEVICE is cuda, but PyTorch finds no CUDA device here; set it to auto or cpu."
    )


def test_without_the_model_its_jobs_say_what_to_do():
    (job,) = make(*briefs(1))
    assert job.status == "failed" and "install_model" in job.error


def test_a_worker_that_had_neural_sounds_made_has_never_loaded_torch(studio, tiny_cache):
    shutil.copytree(tiny_cache, studio.data / "models", symlinks=True)
    studio.worker()
    studio.python(
        "from jobs.models import Job\n"
        "from sounds.handlers import sound_job\n"
        "from tests.sounds.test_neural import briefs\n"
        "Job.objects.submit([sound_job(brief, label='a bell') for brief in briefs(2)])"
    )
    wait_for(lambda: studio.statuses() == ["succeeded"] * 2, timeout=60)
    assert "libtorch" in maps(studio.hosts()[0])
    for worker in studio.running("worker"):
        assert "libtorch" not in maps(worker) and "numpy" not in maps(worker)


def maps(process) -> str:
    return " ".join(file.path for file in process.memory_maps())


def test_from_a_folder_of_weights_to_a_pack_by_the_commands_alone(studio, tiny, tmp_path):
    import json
    import zipfile

    studio.manage("install_model", ENGINE, "--from", str(tiny), "--yes")
    ran = studio.manage(
        "generate_pack", "nature", "--hooks", "task_complete,tool_error", "--quality", "draft", "--json",
        "--out", str(tmp_path / "dist"),
    )  # fmt: skip
    with zipfile.ZipFile(json.loads(ran.stdout)["zip"]) as pack:
        manifest = json.loads(pack.read("manifest.json"))
        licences = pack.read("LICENSE").decode()
    assert {sound["engine"] for sound in manifest["files"].values()} == {ENGINE}
    for name in ("sounds/task_complete.wav", "sounds/tool_error.mp3"):
        assert f"{name}  LicenseRef-Stability-AI-Community" in licences
    assert "https://stability.ai/license" in licences
    plain = studio.manage("generate_pack", "nature", "--hooks", "task_complete", "--quality", "draft",
                          "--out", str(tmp_path / "dist")).stdout  # fmt: skip
    assert "nobody has judged by ear" in plain
