"""A sound in an admin list: its shape, and a button that plays it."""

from __future__ import annotations

from django.urls import reverse
from django.utils.html import format_html

from sounds.models import Sound


class PlayerMedia:
    """What a page needs that has players on it: inherit it as an admin's ``Media``."""

    css = {"all": ["sounds/admin.css"]}
    js = ["sounds/player.js"]


def player(sound: Sound | None) -> str:
    """A button and the waveform, see ``player.js``; nothing is loaded before it is seen or played."""
    if sound is None:
        return "–"
    return format_html(
        '<div class="player"><button type="button" aria-label="Play {}"></button>'
        '<img src="{}" alt="" loading="lazy" width="180" height="36">'
        '<audio src="{}" preload="none"></audio></div>',
        sound,
        reverse("sounds:waveform", args=[sound.uuid]),
        reverse("sounds:audio", args=[sound.uuid, "wav"]),
    )
