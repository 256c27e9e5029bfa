"""People, and a library for them to look through: rows without files, quickly made."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib.auth.models import Group
from django.test import Client

from accounts.models import Scope, Token, User
from sounds.models import Collection, Hook, Slot, Sound
from tests.support.briefs import a_brief

JSON = "application/json"


def somebody(name: str = "ada", *, group: str = "", **more: Any) -> User:
    """A person with a login: pass ``is_staff=True`` for one of the staff."""
    user = User.objects.create_user(name, **more)
    if group:
        user.groups.add(Group.objects.get_or_create(name=group)[0])
    return user


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def bearer(user: User, scope: Scope = Scope.READ) -> dict[str, str]:
    """The headers of a program of that person's."""
    return {"Authorization": f"Bearer {Token.objects.issue(user, name='a program', scope=scope)[1]}"}


def a_sound(title: str = "a tone", *, tags: tuple[str, ...] = (), prompt: str = "", **more: Any) -> Sound:
    """A sound as the library knows it, findable by its words; there are no files to it."""
    brief = a_brief(prompt or title, seed=more.get("seed", 1))
    facts = {
        "uuid": uuid.uuid4(), "title": title, "brief": brief.as_dict(), "fingerprint": brief.fingerprint,
        "engine": "steady", "engine_version": "1", "seed": 1, "duration_s": 0.5, "loudness_lufs": -18,
        "intended_lufs": -18, "gain_db": 0, "true_peak_dbtp": -3, "quality": 90, "licence": "CC0-1.0",
    }  # fmt: skip
    sound = Sound.objects.create(**facts | more)
    sound.note(tags=tags)
    return sound


def a_collection(owner: User | None = None, *keys: str, title: str = "Mine", **more: Any) -> Collection:
    """A collection with a slot for each of the hooks `keys`."""
    collection = Collection.objects.create(title=title, owner=owner, **more)
    for position, key in enumerate(keys or ("task_complete",)):
        hook = Hook.objects.filter(slug=key).first()
        Slot.objects.create(collection=collection, key=key, hook=hook, position=position)
    return collection


def problem(answer: Any, status: int) -> dict[str, Any]:
    """The problem that an answer tells, in the shape all of them have."""
    assert answer.status_code == status, answer.content[:500]
    assert answer["Content-Type"] == "application/problem+json"
    told = answer.json()
    assert set(told) - {"errors"} == {"type", "title", "status", "detail"}
    assert told["status"] == status and told["detail"]
    return told
