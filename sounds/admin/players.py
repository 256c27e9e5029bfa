"""A sound in an admin list: its shape, and a button that plays it."""

from __future__ import annotations

from django.urls import reverse
from django.utils.html import format_html

from jobs.admin.made import shows_made
from sounds.models import Sound

CLEANED = "Nobody had kept it, so its files were removed; regenerate it with its seed to have it again."


def player(sound: Sound | None) -> str:
    """A button and the waveform, see ``player.js``; nothing is loaded before it is seen or played."""
    if sound is None:
        return "–"
    if sound.cleaned_at:
        return format_html('<span class="says" title="{}">cleaned up</span>', CLEANED)
    return format_html(
        '<div class="player"><button type="button" aria-label="Play {}"></button>'
        '<img src="{}" alt="" loading="lazy" width="180" height="36">'
        '<audio src="{}" preload="none"></audio></div>',
        sound,
        reverse("sounds:waveform", args=[sound.uuid]),
        reverse("sounds:audio", args=[sound.uuid, "wav"]),
    )


def try_it(theme: str, variation: str = "") -> str:
    """A button that makes an example, or finds the one that was made, and plays it; see ``try.js``."""
    return format_html(
        '<div class="try" data-theme="{}" data-variation="{}"><button type="button" class="act">'
        '<span class="material-symbols-outlined">play_arrow</span>Try it</button>'
        '<span class="says" role="status"></span></div>',
        theme,
        variation,
    )


@shows_made("sound")
def made_sound(uuid: str) -> str:
    sound = Sound.objects.filter(uuid=uuid).first()
    if sound is None:
        return "The sound that it made was deleted since."
    page = reverse("admin:sounds_sound_change", args=[sound.pk])
    return format_html('{} <a href="{}">{}, take {}</a>', player(sound), page, sound, sound.take_no)
