"""Hooks of people's own: a name and a feeling are enough; the rest is a shipped hook's that feels so."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.utils.text import slugify

from sounds.brief import MAX_DURATION_S, MIN_DURATION_S
from sounds.models import Hook
from sounds.wish import WishError

INTENTS = {
    "task_complete": "success",
    "tool_error": "error",
    "permission_required": "question",
    "idle": "reminder",
    "prompt_submit": "acknowledgement",
    "session_start": "welcome",
    "session_end": "farewell",
    "context_limit": "warning",
    "tool_start": "tick",
}
"""Shipped hook to the feeling that it lends to others."""


def add(*, name: str, intent: str, length_s: float, claude_event: str = "") -> Hook:
    """Add a hook; raises `WishError` with a sentence for what cannot be."""
    if not any(letter.isalnum() for letter in name):
        raise WishError("Give the hook a name with letters or digits, such as “Deploy done”.", "name")
    if len(name) > 40:
        raise WishError("Shorten the name of the hook to 40 letters or fewer.", "name")
    if len(claude_event) > 60:
        raise WishError("Shorten the name of the event to 60 letters or fewer.", "event")
    slug = slugify(name).replace("-", "_") or f"hook_{Hook.objects.count() + 1}"
    if Hook.objects.filter(slug=slug).exists():
        raise WishError(_taken(slug), "name")
    model = Hook.objects.filter(slug=intent).first() if intent in INTENTS else None
    if model is None:
        raise WishError("Choose what the hook should feel like.", "intent")
    hook = Hook(
        slug=slug,
        name=name,
        description=f"Feels like {INTENTS[intent]}.",
        claude_events=[claude_event] if claude_event else [],
        intent=model.intent,
        gesture=model.gesture,
        motif=model.motif,
        length_s=length_s,
        loudness_lufs=model.loudness_lufs,
        position=1 + max(Hook.objects.values_list("position", flat=True), default=0),
    )
    hook.full_clean()
    try:
        with transaction.atomic():
            hook.save()
    except IntegrityError as error:  # added since it was looked for
        raise WishError(_taken(slug), "name") from error
    return hook


def _taken(slug: str) -> str:
    return f"There is a hook {slug} already; choose another name."


def seconds(text: str) -> float:
    """A length that somebody typed; raises `WishError`."""
    try:
        length_s = float(text.replace(",", "."))
    except ValueError:
        length_s = float("nan")
    if not MIN_DURATION_S <= length_s <= MAX_DURATION_S:
        low, high = MIN_DURATION_S, MAX_DURATION_S
        raise WishError(
            f"Choose a length from {low:g} to {high:g} seconds instead of “{text[:20]}”.", "length"
        )
    return length_s
