"""Images and containers without an engine: what Docker does, done with the kernel's own tools.

This machine stands for the Debian image that a stage begins with; every instruction changes a layer above
it, and a container is processes of their own in such a tree, with nothing but what the compose file gives.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import psutil

from tests.deploy.dockerfile import Dockerfile, Instruction, context, filled, pairs
from tests.support.studio import ROOT, wait_for

SITE_PACKAGES = Path("lib", f"python{sys.version_info.major}.{sys.version_info.minor}", "site-packages")
LENT = (Path(sys.prefix) / SITE_PACKAGES, Path("/opt/venv") / SITE_PACKAGES)
"""Packages of this environment, for images whose own were only resolved and not installed."""
BUILDERS = re.compile(r"PIP_|SSL_|REQUESTS_CA|NODE_EXTRA|(HTTPS?|NO|ALL)_PROXY", re.IGNORECASE)
"""What of this environment the builder passes on: how to reach the package indexes."""


def why_not() -> str:
    """Why there can be no containers here, or ``""``."""
    if sys.platform != "linux" or not Path("/etc/debian_version").is_file():
        return "an image of Debian can only be tried on Debian"
    tried = subprocess.run(["unshare", "--mount", "--pid", "--net", "--fork", "true"], capture_output=True)
    return "" if tried.returncode == 0 else "namespaces of one's own are root's to make"


@dataclass
class Image:
    """What differs from this machine, and how to run what is in it."""

    layer: Path
    environment: dict[str, str] = field(default_factory=dict)
    folder: str = "/"
    user: str = "0:0"
    command: list[str] = field(default_factory=list)
    healthcheck: list[str] = field(default_factory=list)
    labels: dict[str, str] = field(default_factory=dict)


class Builder:
    """Carries out a Dockerfile; with `install` False packages are resolved, and lent from here."""

    def __init__(self, folder: Path, *, install: bool, **arguments: str) -> None:
        self.folder = folder
        self.install = install
        self.arguments = arguments
        self.file = Dockerfile.read(ROOT / "Dockerfile")
        self.images: dict[str, Image] = {}

    def run(self, image: Image, *command: str, lend: bool = True) -> str:
        """Run a command as root in what became of an image, and keep what it writes there."""
        return _in(image, command, binds=[LENT] if lend else [])

    def build(self, target: str) -> Image:
        """The image of a stage, and of all that it needs."""
        if target not in self.images:
            stage = self.file.stages[target]
            layer = self.folder / "layers" / target
            if stage.base in self.file.stages:
                base = self.build(stage.base)
                image = replace(
                    base, layer=layer, environment=dict(base.environment), labels=dict(base.labels)
                )
                copy(base.layer, layer)
            else:
                image = Image(layer)
                layer.mkdir(parents=True)
            known: dict[str, str] = {}
            for one in stage.instructions:
                self._do(one, image, known)
            self.images[target] = image
        return self.images[target]

    def close(self) -> None:
        """Gigabytes, which pytest would keep."""
        shutil.rmtree(self.folder)

    def _do(self, one: Instruction, image: Image, known: dict[str, str]) -> None:
        match one.word:
            case "ARG":
                name, _, default = one.rest.partition("=")
                known[name] = self.arguments.get(name, default or self.file.arguments.get(name, ""))
            case "ENV":
                values = image.environment
                values |= pairs(filled(one.rest, {"PATH": "/usr/local/bin:/usr/bin:/bin", **values}))
            case "WORKDIR":
                image.folder = one.rest
                _into(image, one.rest).mkdir(parents=True, exist_ok=True)
            case "USER":
                image.user = filled(one.rest, known)
            case "CMD":
                image.command = json.loads(one.rest)
            case "HEALTHCHECK":
                image.healthcheck = json.loads(one.rest.removeprefix("CMD "))
            case "LABEL":
                image.labels |= pairs(one.rest)
            case "COPY":
                self._copy(one, image)
            case "RUN":
                self._run(one, image, known)
            case "EXPOSE":
                pass
            case _:
                raise AssertionError(f"{one.word} is not known here")

    def _copy(self, one: Instruction, image: Image) -> None:
        *sources, target = one.rest.split()
        to = Path(image.folder, target)
        if origin := dict(one.flags).get("from"):
            found = self.build(origin)
            _in(found, ["cp", "-a", f"{sources[0]}/.", "/mnt"], binds=[(_into(image, to), "/mnt")])
            return
        for path in context(ROOT) if sources == ["."] else map(Path, sources):
            place = _into(image, to / path)
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / path, place)

    def _run(self, one: Instruction, image: Image, known: dict[str, str]) -> None:
        binds: list[tuple[Path, str]] = []
        for flag, value in one.flags:
            mount = dict(part.split("=") for part in value.split(","))
            assert flag == "mount" and mount["type"] in ("cache", "secret")
            if mount["type"] == "cache":
                (cache := self.folder / "caches" / mount["target"].strip("/")).mkdir(
                    parents=True, exist_ok=True
                )
                binds.append((cache, mount["target"]))
        environment = {name: value for name, value in os.environ.items() if BUILDERS.match(name)}
        if not self.install:
            environment["PIP_DRY_RUN"] = "1"
            if _into(image, LENT[1]).exists():
                binds.append((LENT[0], str(LENT[1])))
        _in(image, ["/bin/sh", "-c", one.rest], {**environment, **known}, binds)


def _into(image: Image, path: str | Path) -> Path:
    """That path in the topmost layer, to be written."""
    return image.layer / str(path).lstrip("/")


def copy(layer: Path, place: Path) -> None:
    """A layer of its own with the same in it; of several layers above each other none may lie in another."""
    place.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run(["cp", "--archive", layer, place], check=True)


def _in(
    image: Image,
    command: Sequence[str],
    environment: Mapping[str, str] | None = None,
    binds: Sequence[tuple[Path, str]] = (),
) -> str:
    """Run a command as the builder does: as root, and what it writes stays in the topmost layer."""
    for source, _ in binds:
        source.mkdir(parents=True, exist_ok=True)
    script = _tree(image.layer, "rw", binds)
    script += ["exec chroot $tree " + _entered(image.folder, {**image.environment, **(environment or {})})]
    ended = subprocess.run(
        ["unshare", "--mount", "--propagation=private", "sh", "-ec", "\n".join(script), "sh", *command],
        capture_output=True, text=True,
    )  # fmt: skip
    assert ended.returncode == 0, f"{shlex.join(command)}\n{ended.stdout}\n{ended.stderr}"
    return ended.stdout


def _tree(layer: Path, how: str, binds: Sequence[tuple[Path, str]]) -> list[str]:
    """Lines that put the layer above this machine, ``rw`` or ``ro``, and mount what every container has."""
    work = layer.with_name(f"{layer.name}.work")
    work.mkdir(exist_ok=True)
    lines = [
        "tree=$(mktemp -d)",
        f"mount -t overlay overlay -o {how},lowerdir=/,upperdir={layer},workdir={work} $tree",
        "mount -t proc proc $tree/proc",
        "mount --rbind /dev $tree/dev",
    ]
    if _lends_python():
        lines.append(f"mount --bind {shlex.quote(sys.base_prefix)} $tree/usr/local")
    for source, target in binds:
        lines.append(f"[ -e $tree{target} ] || mkdir -p $tree{target}")
        lines.append(f"mount --bind {shlex.quote(str(source))} $tree{target}")
    return lines


def _lends_python() -> bool:
    """Whether the Python that runs this has to be put where the image of Python has its own."""
    return sys.base_prefix not in ("/usr", "/usr/local")


def _entered(folder: str, environment: Mapping[str, str]) -> str:
    """The end of a command line: the environment and nothing else, and there the command."""
    values = {"PATH": "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin", "HOME": "/tmp", **environment}
    if _lends_python():
        values["LD_LIBRARY_PATH"] = "/usr/local/lib"  # where the lent one has its library
    words = shlex.join(["env", "-i", *(f"{name}={value}" for name, value in values.items())])
    return f"""{words} /bin/sh -c 'cd "$0" && exec "$@"' {shlex.quote(folder)} "$@" """


class Container:
    """A service of the compose file, running in namespaces of its own."""

    def __init__(self, image: Image, service: dict[str, Any], volumes: Path, log: Path) -> None:
        assert service["read_only"] and service["cap_drop"] == ["ALL"]
        self.layer = log.with_name(f"{log.name}.layer")
        copy(image.layer, self.layer)
        self.service = service
        self.log = log
        given = {name: str(value) for name, value in service["environment"].items()}
        user, group = image.user.split(":")
        self._enter = (
            f"setpriv --reuid={user} --regid={group} --clear-groups --no-new-privs --bounding-set=-all "
            f"--inh-caps=-all --ambient-caps=-all {_entered(image.folder, image.environment | given)}"
        )
        self._volumes = [self._volume(volume, volumes) for volume in service["volumes"]]

    def start(self) -> None:
        """Start what the service is there for."""
        script = _tree(self.layer, "ro", [LENT, *self._volumes])
        script += [
            f"mount -t tmpfs -o noexec,nosuid,nodev tmpfs $tree{path}" for path in self.service["tmpfs"]
        ]
        script += ["ip link set lo up", f"exec chroot $tree {self._enter}"]
        alone = [
            "--mount",
            "--propagation=private",
            "--pid",
            "--fork",
            "--kill-child",
            "--ipc",
            "--uts",
            "--net",
        ]
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                ["unshare", *alone, "sh", "-ec", "\n".join(script), "sh", *self.service["command"]],
                stdout=log, stderr=log,
            )  # fmt: skip

    def run(self, *command: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run something in it beside the service, as ``docker compose exec`` does."""
        inside = [
            f"--target={self._first().pid}",
            "--mount",
            "--pid",
            "--ipc",
            "--uts",
            "--net",
            "--root",
            "--wd",
        ]
        ended = subprocess.run(
            ["nsenter", *inside, "sh", "-ec", f"exec {self._enter}", "sh", *command],
            capture_output=True, text=True, timeout=60,
        )  # fmt: skip
        assert not check or ended.returncode == 0, f"{shlex.join(command)}\n{ended.stdout}\n{ended.stderr}"
        return ended

    def is_healthy(self) -> bool:
        """What its health check says."""
        kind, *test = self.service["healthcheck"]["test"]
        assert kind == "CMD"
        return self.process.poll() is None and self.run(*test, check=False).returncode == 0

    def wait(self) -> int:
        """For a service that ends by itself: how it did."""
        return self.process.wait(timeout=60)

    def stop(self) -> float:
        """Ask it to end, as Docker does; how many seconds that took."""
        begun = time.monotonic()
        self._first().terminate()
        self.process.wait(timeout=60)
        return time.monotonic() - begun

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()  # and its children with it: --kill-child
            self.process.wait()

    def _first(self) -> psutil.Process:
        """The process that is number 1 inside, when it is there."""
        (first,) = wait_for(lambda: psutil.Process(self.process.pid).children())
        wait_for(lambda: os.readlink(f"/proc/{first.pid}/root") != "/")
        return first

    def _volume(self, volume: Any, folder: Path) -> tuple[Path, str]:
        """A named one begins as what the image has there, owner and rights included."""
        as_words = [volume["source"], volume["target"]] if isinstance(volume, dict) else volume.split(":")
        source, target = as_words[:2]
        place = Path(source) if source.startswith("/") else folder / source
        if not place.exists():
            begun = self.layer / target.lstrip("/")
            shutil.copytree(begun, place)
            os.chown(place, begun.stat().st_uid, begun.stat().st_gid)
        return place, target
