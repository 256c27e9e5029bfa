"""play.sh and the command of a hook, run by a real shell with players that say what they were told."""

from __future__ import annotations

import os
import pty
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest

from packs.installer.player import NAME, SCRIPT, command

SHELLS = [shell for name in ("sh", "bash", "dash", "busybox") if (shell := shutil.which(name))]

TOLD = {
    "afplay": "{sound}",
    "pw-play": "{sound}",
    "paplay": "{sound}",
    "aplay": "-q {sound}",
    "mpv": "--no-video --really-quiet {sound}",
    "ffplay": "-nodisp -autoexit -loglevel quiet {sound}",
    "powershell.exe": "-NoProfile -NonInteractive -Command (New-Object Media.SoundPlayer "
    "$env:CCBELL_SOUND).PlaySync()",
}


class Machine:
    """A folder of players for a PATH, and the command of a hook that looks for them there."""

    def __init__(self, folder: Path) -> None:
        self.bin, self.pack = folder / "bin", folder / "it's $HOME “é” pack"
        self.bin.mkdir()
        (self.pack / "sounds").mkdir(parents=True)
        self.sound = self.pack / "sounds/idle.wav"
        self.sound.write_bytes(b"RIFF")
        (self.pack / NAME).write_text(SCRIPT)
        self.heard = folder / "heard"
        (self.bin / "sh").symlink_to("/bin/sh")

    def has(self, player: str, then: str = "exit 0") -> None:
        """A player that notes its name and its arguments, makes a noise, and ends as it is told."""
        script = self.bin / player
        note = f'printf "%s\\n" "{player} $*" >> "{self.heard}"'.replace("$HOME", "\\$HOME")
        script.write_text(f"#!/bin/sh\n{note}\necho noise; echo noise >&2\n{then}\n")
        script.chmod(0o755)

    def ring(self, shell: str = "/bin/sh") -> float:
        """Run the hook's command as Claude Code does; how many seconds it took."""
        line = command(self.pack, "sounds/idle.wav", "# ccbell-sounds:x")
        started = time.monotonic()
        ended = subprocess.run(
            [shell, *(["sh"] if shell.endswith("busybox") else []), "-c", line],
            env={"PATH": str(self.bin), "HOME": "/nowhere"},
            input=b'{"hook_event_name": "Stop"}',
            capture_output=True,
        )
        took = time.monotonic() - started
        assert (ended.returncode, ended.stdout, ended.stderr) == (0, b"", b"")
        return took

    def told(self, count: int = 1) -> list[str]:
        """What players were told, once there are so many."""
        until = time.monotonic() + 10
        while time.monotonic() < until:
            lines = self.heard.read_text().splitlines() if self.heard.exists() else []
            if len(lines) >= count:
                return lines
            time.sleep(0.01)
        raise AssertionError(f"Only this was played: {lines}")


@pytest.fixture
def machine(tmp_path):
    return Machine(tmp_path)


@pytest.mark.parametrize("player", TOLD)
def test_each_player_is_told_to_play_the_file_and_nothing_else(machine, player):
    machine.has(player)
    machine.ring()
    assert machine.told() == [f"{player} {TOLD[player].format(sound=machine.sound)}"]


@pytest.mark.parametrize("shell", SHELLS)
def test_any_shell_runs_it(machine, shell):
    machine.has("aplay")
    machine.ring(shell)
    assert machine.told() == [f"aplay -q {machine.sound}"]


def test_the_first_player_there_is_taken(machine):
    for player in TOLD:
        machine.has(player)
    machine.ring()
    assert machine.told() == [f"afplay {machine.sound}"]
    time.sleep(0.2)
    assert len(machine.told()) == 1


def test_a_player_that_fails_makes_way_for_the_next(machine):
    machine.has("pw-play", "exit 1")
    machine.has("paplay", "kill -9 $$")
    machine.has("aplay")
    machine.ring()
    assert machine.told(3) == [
        f"pw-play {machine.sound}",
        f"paplay {machine.sound}",
        f"aplay -q {machine.sound}",
    ]


def test_a_player_that_hangs_holds_nobody_up_and_others_sound_beside_it(machine):
    pid = machine.heard.with_name("pid")
    machine.has("aplay", f'echo $$ >> "{pid}"; exec /bin/sleep 50')
    assert max(machine.ring() for _ in range(3)) < 2
    assert len(machine.told(3)) == 3
    until = time.monotonic() + 10
    while len(pid.read_text().split()) < 3 and time.monotonic() < until:
        time.sleep(0.01)
    for player in pid.read_text().split():
        os.kill(int(player), signal.SIGKILL)


def test_a_player_that_hangs_is_stopped_in_the_end_where_the_system_can(machine):
    machine.has("aplay")
    machine.has("timeout")
    machine.has("setsid", 'exec "$@"')
    machine.ring()
    told = f"timeout 60 aplay -q {machine.sound}"
    assert machine.told(2) == [f"setsid {told}", told]


def test_a_player_that_was_stopped_makes_way_for_no_other(machine):
    machine.has("afplay")
    machine.has("aplay")
    machine.has("timeout", "exit 124")
    machine.has("setsid", 'exec "$@"')
    machine.ring()
    assert len(machine.told(2)) == 2
    time.sleep(0.2)
    assert machine.told(2)[-1].startswith("timeout 60 afplay") and len(machine.told(2)) == 2


def test_without_any_player_nothing_happens(machine):
    machine.ring()
    assert not machine.heard.exists()


def test_without_even_a_shell_on_the_path_nothing_happens(machine):
    (machine.bin / "sh").unlink()
    machine.ring()


@pytest.mark.parametrize("lost", ["sounds/idle.wav", NAME, ""])
def test_what_was_deleted_is_not_missed(machine, lost):
    machine.has("aplay")
    path = machine.pack / lost
    path.unlink() if path.is_file() else shutil.rmtree(path)
    machine.ring()
    time.sleep(0.1)
    assert not machine.heard.exists()


@pytest.mark.parametrize("converter", ["cygpath", "wslpath"])
def test_windows_gets_a_path_of_its_own_kind(machine, converter):
    script = machine.bin / converter
    script.write_text('#!/bin/sh\n[ "$1" = -w ] && printf "%s" "C:\\\\idle.wav"\n')
    script.chmod(0o755)
    machine.has("powershell.exe", f'printf "%s %s\\n" "$CCBELL_SOUND" "$WSLENV" >> "{machine.heard}"')
    machine.ring()
    assert machine.told(2)[1] == "C:\\idle.wav CCBELL_SOUND"


@pytest.mark.parametrize("system", ["", ":/usr/bin:/bin"])
def test_the_sound_goes_on_when_the_terminal_closes(machine, system):
    """With the tools of the system and without: a session's last sound outlives the session."""
    machine.has("afplay", f'/bin/sleep 0.5; echo survived >> "{machine.heard}"')
    line = command(machine.pack, "sounds/idle.wav", "# ccbell-sounds:x")
    pid, terminal = pty.fork()
    if pid == 0:
        os.execve("/bin/sh", ["sh", "-c", f"{line}"], {"PATH": f"{machine.bin}{system}"})
    os.waitpid(pid, 0)  # the leader of the session: all that is left in it is sent a hang-up
    os.close(terminal)
    assert machine.told(2) == [f"afplay {machine.sound}", "survived"]


def test_it_plays_from_within_its_own_folder_too(machine):
    machine.has("afplay")
    subprocess.run(
        ["/bin/sh", NAME, "sounds/idle.wav"], cwd=machine.pack, env={"PATH": str(machine.bin)}, check=True
    )
    until = time.monotonic() + 10
    while not machine.heard.exists() and time.monotonic() < until:
        time.sleep(0.02)
    assert machine.heard.read_text() == "afplay ./sounds/idle.wav\n"
