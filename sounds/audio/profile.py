"""What mastering aims at, one row a kind of sound."""

from __future__ import annotations

from dataclasses import dataclass

from sounds.audio.limit import LOOK_AHEAD_S, RELEASE_DB_PER_S


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """How one kind of sound is mastered.

    Attributes
    ----------
    high_pass_hz
        Below it there is nothing to hear, only offset and rumble that cost head-room.
    lead_in_s
        Quiet kept before the sound when it is trimmed.
    fade_in_s, fade_out_s
        Raised cosines; both end on a sample that is exactly 0.
    ceiling_dbtp
        The limiter's ceiling. Half a decibel below the −1 dBTP that the result must keep, because an
        MP3 encoder adds a little of its own.
    deepest_limiting_db
        Beyond this much the limiter is heard; a sound that would need more stays quieter than asked.
    limiters
        (Look-ahead in seconds, release in dB/s), cleanest first. The next is for clicks, which are over
        before a slow limiter has let go of their peak.
    """

    name: str
    high_pass_hz: float
    lead_in_s: float
    fade_in_s: float
    fade_out_s: float
    ceiling_dbtp: float
    deepest_limiting_db: float
    limiters: tuple[tuple[float, float], ...]


PROFILES = {
    profile.name: profile
    for profile in (
        Profile(
            name="notification",
            high_pass_hz=20.0,
            lead_in_s=0.005,
            fade_in_s=0.002,
            fade_out_s=0.030,
            ceiling_dbtp=-1.5,
            deepest_limiting_db=12.0,
            limiters=((LOOK_AHEAD_S, RELEASE_DB_PER_S), (0.0003, 5000.0)),
        ),
    )
}


def profile_named(name: str) -> Profile:
    """The row called `name`; raises ``ValueError`` naming those there are."""
    try:
        return PROFILES[name]
    except KeyError:
        known = ", ".join(sorted(PROFILES))
        raise ValueError(f"There is no mastering profile {name!r}; there is {known}.") from None
