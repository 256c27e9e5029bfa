"""Words that find sounds, whatever happens to them."""

from __future__ import annotations

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sounds import search
from sounds.models import Sound
from tests.support.library import a_sound
from tests.support.studio import about_sqlite

pytestmark = pytest.mark.django_db

MANY = settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
WORDS = st.lists(
    st.text(st.sampled_from("abcxyzäöüéçñßαβγжщ日本鐘0189_"), min_size=1, max_size=8), min_size=1, max_size=4
)


def found(text: str) -> list[str]:
    return [sound.title for sound in search.matching(Sound.objects.order_by("id"), text)]


def is_sound() -> bool:
    """Whether the index says what the table does; SQLite looks at every row."""
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {search.INDEX}({search.INDEX}, rank) VALUES ('integrity-check', 1)")
    return True


@given(words=WORDS, data=st.data())
@MANY
def test_a_sound_is_found_by_its_words_in_any_order_and_by_how_they_begin(words, data):
    Sound.objects.all().delete()
    a_sound(" ".join(words))
    a_sound("another")
    shuffled = data.draw(st.permutations(words))
    begun = [word[: data.draw(st.integers(1, len(word)))] for word in shuffled]
    begun = [word for word in begun if word.strip("_")]
    assert not begun or " ".join(words) in found(" ".join(begun))


@given(text=st.text(max_size=200))
@MANY
def test_no_text_breaks_it(text):
    a_sound("bell")
    found(text)


@pytest.mark.parametrize("text", ["", " ", "\0", '"', "*", "()", "🔔", "- -", "\ud800"])
def test_what_has_no_words_finds_nothing(text):
    a_sound("bell")
    assert found(text) == []


@pytest.mark.parametrize("text", ["bell\0gong", 'bell"gong', "bell*gong", "bell-gong", "gong:bell"])
def test_what_stands_between_words_parts_them(text):
    a_sound("bell and gong")
    assert found(text) == ["bell and gong"]


@about_sqlite
def test_the_index_follows_every_change_and_is_whole():
    sounds = [a_sound(f"bell {number}", tags=("warm",)) for number in range(4)]
    sounds[0].note(tags=["cold"])
    Sound.objects.filter(pk=sounds[1].pk).update(title="gong")
    sounds[1].refresh_from_db()
    sounds[1].index()
    sounds[2].delete()
    Sound.objects.filter(pk=sounds[3].pk).delete()
    assert found("cold") == ["bell 0"] and found("gong warm") == ["gong"]
    assert found("bell") == ["bell 0", "gong"], "it was made from that word"
    assert is_sound()


@about_sqlite
def test_a_table_made_anew_has_its_index_again():
    a_sound("bell")
    with connection.cursor() as cursor:
        for name in search._TRIGGERS:
            cursor.execute(f"DROP TRIGGER {name}")
    a_sound("gong")
    assert found("gong") == []
    search.prepare()
    search.prepare()
    assert found("gong") == ["gong"] and found("bell") == ["bell"] and is_sound()


def test_it_narrows_what_it_is_given():
    a_sound("bell", hook="idle")
    a_sound("bell two")
    assert search.matching(Sound.objects.filter(hook="idle"), "bell").count() == 1
