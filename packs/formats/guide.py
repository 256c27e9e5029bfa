"""INSTALL.md: how to listen to a pack and how to put it where it plays."""

from __future__ import annotations

import json
from collections.abc import Iterable

from packs.content import PackContent, PackSound
from packs.formats import ccbell_config
from packs.formats.files import sound_path
from packs.formats.installer import DOCUMENT as SCRIPT
from packs.installer.ccbell_rules import EVENTS
from packs.installer.claude_version import TOLERANT, is_new, written
from packs.installer.words import listed

DOCUMENT = "INSTALL.md"


def write(content: PackContent) -> dict[str, bytes]:
    """The guide, with this pack's name and sounds in every command. It names no version: see the zip."""
    by_hand = [part for part in (_ccbell(content), _openpeon(content), _claude_code(content)) if part]
    parts = [_head(content), _listen(content), _install(content), *by_hand]
    return {DOCUMENT: ("\n\n".join(part for part in parts if part) + "\n").encode()}


def _head(content: PackContent) -> str:
    rows = [
        f"| `{sound_path(sound)}` | {_cell(sound.title or sound.hook)} | {_cell(sound.description)} "
        f"| {sound.duration_s:.1f} s |"
        for sound in content.sounds
    ]
    return "\n".join(
        [
            f"# {_cell(content.display_name or content.name)}",
            "",
            *([_cell(content.description), ""] if content.description else []),
            "| file | sound | plays when | length |",
            "|---|---|---|---|",
            *rows,
            "",
            "The WAV files are 16-bit, 44.1 kHz, and right on every player. Where there is an MP3 (or OGG,",
            "FLAC) beside one, it is the same sound for other uses. `manifest.json` says how each was made.",
        ]
    )


def _listen(content: PackContent) -> str:
    path = sound_path(content.sounds[0])
    return f"""## Listen

In the folder of this file:

- macOS: `afplay {path}`
- Linux: `paplay {path}` or `aplay -q {path}`
- Windows: `powershell -c "(New-Object Media.SoundPlayer '{path}').PlaySync()"`"""


def _install(content: PackContent) -> str:
    """One line a player, for those that the pack has a sound for."""
    sounds = content.sounds
    players = [
        ("ccbell", "the ccbell client", any(sound.ccbell_event in EVENTS for sound in sounds)),
        ("cesp", "peon-ping and other OpenPeon (CESP) players", any(sound.cesp_category for sound in sounds)),
        ("claude-code", "Claude Code alone, no plugin needed", any(sound.claude_event for sound in sounds)),
    ]
    lines = [f"{f'python3 {SCRIPT} --for {name}':<38}  # {who}" for name, who, plays in players if plays]
    if not lines:
        return ""
    commands = "\n".join(lines)
    return f"""## Install

One line in a terminal, in the folder of this file; it needs Python 3.9 or newer and nothing else:

```sh
{commands}
```

The zip can do it too, without being unpacked: `python3 …/the-file.zip --for …`. It copies what the player
needs to where the player looks, and changes the player's config after a backup. With `--dry-run` it says
what it would do and does nothing; with `--uninstall` it takes out again what it put in. To update, install
the newer pack. Below is how to do the same by hand."""


def _ccbell(content: PackContent) -> str:
    if not any(sound.ccbell_event in EVENTS for sound in content.sounds):
        return ""
    folder, name = f"~/.claude/ccbell/packs/{content.name}", content.name
    template, placeholder = ccbell_config.DOCUMENT, ccbell_config.PLACEHOLDER
    return f"""## ccbell by hand

Unzip this pack into `{folder}/`. The client's config takes absolute paths only, so
fill the template with that place, in that folder:

```sh
sed -e '/"_note"/d' -e "s|{placeholder}|$PWD|g" {template} > filled.json
```

If you have no `~/.claude/ccbell.config.json` yet, copy `filled.json` there. Else add the profile `{name}`
from it to the `profiles` you have and set `activeProfile` to `{name}`; leave everything else as it is. For
one event that it does not know, or one number out of range, the client drops the whole config without a
word and plays its own sounds."""


def _openpeon(content: PackContent) -> str:
    if not any(sound.cesp_category for sound in content.sounds):
        return ""
    return f"""## peon-ping and other OpenPeon (CESP) players by hand

Unzip this pack into a folder with the pack's name where players look:

- `~/.claude/hooks/peon-ping/packs/{content.name}/` when `~/.claude/hooks/peon-ping/packs/` exists,
- else `~/.openpeon/packs/{content.name}/`.

Then choose it; in peon-ping: `peon packs use {content.name}`."""


def _claude_code(content: PackContent) -> str:
    """The settings are complete: a shell runs the commands, so $HOME works there."""
    settings = _settings(content)
    if not settings:
        return ""
    return f"""## Claude Code alone by hand

Unzip this pack into `~/.claude/sounds/{content.name}/`, then merge this into `~/.claude/settings.json`
(if you have `hooks` there already, add these to them, and leave out what you do not want to hear):

```json
{json.dumps({"hooks": settings}, indent=2, ensure_ascii=False)}
```

Each command tries the players of macOS and Linux in turn, in the background, and prints nothing: what a
hook prints can end up in the conversation.{_needs(settings)}"""


def _needs(events: Iterable[str]) -> str:
    """What an older Claude Code makes of events that it does not know."""
    new = [f"`{event}`" for event in events if is_new(event)]
    if not new:
        return ""
    return f"""

A Claude Code before {written(TOLERANT)} skips the whole file for an event that it does not know: update it
first, or leave out {listed(new)}."""


def _settings(content: PackContent) -> dict[str, list[dict[str, object]]]:
    """Claude Code's ``hooks``; an event such as ``Notification:idle_prompt`` has a matcher."""
    hooks: dict[str, list[dict[str, object]]] = {}
    for sound in content.sounds:
        event, _, matcher = sound.claude_event.partition(":")
        if event:
            command = {"type": "command", "command": _command(content, sound)}
            entry: dict[str, object] = {"matcher": matcher} if matcher else {}
            hooks.setdefault(event, []).append(entry | {"hooks": [command]})
    return hooks


def _command(content: PackContent, sound: PackSound) -> str:
    path = f"$HOME/.claude/sounds/{content.name}/{sound_path(sound)}"
    return f'f="{path}"; (afplay "$f" || paplay "$f" || aplay -q "$f") >/dev/null 2>&1 &'


def _cell(words: str) -> str:
    """Somebody's words in one line of a table."""
    return " ".join(words.split()).replace("|", "\\|")
