"""What the reader makes of rows."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

from jobs.stream.message import Message, encode
from jobs.stream.reader import settled

NOW = datetime(2030, 1, 1, tzinfo=UTC)


def message(pk: int, age_s: float = 0) -> Message:
    return Message(pk, None, 1, None, NOW - timedelta(seconds=age_s), b"")


def keys(messages: list[Message]) -> list[int]:
    return [message.pk for message in messages]


def test_where_ids_commit_in_any_order_a_gap_is_waited_for():
    assert keys(settled([message(5), message(6), message(8)], 4, NOW)) == [5, 6]
    assert keys(settled([message(6)], 4, NOW)) == []


def test_a_gap_that_nobody_fills_is_passed_over():
    assert keys(settled([message(5), message(8, age_s=2), message(9)], 4, NOW)) == [5, 8, 9]


def test_an_event_of_an_older_version_is_told_as_far_as_it_goes():
    id_, data, *rest = encode(7, None, "queued", {}).decode().split("\n")
    assert (id_, rest) == ("id: 7", ["", ""])
    assert json.loads(data.removeprefix("data: "))["progress"] == 0


def test_text_cannot_break_out_of_its_message():
    text = encode(7, None, "failed", {"error": "a\n\nid: 9\r\n\u2028", "label": "\ud800"}).decode()
    assert text.count("\n") == 3 and "\r" not in text
    assert json.loads(text.split("\n")[1].removeprefix("data: "))["error"] == "a\n\nid: 9\r\n\u2028"
