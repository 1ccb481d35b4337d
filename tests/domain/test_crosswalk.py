import math

import pytest

from crossblock.core.errors import CatalogError, RatingsError
from crossblock.domain.crosswalk import Crosswalk

ROWS = (
    {"a": (0.0, 0.0), "b": (0.0, 1.0)},
    {"a": (1.0, 1.0), "b": (2.0, 3.0)},
    {"a": (2.0, 2.0), "b": (2.0, 3.0)},
    {"a": (3.0, 3.0), "b": (4.0, 5.0)},
)


def build(**changes: object) -> Crosswalk:
    fields: dict[str, object] = {
        "id": "ab",
        "name": "A and B",
        "instruments": ("a", "b"),
        "rows": ROWS,
        "error": {"a": 0.5, "b": 1.0},
        "facts": {},
        "sources": {},
    }
    return Crosswalk(**{**fields, **changes})  # type: ignore[arg-type]


def test_a_conversion_carries_the_range_and_the_error_of_both_scales():
    found = build().convert(1, "a", "b")
    # slope between the rows around: (2.5 - 0.5) / (2 - 0) = 1
    assert (found.value, found.low, found.high) == (2.5, 2.0, 3.0)
    assert found.error == pytest.approx(math.hypot(1.0, 1.0 * 0.5))
    assert found.lower == 0.0  # cut at the end of the scale: 2 - 1.96 * 1.118 < 0
    assert found.upper == 5.0  # 3 + 1.96 * 1.118 > 5
    half = build().convert(1, "a", "b", level=0.5)
    assert half.upper == pytest.approx(3 + 0.6744898 * half.error)


def test_two_rows_with_one_span_give_both():
    found = build().convert(3, "b", "a")
    assert (found.low, found.high, found.value) == (1.0, 2.0, 1.5)


def test_a_prorated_score_belongs_to_the_row_that_has_begun():
    assert build().convert(1.7, "a", "b").value == 2.5


def test_a_wider_level_gives_a_wider_interval():
    narrow, wide = (build().convert(2, "a", "b", level) for level in (0.5, 0.9))
    assert wide.lower < narrow.lower < narrow.upper < wide.upper


@pytest.mark.parametrize("value", [-1, 4, math.nan, math.inf])
def test_scores_outside_the_table_are_refused(value):
    with pytest.raises(RatingsError, match="no such score"):
        build().convert(value, "a", "b")


def test_unknown_instruments_are_refused():
    with pytest.raises(RatingsError, match="does not hold"):
        build().convert(1, "a", "c")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"rows": (ROWS[0], ROWS[3])}, "without gap"),
        ({"rows": (ROWS[1], ROWS[0])}, "without gap"),
        ({"rows": ({"a": (0.0, 3.0)},)}, "lacks a span"),
        ({"error": {"a": 1.0}}, "measurement error"),
    ],
)
def test_a_table_with_holes_is_refused(changes, words):
    with pytest.raises(CatalogError, match=words):
        build(**changes)
