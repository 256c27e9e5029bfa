"""Receipts that people have edited."""

from __future__ import annotations

import pytest

from packs.installer.receipt import RECEIPT
from tests.packs.installer.support import install, load, refused, save


@pytest.mark.parametrize(
    "record",
    [
        {"events": 5},
        {"events": [[1]]},
        {"profile": 5},
        {"profile": "abc"},
        {"activeProfile": 5},
        {"profiles": []},
        {"made_file": "yes"},
    ],
)
@pytest.mark.parametrize("player", ["ccbell", "claude-code"])
def test_a_receipt_whose_record_was_edited_is_refused_in_words(good_zip, home, player, record):
    install(good_zip, player, home)
    (receipt,) = home.rglob(RECEIPT)
    document = load(receipt)
    document["config"].update(record)
    save(receipt, document)
    for options in ({}, {"uninstall": True}):
        assert "is not what the installer wrote there" in refused(good_zip, player, home, **options)
