"""A render host is a real process: it crashes, hangs, leaves and comes back, and the worker lives on."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time

import psutil
import pytest

from jobs.errors import JobCancelled, JobCrashed, JobFailed
from jobs.presence import present
from sounds.engines.host.client import ROOT, RenderHost
from sounds.engines.registry import card_of
from tests.support.hearing import Heard
from tests.support.hearing import render as render_all
from tests.support.studio import PLUGIN, wait_for


@pytest.fixture
def make_host(tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(PLUGIN))
    made = []

    def make(engine="steady", idle_s=None):
        made.append(RenderHost(card_of(engine), run_dir=tmp_path / "hosts", idle_s=idle_s))
        return made[-1]

    yield make
    for host in made:
        host.close()


@pytest.fixture
def render(tmp_path):
    def render(host, prompt="a tone", **options):
        heard = Heard(**options)
        render_all(host, tmp_path / "out", [prompt], heard)
        for error in heard.errors.values():
            raise error
        return heard.results[0]

    return render


def living_hosts(tmp_path):
    return list(present(tmp_path / "hosts"))


def test_it_starts_with_the_first_request_and_renders(make_host, render, tmp_path):
    host = make_host()
    assert host.pid is None
    result = render(host)
    assert host.pid
    assert {file["name"] for file in result["files"]} == {"sound.wav", "peaks.json", "spectrogram.png"}
    assert all(
        (tmp_path / "out" / "0" / file["name"]).stat().st_size == file["bytes"] for file in result["files"]
    )


def test_it_stays_for_the_next_request(make_host, render):
    host = make_host()
    render(host)
    pid = host.pid
    render(host)
    assert host.pid == pid


def test_it_reports_loading_and_steps(make_host, render):
    seen = []
    render(make_host(), "slow", progress=lambda fraction, message: seen.append((fraction, message)))
    messages = [message for _, message in seen]
    assert messages[0] == "loading" and "step 20 of 20" in messages and "mastering" in messages
    steps = [fraction for fraction, message in seen if message != "loading"]
    assert steps == sorted(steps)


def test_what_a_library_prints_does_not_disturb_the_protocol(make_host, render):
    assert render(make_host(), "chatter")["files"]


@pytest.mark.parametrize("how, word", [("crash", "SIGSEGV"), ("sigkill", "SIGKILL")])
def test_its_death_is_a_crash_that_names_the_signal(make_host, render, how, word):
    host = make_host()
    with pytest.raises(JobCrashed, match=word):
        render(host, how)
    assert render(host)["files"], "the next request has a new host"


def test_a_hang_is_ended_at_the_deadline(make_host, render):
    host = make_host()
    render(host)
    pid = host.pid
    with pytest.raises(JobCrashed, match="in time"):
        render(host, "hang", deadline=time.monotonic() + 0.5)
    assert not psutil.pid_exists(pid)


def test_an_error_inside_the_engine_is_a_sentence_and_the_host_goes_on(make_host, render):
    host = make_host()
    with pytest.raises(JobFailed, match="RuntimeError: inside"):
        render(host, "raise")
    pid = host.pid
    assert render(host)["files"] and host.pid == pid


def test_cancel_takes_effect_at_the_next_step_and_the_host_goes_on(make_host, render):
    host = make_host()

    def stop_at_step_3(fraction, message):
        if "step 3" in message:
            raise JobCancelled

    begun = time.monotonic()
    with pytest.raises(JobCancelled):
        render(host, "slow", progress=stop_at_step_3)
    assert time.monotonic() - begun < 2.5, "the whole would take longer"
    pid = host.pid
    assert render(host)["files"] and host.pid == pid


def test_cancel_ends_a_host_that_does_not_listen(make_host, render):
    host = make_host()
    render(host)
    pid = host.pid

    def stop():
        raise JobCancelled

    with pytest.raises(JobCancelled):
        render(host, "hang", check=stop)
    assert not psutil.pid_exists(pid)


def test_it_leaves_when_idle_and_comes_back_when_asked(make_host, render, tmp_path):
    host = make_host(idle_s=0.3)
    render(host)
    first = host.pid
    wait_for(lambda: host.pid is None)
    assert not living_hosts(tmp_path)
    render(host)
    assert host.pid != first


def test_a_host_that_leaves_at_the_very_moment_of_a_request_costs_no_attempt(make_host, render):
    host = make_host(idle_s=0.05)
    for _ in range(6):
        render(host)
        time.sleep(0.05)


def test_its_lock_is_gone_after_kill_minus_nine(make_host, render, tmp_path):
    host = make_host()
    render(host)
    assert len(living_hosts(tmp_path)) == 1
    psutil.Process(host.pid).send_signal(signal.SIGKILL)
    wait_for(lambda: host.pid is None)
    assert not living_hosts(tmp_path)


def test_it_is_gone_as_soon_as_its_worker_is_killed(tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(PLUGIN))
    code = (
        "import pathlib, sys, time\n"
        "from sounds.engines.host.client import RenderHost\n"
        "from sounds.engines.registry import card_of\n"
        f"host = RenderHost(card_of('steady'), run_dir=pathlib.Path({str(tmp_path)!r}), idle_s=None)\n"
        "host.start(); print(host.pid, flush=True)\n"
        "from tests.support.hearing import Heard, render\n"
        f"render(host, pathlib.Path({str(tmp_path)!r}), ['hang'], Heard())\n"
    )
    code = "import django, os\nos.environ['DJANGO_SETTINGS_MODULE'] = 'ccbell_site.settings'\n" \
           "django.setup()\n" + code  # fmt: skip
    worker = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    pid = int(worker.stdout.readline())
    time.sleep(1)
    assert psutil.pid_exists(pid)
    worker.send_signal(signal.SIGKILL)
    worker.wait()
    wait_for(lambda: not psutil.pid_exists(pid), timeout=2)


def test_an_exclusive_engine_has_one_host_and_a_second_takes_over_from_an_idle_one(
    make_host, render, tmp_path
):
    first, second = make_host("solo"), make_host("solo")
    render(first)
    render(second)
    assert len(living_hosts(tmp_path)) == 1
    wait_for(lambda: first.pid is None)
    render(first)
    assert len(living_hosts(tmp_path)) == 1


def test_bytes_are_the_same_from_one_host_and_from_another(make_host, render):
    one = make_host()
    digests = lambda host: [file["sha256"] for file in render(host)["files"]]  # noqa: E731
    assert digests(one) == digests(one) == digests(make_host())


def test_several_sounds_come_one_after_the_other_and_one_that_fails_does_not_stop_them(make_host, tmp_path):
    heard = Heard()
    render_all(make_host(), tmp_path, ["a tone", "fault here", "another"], heard)
    assert sorted(heard.results) == [0, 2]
    assert "RuntimeError: this one only" in str(heard.errors[1])
    assert not (tmp_path / "1").exists()


def test_a_note_of_the_engine_reaches_the_worker(make_host, tmp_path):
    heard = Heard()
    render_all(make_host(), tmp_path, ["a tone", "note this"], heard)
    assert heard.notes == [(1, "This was made in another way.")]


def test_a_sound_that_nobody_wants_any_more_is_left_out(make_host, tmp_path):
    heard = Heard()
    heard.dropped = [0, 2]
    render_all(make_host(), tmp_path, ["slow", "a tone", "slow"], heard)
    assert list(heard.results) == [1]
    assert not (tmp_path / "0").exists() and not (tmp_path / "2").exists()


def test_it_stops_when_nobody_wants_any_sound_any_more(make_host, tmp_path):
    heard = Heard()
    heard.dropped = [0, 1]
    begun = time.monotonic()
    render_all(make_host(), tmp_path, ["slow", "slow"], heard)
    assert not heard.results
    assert time.monotonic() - begun < 3.5, "the whole would take longer"


def test_asked_to_leave_it_finishes_what_it_does_first(make_host, tmp_path):
    host = make_host()
    heard = Heard(progress=lambda fraction, message: "step 3" in message and host_leaves())

    def host_leaves():
        psutil.Process(host.pid).send_signal(signal.SIGTERM)

    render_all(host, tmp_path, ["slow"], heard)
    assert list(heard.results) == [0]
    wait_for(lambda: host.pid is None)


def test_its_note_tells_its_state_and_what_it_runs_on(make_host, render, tmp_path):
    host = make_host()
    render(host)

    def told():
        ((_, note),) = living_hosts(tmp_path)
        return json.loads(note)

    wait_for(lambda: told()["state"] == "idle")
    assert told()["pid"] == host.pid and told()["details"] == {"device": "none"}
