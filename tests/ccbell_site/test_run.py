"""`make run`: everything starts together and everything is gone together."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request

import pytest

from tests.support.studio import ROOT, Studio, wait_for

pytestmark = pytest.mark.slow


@pytest.fixture
def running(studio):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    studio.environment["API_PORT"] = str(port)
    process = studio.start("-m", "ccbell_site.run", stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    wait_for(lambda: answers(port))
    wait_for(lambda: studio.living_workers() == 2)
    return studio, process, port


def answers(port: int) -> bool:
    try:
        return urllib.request.urlopen(f"http://127.0.0.1:{port}/admin/login/", timeout=2).status == 200
    except OSError:
        return False


def test_one_ctrl_c_ends_it_all_within_five_seconds(running):
    studio, process, _ = running
    studio.submit("slow")
    wait_for(studio.hosts)
    begun = time.monotonic()
    process.send_signal(signal.SIGINT)
    process.wait(timeout=10)
    assert time.monotonic() - begun < 5
    assert not studio.family()


def test_kill_minus_nine_of_the_supervisor_at_its_start_leaves_nothing_behind(studio):
    """Its children have not looked who their parent is by then."""
    process = studio.start("-m", "ccbell_site.run", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    wait_for(lambda: studio.running("web"))
    process.send_signal(signal.SIGKILL)
    process.wait()
    wait_for(lambda: not studio.family(), timeout=5)


def test_a_port_that_is_taken_ends_it_with_a_word(running, tmp_path):
    studio, _, port = running
    second = subprocess.run(
        [sys.executable, "-m", "ccbell_site.run"],
        cwd=ROOT, env=studio.environment, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert second.returncode == 1
    assert f"port {port} cannot be used" in second.stderr and "does not start" in second.stderr
    assert answers(port)


def test_kill_minus_nine_of_the_supervisor_leaves_nothing_behind(running):
    studio, process, _ = running
    process.send_signal(signal.SIGKILL)
    process.wait()
    wait_for(lambda: not studio.family(), timeout=3)


def test_a_part_that_dies_is_started_again(running):
    studio, _, port = running
    for command in ("web", "worker"):
        (first := studio.running(command)[0]).send_signal(signal.SIGKILL)
        wait_for(lambda command=command, dead=first.pid: dead not in pids(studio, command) != set())
    wait_for(lambda: answers(port))
    studio.submit("after")
    wait_for(lambda: studio.statuses() == ["succeeded"])


def pids(studio: Studio, command: str) -> set[int]:
    return {process.pid for process in studio.running(command)}


def test_the_first_start_prints_a_random_password_and_later_ones_do_not(studio):
    first = studio.manage("prepare", "--admin").stdout
    password = re.search(r"password\s+(\S+)", first)[1]
    assert len(password) >= 12
    assert "password" not in studio.manage("prepare", "--admin").stdout
    works = studio.python(
        "from django.contrib.auth import authenticate\n"
        f"print(bool(authenticate(username='admin', password={password!r})))"
    )
    assert works.stdout.strip() == "True"


HEAVY = {
    "numpy", "scipy", "soundfile", "torch", "PIL", "stable_audio_tools", "transformers", "safetensors",
    "huggingface_hub", "httpx2", "github",
}  # fmt: skip


def test_neither_web_nor_worker_imports_what_only_render_hosts_need(studio):
    code = (
        "import sys\n"
        "from django.core.management import load_command_class\n"
        "from django.urls import get_resolver\n"
        "import ccbell_site.asgi, jobs.cluster, jobs.tasks, packs.build, packs.generate\n"
        "import sounds.management.commands.install_model\n"
        "from sounds.engine_status import engine_statuses\n"
        "get_resolver().url_patterns\n"
        "engine_statuses()\n"
        f"print(sorted({HEAVY} & set(sys.modules)))"
    )
    assert studio.python(code).stdout.strip() == "[]"
