"""`make install-service`: what it writes is right, and what that starts is the studio."""

from __future__ import annotations

import json
import os
import plistlib
import pwd
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.deploy.dockerfile import context
from tests.support.studio import ROOT, wait_for

OWNER = "daemon" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name
"""Who the studio runs as, which root may not be; nobody is started as them where files are only written."""


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the studio in a folder whose name means something to systemd and to a shell."""
    folder = tmp_path_factory.mktemp("a b 100% $HOME") / "studio"
    for path in context(ROOT):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / path, folder / path)
    shutil.copytree(ROOT / "deploy", folder / "deploy", dirs_exist_ok=True)
    (folder / ".venv").symlink_to(sys.prefix)
    (folder / "node_modules").symlink_to(ROOT / "node_modules")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        (folder / ".env").write_text(f"API_PORT={probe.getsockname()[1]}\n")
    return folder


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Where the services are only tried."""
    return tmp_path / "root"


def install(checkout: Path, *arguments: str, platform: str = "linux") -> subprocess.CompletedProcess[str]:
    code = "import sys; from deploy.install_service import main; sys.exit(main(sys.argv[2:], sys.argv[1]))"
    return subprocess.run(
        [checkout / ".venv/bin/python", "-B", "-c", code, platform, *arguments],
        cwd=checkout, capture_output=True, text=True, timeout=60,
    )  # fmt: skip


def installed(checkout: Path, root: Path, platform: str) -> dict[str, bytes]:
    user = ["--user", OWNER] if platform == "linux" else []
    ended = install(checkout, "--root", str(root), *user, platform=platform)
    assert ended.returncode == 0, ended.stderr
    return {path.name: path.read_bytes() for path in root.rglob("*") if path.is_file()}


def unit(text: bytes) -> dict[str, str]:
    lines = text.decode().splitlines()
    return dict(line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))


def words(line: str) -> list[str]:
    """As systemd.syntax(7) reads a command line."""
    return [word.replace("%%", "%") for word in shlex.split(line)]


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="there is no systemd-analyze here")
def test_systemd_finds_nothing_wrong_with_the_units(checkout, root):
    names = installed(checkout, root, "linux")
    assert set(names) == {
        "ccbell-studio.target", "ccbell-studio-web.service", "ccbell-studio-worker.service",
    }  # fmt: skip
    units = [str(root / "etc/systemd/system" / name) for name in names]
    said = subprocess.run(["systemd-analyze", "verify", "--man=no", *units], capture_output=True, text=True)
    assert (said.returncode, said.stdout, said.stderr) == (0, "", "")


def test_a_unit_may_write_where_the_studio_keeps_its_data_and_nowhere_else(checkout, root):
    files = installed(checkout, root, "linux")
    for name in ("web", "worker"):
        values = unit(files[f"ccbell-studio-{name}.service"])
        assert values["User"] == OWNER and values["ProtectSystem"] == "strict"
        assert [Path(word.replace("%%", "%")) for word in shlex.split(values["ReadWritePaths"])] == [
            checkout / "data"
        ]


@pytest.mark.parametrize("platform", ["linux", "darwin"])
def test_doing_it_again_changes_no_byte_and_undoing_leaves_nothing(checkout, root, platform):
    first = installed(checkout, root, platform)
    assert first and installed(checkout, root, platform) == first
    gone = install(checkout, "--root", str(root), "--uninstall", platform=platform)
    assert "your data stays" in gone.stdout
    assert not [path for path in root.rglob("*") if path.is_file()]
    assert install(checkout, "--root", str(root), "--uninstall", platform=platform).stdout == (
        "No service was installed.\n"
    )


def test_the_agents_of_a_mac_start_at_login_and_are_kept_alive(checkout, root):
    for name, content in installed(checkout, root, "darwin").items():
        agent = plistlib.loads(content)
        assert f"{agent['Label']}.plist" == name
        assert agent["RunAtLoad"] is agent["KeepAlive"] is True
        assert agent["WorkingDirectory"] == str(checkout)
        assert Path(agent["StandardOutPath"]).parent.name == "ccbell-studio"
        assert b"@" not in content


@pytest.fixture
def started(checkout: Path, tmp_path: Path) -> Iterator[list[subprocess.Popen[bytes]]]:
    processes: list[subprocess.Popen[bytes]] = []
    yield processes
    for process in processes:
        if process.poll() is None:
            process.kill()
        process.wait()


def works(port: str) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5) as answer:
            health = json.load(answer)
    except OSError:
        return False
    return health["status"] == "ok" and health["workers"] == 2


@pytest.mark.slow
@pytest.mark.parametrize("platform", ["linux", "darwin"])
def test_its_command_lines_start_a_studio_that_works_and_stops_in_time(checkout, tmp_path, started, platform):
    files = installed(checkout, tmp_path / "root", platform)
    graces = []
    for part in ("web", "worker"):
        if platform == "linux":
            values = unit(files[f"ccbell-studio-{part}.service"])
            folder = values["WorkingDirectory"].replace("%%", "%")
            before, command = words(values["ExecStartPre"]), words(values["ExecStart"])
            environment = {
                "PATH": os.defpath,
                "HOME": str(tmp_path),
                **dict([values["Environment"].split("=")]),
            }
            subprocess.run(before, cwd=folder, env=environment, check=True, timeout=60)
            graces.append(float(values["TimeoutStopSec"]))
        else:
            agent = plistlib.loads(files[f"org.ccbell.studio.{part}.plist"])
            folder, command = agent["WorkingDirectory"], agent["ProgramArguments"]
            environment = {"HOME": str(tmp_path), **agent["EnvironmentVariables"]}
            graces.append(float(agent["ExitTimeOut"]))
        started.append(subprocess.Popen(command, cwd=folder, env=environment))
    port = (checkout / ".env").read_text().strip().removeprefix("API_PORT=")
    wait_for(lambda: works(port), timeout=60)
    for process, grace in zip(started, graces, strict=True):
        process.send_signal(signal.SIGTERM)  # to the first process alone, as both do
        assert process.wait(timeout=grace / 2) in (0, -signal.SIGTERM)


def test_a_wrong_setting_is_said_before_anything_is_written(checkout, root):
    good = (checkout / ".env").read_text()
    (checkout / ".env").write_text("API_PORT=none\n")
    try:
        refused = install(checkout, "--root", str(root), "--user", OWNER)
    finally:
        (checkout / ".env").write_text(good)
    assert refused.returncode == 2 and not root.exists()
    assert refused.stderr == "API_PORT must be a whole number from 1 to 65535, not “none”.\n"


@pytest.mark.parametrize(
    ("arguments", "platform", "why"),
    [
        (["--root", "{tmp}", "--user", "root"], "linux", "The studio does not run as root"),
        (["--root", "{tmp}", "--user", "nobody-at-all"], "linux", "Nobody is called nobody-at-all here."),
        (["--root", "{tmp}", "--user", "nobody"], "darwin", "leave RUN_AS out"),
        (["--root", "{tmp}"], "win32", "for Linux with systemd and for macOS only"),
        (["--root", "{tmp}/file"], "darwin", "cannot be written"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(checkout, root, arguments, platform, why):
    root.mkdir()
    (root / "file").write_text("a file where a folder should be")
    refused = install(checkout, *(one.format(tmp=root) for one in arguments), platform=platform)
    assert refused.returncode == 2 and why in refused.stderr
    assert refused.stderr.count("\n") == 1 and "Traceback" not in refused.stderr
    assert [path.name for path in root.rglob("*")] == ["file"]


@pytest.mark.skipif(Path("/run/systemd/system").is_dir(), reason="systemd runs this machine")
def test_a_linux_without_systemd_is_pointed_to_what_works_there(checkout):
    refused = install(checkout, "--user", OWNER)
    assert refused.returncode == 2
    assert refused.stderr == "This Linux does not run systemd; use make run, or Docker (docs/install.md).\n"
