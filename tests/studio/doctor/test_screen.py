"""One screen, whatever was found."""

from __future__ import annotations

from django.core.management.color import no_style
from hypothesis import given
from hypothesis import strategies as st

from studio.doctor.finding import Finding, State, fail, ok
from studio.doctor.screen import MOST_LINES, screen

words = st.text("abcdefghij -/“”…", min_size=1, max_size=120).filter(lambda text: text.strip())
findings = st.builds(
    Finding,
    name=st.text("abc-", min_size=1, max_size=25),
    state=st.sampled_from(State),
    fact=words,
    todo=st.one_of(st.just(""), words),
    area=st.sampled_from(["database", "files", "queue"]),
)


@given(st.lists(findings, max_size=25), st.integers(20, 300))
def test_every_trouble_is_shown_and_no_line_is_too_wide(found: list[Finding], columns: int):
    found.sort(key=lambda one: one.area)
    text = screen(found, no_style(), columns=columns)
    width = min(max(columns - 1, 80), 100)
    if all(len(word) < 40 for one in found for word in one.todo.split()):
        assert all(len(line) <= width for line in text.splitlines())
    shown = [line for line in text.splitlines() if f"  {State.FAIL}  " in line]
    assert len(shown) >= sum(one.state is State.FAIL for one in found)


def test_a_long_list_leaves_out_what_is_well():
    found = [*(ok(f"thing {number}", "fine") for number in range(60)), fail("disk", "full", "make room")]
    lines = screen(found, no_style(), columns=100).splitlines()
    assert len(lines) <= MOST_LINES and "make room" in lines[1]
    assert lines[-1] == "1 thing to put right. 60 more are well; --json lists them."


def test_a_command_stays_on_one_line_where_it_can():
    command = ".venv/bin/python manage.py install_model stable-audio-open-small"
    text = screen([fail("model", "it is not here", command)], no_style(), columns=80)
    assert f"→ {command}\n" in text


def test_an_ascii_terminal_gets_ascii():
    text = screen([fail("a", "“b” …", "c")], no_style(), columns=80, encoding="ascii")
    assert text.isascii() and '"b" ...' in text and "> c" in text
