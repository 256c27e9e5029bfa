"""A sound in an admin list: its shape, and a button that plays it."""

from __future__ import annotations

from django.urls import reverse
from django.utils.html import format_html

from sounds.models import Sound


def player(sound: Sound | None) -> str:
    """Waveform and audio element; nothing is loaded before it is seen or played."""
    if sound is None:
        return "–"
    return format_html(
        '<div class="player"><img src="{}" alt="waveform" loading="lazy" width="180" height="36">'
        '<audio src="{}" controls preload="none"></audio></div>',
        reverse("sounds:waveform", args=[sound.uuid]),
        reverse("sounds:audio", args=[sound.uuid, "wav"]),
    )
