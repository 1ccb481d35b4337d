"""Odds in words: what is favored, open, unlikely, by fixed steps."""

import pytest

from crossblock.report import odds
from tests.report.accounted import odds as made
from tests.report.accounted import pair

OPEN = made(H1=0.01, H3a=0.59, H5=0.40)


@pytest.mark.parametrize(
    ("p", "said"),
    [
        ({"H1": 0.01, "H3a": 0.59, "H5": 0.40},
         "2 of 3 accounts stay open; glutamate only (H1) is unlikely"),
        ({"H1": 0.3, "H3a": 0.3, "H5": 0.4}, "All 3 accounts stay open"),
        ({"H1": 0.03, "H3a": 0.03, "H5": 0.94},
         "1 of 3 accounts stays open; glutamate only (H1) and gated by opioid tone (H3a) "
         "are unlikely"),
        ({"H1": 0.02, "H3a": 0.02, "H5": 0.96},
         "The studies favor expectancy via opioids (H5) over every other account"),
    ],
)  # fmt: skip
def test_standing_follows_the_steps(p: dict[str, float], said: str) -> None:
    assert odds.standing(made(**p)) == said


def test_the_most_probable_is_named_with_what_it_cannot_be_told_from() -> None:
    pairs = (pair("H1", "H3a", 1 / 59), pair("H3a", "H5", 1.5))
    assert odds.headline(OPEN, pairs).endswith("do not distinguish it from H5")
    apart = (pair("H3a", "H5", 9.0),)
    assert odds.headline(OPEN, apart).endswith("H3a is ahead of the others")


def test_bars_carry_their_monte_carlo_range() -> None:
    drawn = odds.figure(OPEN)
    for words in ("H1 · glutamate only", "59\u202f% (47 to 71\u202f%)",
                  "probability after all fitted studies"):  # fmt: skip
        assert f">{words}<" in drawn.svg
        assert f">{words}<" in drawn.narrow
    assert drawn.table.rows[1][:4] == (
        "H3a: gated by opioid tone", "33\u202f%", "59\u202f%", "47 to 71\u202f%"
    )  # fmt: skip


@pytest.mark.parametrize(
    ("p", "said"),
    [(0.0004, "<\u202f0.1\u202f%"), (0.012, "1.2\u202f%"), (0.5, "50\u202f%"),
     (0.995, "99.5\u202f%"), (0.9996, ">\u202f99.9\u202f%"), (0.0, "0.0\u202f%")],
)  # fmt: skip
def test_no_probability_is_rounded_to_certainty(p: float, said: str) -> None:
    assert odds.share(p) == said


def test_every_account_is_explained() -> None:
    assert set(odds.CLAIMS) == set(odds.ACCOUNTS)
    assert [r[0][:2] for r in odds.claims(OPEN).rows] == ["H1", "H3", "H5"]
