from __future__ import annotations

import shlex

from packs.installer.cli import PLAYERS
from packs.models.build import zip_name
from studio.players import install_lines


def test_each_line_gives_the_downloaded_zip_to_python_for_one_player():
    lines = [shlex.split(player.line) for player in install_lines("sci-fi", "1.2.3")]
    assert {line[-1] for line in lines} == PLAYERS.keys()
    assert all(
        line[:3] == ["python3", f"~/Downloads/{zip_name('sci-fi', '1.2.3')}", "--for"] for line in lines
    )


def test_whoever_needs_another_step_is_told():
    then = {player.name: player.then for player in install_lines("sci-fi", "1.0.0")}
    assert then["OpenPeon / CESP player"].endswith("peon packs use sci-fi")
    assert all(then.values())
