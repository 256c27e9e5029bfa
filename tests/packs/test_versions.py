from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from packs.versions import next_version, parse_version

numbers = st.integers(0, 9_999)
versions = st.tuples(numbers, numbers, numbers)


def text_of(version: tuple[int, int, int]) -> str:
    return "{}.{}.{}".format(*version)


@given(versions)
def test_three_numbers_are_read_back(version):
    assert parse_version(text_of(version)) == version


@given(versions, versions)
def test_versions_sort_as_their_numbers_do(one, other):
    assert (parse_version(text_of(one)) > parse_version(text_of(other))) == (one > other)


@given(versions, st.booleans())
def test_the_next_version_is_newer_and_of_the_same_major(version, sounds_changed):
    following = next_version(text_of(version), sounds_changed=sounds_changed)
    assert parse_version(following) > parse_version(text_of(version))
    assert parse_version(following)[0] == version[0]


@pytest.mark.parametrize(
    ("sounds_changed", "expected"),
    [(True, "1.3.0"), (False, "1.2.4")],
    ids=["new sounds are a minor version", "new text is a patch"],
)
def test_what_changed_decides_which_number_grows(sounds_changed, expected):
    assert next_version("1.2.3", sounds_changed=sounds_changed) == expected


@pytest.mark.parametrize(
    "version",
    [
        "",
        "1",
        "1.0",
        "1.0.0.0",
        "v1.0.0",
        "1.0.0-beta",
        "1.0.0+1",
        "01.0.0",
        "1.0.-1",
        " 1.0.0",
        "1.0.0\n",
        "1..0",
        "a.b.c",
        "١.٠.٠",
        "1" * 5_000 + ".0.0",
    ],
)
def test_anything_else_is_refused_in_a_sentence(version):
    with pytest.raises(ValueError, match=r"is no version; write three numbers such as 1\.0\.0\.$"):
        parse_version(version)


@given(st.text())
def test_no_text_raises_anything_but_a_value_error(text):
    try:
        assert text_of(parse_version(text)) == text
    except ValueError as error:
        assert "three numbers" in str(error)
