"""What the reader makes of rows."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

from jobs.stream.message import Message, encode
from jobs.stream.reader import gaps_in

NOW = datetime(2030, 1, 1, tzinfo=UTC)


def message(pk: int, age_s: float = 0) -> Message:
    return Message(pk, None, 1, None, NOW - timedelta(seconds=age_s), b"")


def test_where_ids_commit_in_any_order_gaps_are_known_by_what_follows_them():
    assert gaps_in([message(5), message(6), message(8), message(10)], 4, NOW) == {8: 2, 10: 3}
    assert gaps_in([message(6)], 4, NOW) == {6: 0}


def test_before_an_event_of_long_ago_nobody_is_waited_for():
    assert gaps_in([message(5), message(8, age_s=90), message(9)], 4, NOW) == {}


def test_an_event_of_an_older_version_is_told_as_far_as_it_goes():
    id_, data, *rest = encode(7, None, "queued", {}).decode().split("\n")
    assert (id_, rest) == ("id: 7", ["", ""])
    assert json.loads(data.removeprefix("data: "))["progress"] == 0


def test_text_cannot_break_out_of_its_message():
    text = encode(7, None, "failed", {"error": "a\n\nid: 9\r\n\u2028", "label": "\ud800"}).decode()
    assert text.count("\n") == 3 and "\r" not in text
    assert json.loads(text.split("\n")[1].removeprefix("data: "))["error"] == "a\n\nid: 9\r\n\u2028"
