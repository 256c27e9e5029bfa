from __future__ import annotations

import pytest

from sounds.audio.profile import PROFILES, profile_named


def test_there_is_a_profile_for_notifications():
    assert profile_named("notification").ceiling_dbtp == -1.5
    assert PROFILES["notification"].name == "notification"


def test_an_unknown_profile_is_refused_in_a_sentence():
    with pytest.raises(ValueError, match="no mastering profile 'loop'; there is notification"):
        profile_named("loop")
