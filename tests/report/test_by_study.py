"""Which study speaks against which account."""

import math

from crossblock.report import by_study
from tests.report.accounted import MECHANISMS


def test_cells_are_factors_against_the_account_that_expected_it_most() -> None:
    drawn = by_study.figure(MECHANISMS, {"w": "W 2018, responders", "glx": "Glx"})
    assert drawn is not None
    assert drawn.table.headers == ("Variant", "W 2018, responders", "Glx")
    assert [r[1] for r in drawn.table.rows] == [f"{math.exp(2):.1f}", "1.0", "1.0"]
    assert {r[2] for r in drawn.table.rows} == {"1.0"}
    assert drawn.title.startswith("W 2018 (responders) speaks most, against H1: 7.39 times less")


def test_without_a_study_of_mechanism_there_is_no_picture() -> None:
    assert by_study.figure((), {}) is None
