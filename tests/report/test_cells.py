"""Cell means and their intervals."""

import math

import pytest

from crossblock.domain.analysis import CellMean, StudyAnalysis
from crossblock.domain.protocol import Protocol
from crossblock.report import cells
from crossblock.report.sides import Sides

SIDES = Sides(test="ketamine", reference="saline")


def test_half_width_is_t_times_se() -> None:
    cell = CellMean(sequence="a", period=1, condition="x", mean=0.0, sd=2.0, n=4)
    assert cells.half_width(cell) == pytest.approx(3.182446, abs=1e-6)  # t(3) in any table


def test_one_person_has_no_interval() -> None:
    cell = CellMean(sequence="a", period=1, condition="x", mean=0.0, sd=0.0, n=1)
    assert math.isinf(cells.half_width(cell))


def test_both_orders_are_named(analysis: StudyAnalysis, nimh: Protocol) -> None:
    figure = cells.figure(analysis.endpoints[0], nimh, SIDES)
    assert figure.title == "In both orders, the mean is lower after ketamine"
    assert len(figure.table.rows) == 4
    assert "ketamine, then saline, period 1 (ketamine)" in figure.sentence
