"""Target files: values as the evidence table has them, mistakes told with their place."""

import pytest

from crossblock.core.errors import CatalogError
from crossblock.load.target import read, targets

ROW = """schema = "crossblock/targets/1"
id = "x"
title = "x"
[sources.a]
text = "a study"
[[target]]
id = "one"
words = "one"
unit = "point"
value = 1.0
error = 0.5
use = "fit"
source = "a"
confidence = "read"
"""


def test_published_numbers_stand_as_printed():
    """Counts of SUSTAIN-3 table 3 and of SUSTAIN-1 (Daly 2019)."""
    value = {t.id: t.value for t in targets()}
    counts = {
        "sustain-3-on-induction": 23 / 32,
        "sustain-3-on-week-24": 12 / 32,
        "sustain-3-on-week-52": 13 / 32,
        "sustain-3-off-induction": 47 / 64,
        "sustain-3-off-week-24": 43 / 62,
        "sustain-3-off-week-52": 34 / 62,
        "sustain-1-relapse-on": 24 / 90,
        "sustain-1-relapse-off": 39 / 86,
    }
    for name, share in counts.items():
        assert value[name] == pytest.approx(share, abs=0.001), name


def test_binomial_errors_follow_from_the_counts():
    error = {t.id: t.error for t in targets()}
    for name, k, n in (("sustain-3-on-week-24", 12, 32), ("sustain-1-relapse-off", 39, 86)):
        p = k / n
        assert error[name] == pytest.approx((p * (1 - p) / n) ** 0.5, abs=0.002)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('source = "a"', 'source = "b"', "not listed"),
        ("error = 0.5", "error = 0.0", "greater than 0"),
        ('use = "fit"', 'use = "both"', "allowed words"),
    ],
)
def test_mistakes_are_told(old, new, says):
    with pytest.raises(CatalogError, match=says):
        read(ROW.replace(old, new).encode(), "x.toml")


def test_two_targets_of_one_name_are_refused():
    twice = ROW + ROW[ROW.index("[[target]]") :]
    with pytest.raises(CatalogError, match="one name"):
        read(twice.encode(), "x.toml")
