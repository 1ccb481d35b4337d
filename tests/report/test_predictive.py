"""Predicted and found: figures in their own units, inside or outside."""

import pytest

from crossblock.report import predictive
from tests.report.accounted import FIGURES, figure


def test_published_figures_are_drawn_and_all_stand_in_the_table() -> None:
    drawn = predictive.figure(id="p", figures=FIGURES, what="figures")
    assert drawn is not None
    assert drawn.title == "2 of 3 figures lie where the model expected them"
    assert drawn.sentence.endswith("outside: A 2020, arms.")
    for words in ("ketamine, day 1: fall, points", "12.0 (5.0 to 15.0)", "outside",
                  "responders, people", "7 (1 to 12)"):  # fmt: skip
        assert f">{words}<" in drawn.svg
    assert len(drawn.table.rows) == len(FIGURES)
    assert drawn.table.rows[2][3:5] == ("", "no figure published")
    assert drawn.table.rows[4][2:4] == ("chance 30\u202f%", "no")
    assert drawn.table.rows[0][5] == "A 2020 (evidence.csv, line 7; abstract)"


def test_the_place_in_the_interval() -> None:
    assert predictive.scaled(figure(observed=5.0)) == pytest.approx(-1)
    assert predictive.scaled(figure(observed=15.0)) == pytest.approx(1)
    assert predictive.scaled(figure(observed=20.0)) == pytest.approx(2)
    assert predictive.scaled(figure(low=5.0, high=5.0)) == 0.0


@pytest.mark.parametrize(
    ("unit", "said"),
    [("share lost", "20 to 60\u202f%"), ("points", "0.2 to 0.6"), ("people", "0 to 1")],
)
def test_units_are_written_as_people_write_them(unit: str, said: str) -> None:
    assert predictive.bounds(figure(unit=unit, low=0.2, high=0.6)) == said


def test_nothing_published_is_no_picture() -> None:
    assert predictive.figure(id="p", figures=FIGURES[4:], what="figures") is None
