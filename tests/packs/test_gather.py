"""What is said of a pack as a whole."""

from __future__ import annotations

import pytest

from packs.formats.cesp_rules import licence_parts
from packs.gather import licence_of
from sounds.models import Sound


@pytest.mark.parametrize(
    "licences, whole",
    [
        (["CC0-1.0", "CC0-1.0"], "CC0-1.0"),
        (["MIT", "CC0-1.0"], "CC0-1.0 AND MIT"),
        (["MIT OR Apache-2.0"], "MIT OR Apache-2.0"),
        (["MIT OR Apache-2.0", "CC0-1.0"], "(MIT OR Apache-2.0) AND CC0-1.0"),
        (["MIT AND CC0-1.0", "CC0-1.0"], "CC0-1.0 AND MIT"),
        (["(MIT OR ISC) AND CC0-1.0", "CC0-1.0"], "((MIT OR ISC) AND CC0-1.0) AND CC0-1.0"),
        ([], ""),
    ],
)
def test_the_licence_of_the_whole_is_an_expression_that_means_all_of_them(licences, whole):
    said = licence_of([Sound(licence=licence) for licence in licences])
    assert said == whole
    assert not said or licence_parts(said)
