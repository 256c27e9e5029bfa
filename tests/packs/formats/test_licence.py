from __future__ import annotations

import pytest

from packs.formats import licence
from tests.packs.support import with_sound


def text(content) -> str:
    return licence.write(content)["LICENSE"].decode()


def test_a_pack_of_cc0_sounds_carries_the_whole_legal_text(content):
    words = text(content)
    assert words.startswith("Creative Commons Legal Code\n\nCC0 1.0 Universal\n")
    for passage in ("Statement of Purpose", "1. Copyright and Related Rights.", "2. Waiver.",
                    "3. Public License Fallback.", "4. Limitations and Disclaimers."):  # fmt: skip
        assert passage in words
    assert words.rstrip().endswith("this CC0 or use of the Work.")


def test_a_mixed_pack_lists_each_sounds_licence_and_credit(content):
    mixed = with_sound(content, "idle", licence="CC-BY-4.0", attribution="Bell by\n  A. Ringer")
    words = text(mixed)
    assert "sounds/idle.mp3  CC-BY-4.0\n    Bell by A. Ringer\n" in words
    for sound in mixed.sounds:
        for format_ in sound.files:
            assert f"  sounds/{sound.hook}.{format_}  {sound.licence}\n" in words, "no file goes unnamed"
    assert "sounds/tool_error.wav  CC0-1.0\n" in words
    for known in ("CC-BY-4.0", "CC0-1.0"):
        assert f"{known}  https://spdx.org/licenses/{known}.html" in words
    assert words.endswith(".\n")


@pytest.mark.parametrize("own", ["LicenseRef-studio", "ask me"])
def test_a_licence_of_ones_own_has_no_address(content, own):
    words = text(with_sound(content, "idle", licence=own))
    assert f"  {own}\n" in words and f"{own}.html" not in words
