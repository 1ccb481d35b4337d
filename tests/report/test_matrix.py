"""Matrices: words on a shade."""

import pytest

from crossblock.report import matrix
from crossblock.report.figure import Words
from crossblock.report.matrix import Cell, Row
from tests.report.test_theme import contrast

WORDS = Words(title="Four cells win", subtitle="read", description="designs", sentence="They do.")


def test_words_carry_the_meaning_at_both_widths() -> None:
    rows = [
        Row(label="two cells", cells=(Cell(text="5 %", share=0.05), Cell(text="?", share=None)))
    ]
    figure = matrix.figure(
        id="m", columns=("direct v gated", "partial v complete"), rows=rows, words=WORDS
    )
    for drawn in (figure.svg, figure.narrow):
        assert ">5 %<" in drawn
        assert ">?<" in drawn
        assert ">two cells<" in drawn
    assert figure.table.rows == (("two cells", "5 %", "?"),)


def test_words_stay_legible_on_every_shade() -> None:
    for share in (None, 0.0, 0.2, 0.4, 0.6, 0.8, 1.0):
        ground, ink = matrix.shade(share)
        assert contrast(ground, ink) >= 4.5


def test_a_short_row_is_refused() -> None:
    with pytest.raises(ValueError, match="does not have 2 cells"):
        matrix.figure(id="m", columns=("a", "b"), rows=[Row(label="x", cells=())], words=WORDS)


def test_long_names_wrap_beside_the_cells_and_above_them() -> None:
    long = "without a study of thirty people in which only responders were told"
    figure = matrix.figure(
        id="m",
        columns=("one", "a column with a name that takes several lines"),
        rows=[Row(label=long, cells=(Cell(text="5", share=0.1), Cell(text="6", share=0.9)))],
        words=WORDS,
    )
    for drawn in (figure.svg, figure.narrow):
        assert long not in drawn
        assert ">without a study of thirty" in drawn
