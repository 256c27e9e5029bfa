"""play.sh: plays one sound with whatever player there is, when it is asked to."""

from __future__ import annotations

import shlex
from pathlib import Path

NAME = "play.sh"

SCRIPT = r"""#!/bin/sh
# Plays one sound of this folder: sh play.sh sounds/NAME.wav
# Returns at once, prints nothing, and never fails; tries one player after the other until one plays.
case $0 in
*/*) sound=${0%/*}/$1 ;;
*) sound=./$1 ;;
esac

play() {
    command -v "$1" >/dev/null 2>&1 || return 1
    if command -v setsid >/dev/null 2>&1 && command -v timeout >/dev/null 2>&1; then
        # Out of the terminal's reach, and not for ever; after a minute (124) no other is to try.
        setsid timeout 60 "$@" || [ $? -eq 124 ]
    else
        "$@"
    fi
}

play_on_windows() {
    command -v powershell.exe >/dev/null 2>&1 || return 1
    CCBELL_SOUND=$(cygpath -w "$sound" || wslpath -w "$sound" || printf %s "$sound")
    WSLENV=CCBELL_SOUND${WSLENV:+:$WSLENV}
    export CCBELL_SOUND WSLENV
    powershell.exe -NoProfile -NonInteractive -Command \
        '(New-Object Media.SoundPlayer $env:CCBELL_SOUND).PlaySync()'
}

[ -f "$sound" ] || exit 0
trap '' HUP  # the last sound of a session outlives its terminal, also where there is no setsid
(
    play afplay "$sound" ||
        play pw-play "$sound" ||
        play paplay "$sound" ||
        play aplay -q "$sound" ||
        play mpv --no-video --really-quiet "$sound" ||
        play ffplay -nodisp -autoexit -loglevel quiet "$sound" ||
        play_on_windows
) </dev/null >/dev/null 2>&1 &
exit 0
"""


def command(folder: Path, sound: str, tag: str) -> str:
    """The line that a hook runs: quoted for sh, silent, never failing, and known again by its tag."""
    script = shlex.quote((folder / NAME).as_posix())
    return f"sh {script} {shlex.quote(sound)} </dev/null >/dev/null 2>&1 || :  {tag}"
