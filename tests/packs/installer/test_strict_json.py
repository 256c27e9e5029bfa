from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from packs.installer.strict_json import dump, parse

REFUSED = [
    (b"\xef\xbb\xbf{}", "byte order mark"),
    (b'{"a": 1, "a": 1}', "names the key “a” twice"),
    (b'[{"b": {}, "b": {}}]', "names the key “b” twice"),
    (b"NaN", "holds NaN"),
    (b'{"a": -Infinity}', "holds -Infinity"),
    (b"[" * 101 + b"]" * 101, "nested too deeply"),
    (b"[" * 100_000, "nested too deeply"),
    (b"\xff", "not UTF-8"),
    (b'{"a": 1,}', "no JSON"),
    (b"", "no JSON"),
    (b"{} {}", "no JSON"),
]


@pytest.mark.parametrize(("data", "words"), REFUSED)
def test_what_readers_could_disagree_about_is_refused(data, words):
    with pytest.raises(ValueError, match=words):
        parse(data)


def test_a_hundred_levels_are_not_too_many():
    assert parse(b"[" * 100 + b"]" * 100)


documents = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
)


@given(documents)
def test_what_was_read_is_written_with_the_same_meaning(document):
    data = json.dumps(document).encode()
    assert json.loads(dump(parse(data))) == document
    assert dump(parse(dump(parse(data)))) == dump(parse(data)), "a second time nothing moves"


@pytest.mark.parametrize(
    "number", ["1.0", "1e400", "-0.10", "9" * 5_000, "0.1000000000000000055511151231257827"]
)
def test_numbers_keep_every_digit(number):
    assert dump(parse(f"[{number}]".encode())) == f"[\n  {number}\n]\n".encode()


def test_half_a_character_stays_escaped_and_a_whole_one_stays_itself():
    assert (
        dump(parse(b'{"a": "\\ud800", "b": "\xc3\xa9"}')) == b'{\n  "a": "\\ud800",\n  "b": "\xc3\xa9"\n}\n'
    )


@pytest.mark.parametrize(
    "data",
    [
        b'{\n\t"a": [\n\t\t1\n\t]\n}\n',
        b'{\n    "a": {\n        "b": []\n    },\n    "c": {}\n}',
        b'{\r\n  "a": true\r\n}\r\n',
    ],
)
def test_indentation_line_ends_and_the_last_line_stay_as_they_were(data):
    assert dump(parse(data), data) == data
