"""The image is built and the services run, line by line as they stand."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from jobs.presence import present
from tests.deploy import containers
from tests.deploy.compose import compose
from tests.deploy.containers import Builder, Container, Image
from tests.support.studio import ROOT, wait_for

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(bool(containers.why_not()), reason=containers.why_not() or "they can be tried"),
]
ASK = """
import json, sys, urllib.request
request = urllib.request.Request("http://127.0.0.1:8000" + sys.argv[1])
request.add_header("Authorization", "Bearer " + sys.argv[2])
if len(sys.argv) > 3:
    request.data = sys.argv[3].encode()
    request.add_header("Content-Type", "application/json")
with urllib.request.urlopen(request, timeout=50) as answer:
    sys.stdout.write(answer.read().decode())
"""


@pytest.fixture(scope="module")
def builder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Builder]:
    builder = Builder(tmp_path_factory.mktemp("image"), install=False)
    yield builder
    builder.close()


@pytest.fixture(scope="module")
def image(builder: Builder) -> Image:
    return builder.build("core")


@pytest.fixture(scope="module")
def studio(image: Image, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Container]]:
    folder = tmp_path_factory.mktemp("services")
    volumes = folder / "volumes"
    volumes.mkdir()
    services = compose()["services"]
    running = {
        name: Container(image, services[name], volumes, folder / name)
        for name in ("prepare", "web", "worker")
    }
    running["prepare"].start()
    assert running["prepare"].wait() == 0, running["prepare"].log.read_text()
    for name in ("web", "worker"):
        running[name].start()
    yield running
    for container in running.values():
        container.close()


@pytest.fixture(scope="module")
def token(studio: dict[str, Container]) -> str:
    said = studio["web"].run("python", "manage.py", "create_token", "admin", "--scope", "generate").stdout
    return re.search(r"\S{30,}", said)[0]


def test_the_image_belongs_to_root_and_its_data_folders_to_the_studio(image):
    assert image.user == "1000:1000" and image.command == ["python", "manage.py", "web"]
    for name in ("data", "audio", "models"):
        facts = (image.layer / name).stat()
        assert (facts.st_uid, facts.st_mode & 0o777) == (1000, 0o700)
    for folder, _, files in os.walk(image.layer / "app"):
        for path in (Path(folder, name) for name in files):
            facts = path.lstat()
            assert facts.st_uid == 0 and facts.st_mode & 0o044 == 0o044, path


def test_the_first_start_prints_the_password_where_docker_keeps_it(studio):
    assert re.search(r"sign in as “admin” with the password  \S{12,}", studio["prepare"].log.read_text())


def test_both_become_healthy_and_serve_a_page_with_its_files(studio, token):
    for name in ("web", "worker"):
        wait_for(studio[name].is_healthy, timeout=60)
    health = json.loads(studio["web"].run("python", "-c", ASK, "/healthz", token).stdout)
    assert (health["status"], health["workers"]) == ("ok", 2)
    page = studio["web"].run("python", "-c", ASK, "/login/", token).stdout
    style = re.search(r'href="(/static/studio/[^"]+\.[0-9a-f]{12}\.css)"', page)[1]
    assert "{" in studio["web"].run("python", "-c", ASK, style, token).stdout


def test_a_sound_is_made_by_one_container_for_the_other_which_may_unload_the_engine(studio, token):
    """Each has process ids of its own, so none of this may go by them."""
    wait_for(studio["worker"].is_healthy, timeout=60)
    wish = json.dumps({"theme": "sci-fi", "hook": "task_complete"})
    made = json.loads(studio["web"].run("python", "-c", ASK, "/api/generate", token, wish).stdout)
    assert made["status"] == "completed", made
    hosts = next(place for place, target in studio["worker"]._volumes if target == "/data") / "run" / "hosts"
    wait_for(lambda: [note for _, note in present(hosts) if json.loads(note)["state"] == "idle"])
    told = json.loads(studio["web"].run("python", "-c", ASK, "/api/engines", token).stdout)
    (engine,) = [one for one in told if one["id"] == "procedural"]
    assert engine["state"] == "loaded" and engine["memory_bytes"] > 10_000_000
    studio["web"].run("python", "manage.py", "engines", "unload", "procedural")
    wait_for(lambda: not list(present(hosts)))


def test_nothing_of_the_image_can_be_written_and_nobody_is_root(studio):
    tried = studio["web"].run(
        "sh", "-c", "id -u; touch /app/x /opt/static/x /etc/x; touch /tmp/x", check=False
    )
    assert tried.stdout.strip() == "1000"
    assert tried.stderr.count("Read-only file system") == 3


def test_each_stops_well_within_its_grace_period(studio):
    for name, service in compose()["services"].items():
        if name in ("web", "worker"):
            assert studio[name].stop() < float(service["stop_grace_period"].removesuffix("s")) / 2
    assert studio["web"].process.returncode == studio["worker"].process.returncode == 0


SYSTEMCTL = """#!/bin/sh
# Says what it was asked for; there is no systemd in here.
echo "$@" >> /systemctl.log
"""


@pytest.fixture
def machine(image: Image, tmp_path: Path) -> Image:
    """A machine of its own, on which the studio lies in the folder of somebody who is not root."""
    machine = replace(image, layer=tmp_path / "machine")
    containers.copy(image.layer, machine.layer)
    shutil.copytree(ROOT / "deploy", machine.layer / "app/deploy", dirs_exist_ok=True)
    subprocess.run(["chown", "--recursive", "1000:1000", machine.layer / "app"], check=True)
    return machine


def put(machine: Image, name: str, script: str) -> None:
    """A command of that machine."""
    place = machine.layer / "usr/bin" / name
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(script)
    place.chmod(0o755)


def test_the_service_is_installed_on_a_linux_with_systemd(builder, machine):
    """All of `make install-service` but systemd itself."""
    app = machine.layer / "app"
    (machine.layer / "run/systemd/system").mkdir(parents=True)
    put(machine, "systemctl", SYSTEMCTL)
    owner = builder.run(machine, "stat", "--format=%U", "/app").strip()

    said = builder.run(machine, "python", "-B", "-m", "deploy.install_service")
    assert re.search(r"sign in as “admin” with the password  \S{12,}", said)
    assert (
        f"The studio is at http://localhost:8000, now and whenever this machine starts; it runs as {owner}."
        in said
    )
    units = "ccbell-studio-web.service ccbell-studio-worker.service ccbell-studio.target"
    assert (machine.layer / "systemctl.log").read_text().splitlines() == [
        "daemon-reload", "stop ccbell-studio.target", f"enable {units}", "start ccbell-studio.target",
    ]  # fmt: skip
    unit = (machine.layer / "etc/systemd/system/ccbell-studio-worker.service").read_text()
    assert f"User={owner}\n" in unit and 'ExecStart="/opt/venv/bin/python" manage.py worker\n' in unit
    for path in (app / "data", app / "data" / "studio.sqlite3"):
        assert path.stat().st_uid == 1000 and path.stat().st_mode & 0o077 == 0

    again = builder.run(machine, "python", "-B", "-m", "deploy.install_service")
    assert again.count("as it was  /etc/systemd/system/") == 3 and "password" not in again
    gone = builder.run(machine, "python", "-B", "-m", "deploy.install_service", "--uninstall")
    assert gone.count("removed ") == 3 and (app / "data" / "studio.sqlite3").exists()


LAUNCHCTL = """#!/bin/sh
# Knows what was bootstrapped, as launchd does; there is none in here.
echo "$@" >> /launchd/log
case $1 in
    bootstrap) touch "/launchd/$(basename "$3" .plist)";;
    bootout) rm "/launchd/${2##*/}";;
    print) test -e "/launchd/${2##*/}";;
esac
"""


def test_the_agents_are_started_on_a_mac_and_started_anew_the_second_time(builder, machine):
    """All of `make install-service` but launchd itself, by who has the folder."""
    put(machine, "launchctl", LAUNCHCTL)
    (launchd := machine.layer / "launchd").mkdir()
    home = machine.layer / builder.run(machine, "sh", "-c", "eval echo ~$(id -nu 1000)").strip().lstrip("/")
    home.mkdir(parents=True, exist_ok=True)
    for folder in (launchd, home):
        os.chown(folder, 1000, 1000)
    code = "import sys; from deploy.install_service import main; sys.exit(main(sys.argv[1:], 'darwin'))"
    as_owner = ["setpriv", "--reuid=1000", "--regid=1000", "--clear-groups", "python", "-B", "-c", code]
    web, worker = "org.ccbell.studio.web", "org.ccbell.studio.worker"

    assert "sign in as “admin”" in builder.run(machine, *as_owner)
    assert {path.name for path in launchd.iterdir()} == {"log", web, worker}
    (launchd / "log").unlink()
    assert builder.run(machine, *as_owner).count("as it was ") == 2
    agents = f"/{home.relative_to(machine.layer)}/Library/LaunchAgents"
    assert [line for line in (launchd / "log").read_text().splitlines() if not line.startswith("print")] == [
        f"bootout gui/1000/{web}", f"bootout gui/1000/{worker}",
        f"bootstrap gui/1000 {agents}/{web}.plist", f"bootstrap gui/1000 {agents}/{worker}.plist",
    ]  # fmt: skip
    assert builder.run(machine, *as_owner, "--uninstall").count("removed ") == 2
    assert {path.name for path in launchd.iterdir()} == {"log"}


@pytest.mark.exhaustive
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("target", ["core", "neural"])
def test_the_image_with_all_its_packages_runs(target, tmp_path, request):
    """Everything that is installed comes from the package index, as it does with Docker."""
    builder = Builder(tmp_path / "images", install=True, TORCH_INDEX="")
    request.addfinalizer(builder.close)
    image = builder.build(target)
    packages = image.layer / "opt/venv" / containers.SITE_PACKAGES
    assert (packages / "torch").is_dir() is (packages / "stable_audio_tools").is_dir() is (target == "neural")
    assert (packages / "psycopg").is_dir() and not (packages / "pip").exists()
    builder.run(image, "python", "manage.py", "prepare", lend=False)
    made = builder.run(image, "python", "manage.py", "generate_pack", "sci-fi", "--json", lend=False)
    assert json.loads(made)["version"] == "1.0.0"
