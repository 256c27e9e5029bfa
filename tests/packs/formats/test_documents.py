from __future__ import annotations

import pytest

from packs.formats.documents import Findings, Key, as_json, check_keys, matching, text


def test_a_table_of_keys_says_what_is_missing_wrong_and_too_much():
    keys = (
        Key("name", "a word", matching("[a-z]+"), True),
        Key("note", "at most 3 characters", text(3)),
    )
    findings = Findings("cesp", "x.json")
    assert check_keys({"name": "abc", "note": "abc"}, keys, findings, strict=True)
    assert not check_keys({"note": "abcd", "more": 1}, keys, findings, at="a.", strict=True)
    assert [(finding.where, finding.sentence) for finding in findings] == [
        ("x.json: a.name", "“a.name” is missing; it must be a word."),
        ("x.json: a.note", "“a.note” must be at most 3 characters, not “abcd”."),
        ("x.json: a.more", "“a.more” is no key that is allowed here; leave it out."),
    ]


def test_a_document_holds_no_number_that_json_has_not():
    with pytest.raises(ValueError, match="Out of range float"):
        as_json({"a": float("nan")})


def test_a_finding_is_one_short_line_whatever_is_quoted_in_it():
    findings = Findings("cesp", "x.json")
    findings.error("a\nb" * 99, "It says:\n" + "x" * 999)
    (finding,) = findings
    assert finding.where.isprintable() and len(finding.where) == 120
    assert finding.sentence.isprintable() and len(finding.sentence) == 400
