"""Chances given to what happened."""

import pytest

from crossblock.report import chances
from tests.report.accounted import FIGURES


def test_only_events_with_an_outcome_are_drawn_and_failures_are_dark() -> None:
    drawn = chances.figure(id="e", figures=FIGURES)
    assert drawn is not None
    assert [r[1] for r in drawn.table.rows] == ["ketamine beats control", "significant"]
    assert drawn.table.rows[0][2:5] == ("30\u202f%", "no", "inside")
    assert drawn.table.rows[1][2:5] == ("3\u202f%", "yes", "outside")
    assert drawn.title == "1 of 2 events had been given a chance of 5\u202f% or more"
    assert ">70\u202f% given<" in drawn.svg


def test_the_chance_is_that_of_what_happened() -> None:
    no, yes = chances.events(FIGURES)
    assert chances.given(no) == pytest.approx(0.7)
    assert chances.given(yes) == pytest.approx(0.03)
    assert chances.figure(id="e", figures=FIGURES[:4]) is None
