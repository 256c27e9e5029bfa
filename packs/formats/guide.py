"""INSTALL.md: how to listen to a pack and how to put it where it plays."""

from __future__ import annotations

import json

from packs.content import PackContent, PackSound
from packs.formats import ccbell_config
from packs.formats.ccbell_rules import EVENTS
from packs.formats.files import sound_path

DOCUMENT = "INSTALL.md"


def write(content: PackContent) -> dict[str, bytes]:
    """The guide, with this pack's name and sounds in every command. It names no version: see the zip."""
    parts = [_head(content), _listen(content), _ccbell(content), _openpeon(content), _claude_code(content)]
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


def _ccbell(content: PackContent) -> str:
    known = [sound for sound in content.sounds if sound.ccbell_event in EVENTS]
    if not known:
        return ""
    folder, name = f"~/.claude/ccbell/packs/{content.name}", content.name
    events = ", ".join(f"`{event}`" for event in EVENTS)
    count = len({sound.ccbell_event for sound in known})
    template, placeholder = ccbell_config.DOCUMENT, ccbell_config.PLACEHOLDER
    return f"""## ccbell

The client has no command for packs, and its config takes absolute paths only: no `~`, nothing relative.
So the config in this pack is a template, which has to be filled with the place you put the pack.

1. Put the pack there: `mkdir -p {folder}` and unzip this pack into that folder.
2. In that folder, fill the template:

   ```sh
   sed -e '/"_note"/d' -e "s|{placeholder}|$PWD|g" {template} > filled.json
   ```

3. If you have no `~/.claude/ccbell.config.json` yet, copy `filled.json` there. If you have one, keep a copy
   of it; then add the profile `{name}` from `filled.json` to its `profiles`, and set its
   `activeProfile` to `{name}`. Leave everything else as it is.

The client knows four events ({events}); this pack has a sound for
{count} of them. Add no other event: for one that it does not know, the client drops the
whole config without a word and plays its own sounds. If you hear those, look at the paths first."""


def _openpeon(content: PackContent) -> str:
    if not any(sound.cesp_category for sound in content.sounds):
        return ""
    return f"""## peon-ping and other OpenPeon (CESP) players

Players look for packs in one of two places. Unzip this pack into a folder with the pack's name:

- `~/.claude/hooks/peon-ping/packs/{content.name}/` when `~/.claude/hooks/peon-ping/packs/` exists,
- else `~/.openpeon/packs/{content.name}/`.

Then choose it; in peon-ping: `peon packs use {content.name}`. Hooks that CESP has no category for do not
sound there."""


def _claude_code(content: PackContent) -> str:
    """The settings are complete: a shell runs the commands, so $HOME works there."""
    settings = _settings(content)
    if not settings:
        return ""
    return f"""## Claude Code alone, with its own hooks

No plugin is needed. Unzip this pack into `~/.claude/sounds/{content.name}/`, then merge this into
`~/.claude/settings.json` (if you have `hooks` there already, add these to them, and leave out what you do
not want to hear; tools start and finish often):

```json
{json.dumps({"hooks": settings}, indent=2, ensure_ascii=False)}
```

Each command tries the players of macOS and Linux in turn, in the background, and prints nothing: what a
hook prints can end up in the conversation. Hooks that your version of Claude Code does not know are its to
ignore or to report; remove them then."""


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
