"""Adaptation files: read whole, and every mistake told with its place."""

import pytest

from crossblock.core.errors import CatalogError
from crossblock.load.adaptation import adaptation, read

HEAD = """schema = "crossblock/adaptation/1"
id = "x"
title = "x"
[sources.a]
text = "a source"
[parameters.half_life_A]
value = 2
unit = "d"
fixed = "no reason"
source = "a"
confidence = "assumed"
"""


def test_half_lives_arrive_in_hours():
    assert read(HEAD.encode(), "x.toml")["half_life_A"] == 48.0


def test_the_shipped_file_gives_every_number_one_prior_and_a_source():
    slow = adaptation()
    assert len(slow.parameters) > 40
    for p in slow.parameters.values():
        assert p.source.text
        assert p.prior.spread > 0 or p.prior.why


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('source = "a"', 'source = "b"', "not listed"),
        ('unit = "d"', 'unit = "kg"', "time"),
        ("value = 2", "value = 0", "more than 0"),
        ('fixed = "no reason"', "", "exactly one prior"),
        ('fixed = "no reason"', "logit_sd = 1", "does not fit"),
        ("value = 2", "valu = 2", "did you mean value"),
    ],
)
def test_mistakes_are_told(old, new, says):
    with pytest.raises(CatalogError, match=says):
        read(HEAD.replace(old, new).encode(), "x.toml")
