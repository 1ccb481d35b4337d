"""Forest plots: bounded, unbounded, primary and not."""

import math
import re

from crossblock.report import forest
from crossblock.report.figure import Table, Words

WORDS = Words(
    title="Three rows", subtitle="read", description="three rows drawn", sentence="Three."
)
TABLE = Table(headers=("x",), rows=(("1",),))
AXIS = forest.Axis(title="share removed", left="← none", right="all →")


def drawn(*rows: forest.Row) -> str:
    return forest.figure(id="f", rows=rows, axis=AXIS, words=WORDS, table=TABLE).svg


def row(lower: float, upper: float, **more: object) -> forest.Row:
    fixed = {"label": "one", "value": 0.4, "text": "0.4"}
    return forest.Row(lower=lower, upper=upper, **{**fixed, **more})  # type: ignore[arg-type]


def test_an_unbounded_side_runs_off_the_axis_with_a_word() -> None:
    assert drawn(row(0.1, 0.7)).count(">unbounded<") == 0
    assert drawn(row(-math.inf, 0.7)).count(">unbounded<") == 2  # the word and its white edge
    assert drawn(row(-math.inf, math.inf)).count(">unbounded<") == 4


def test_words_stand_beside_the_picture() -> None:
    text = drawn(row(0.1, 0.7, text="40 % (10 to 70)", verdict="some of it", group="All people"))
    for words in ("All people", "one", "40 % (10 to 70)", "some of it", "share removed", "← none"):
        assert f">{words}<" in text


def test_only_primary_rows_are_filled() -> None:
    first, second = (drawn(row(0.1, 0.7, primary=p)) for p in (True, False))
    assert not re.search(r'fill="#ffffff" stroke="#0072B2"', first)
    assert re.search(r'fill="#ffffff" stroke="#0072B2"', second)


def test_cells_keep_their_shapes() -> None:
    circle, square = (drawn(row(0.1, 0.7, cell=c)) for c in ("open", "blocked"))
    assert "#D55E00" in square
    assert "#D55E00" not in circle


def test_long_names_wrap_and_their_numbers_make_way_on_a_phone() -> None:
    long = "first-order autoregressive over visits within participant:period"
    figure = forest.figure(
        id="f", rows=[row(0.1, 0.7, label=long)], axis=AXIS, words=WORDS, table=TABLE
    )
    assert long not in figure.svg
    assert long not in figure.narrow
    assert "first-order autoregressive" in figure.svg


def test_a_row_without_a_number_keeps_its_words_and_draws_nothing() -> None:
    silent = drawn(row(math.nan, math.nan, value=math.nan, text="not estimable", group="A"))
    assert ">not estimable<" in silent
    assert "#0072B2" not in silent
    dot = drawn(row(math.nan, math.nan))
    assert dot.count("#0072B2") == drawn(row(0.1, 0.7)).count("#0072B2") - 1  # no line


def test_a_row_without_a_cell_is_dark_or_muted() -> None:
    assert "#0072B2" not in drawn(row(0.1, 0.7, cell=""))


def test_a_long_group_wraps_on_a_phone() -> None:
    long = "A study of thirty people, responders only, stopped at its interim look"
    figure = forest.figure(
        id="f", rows=[row(0.1, 0.7, group=long)], axis=AXIS, words=WORDS, table=TABLE
    )
    assert long in figure.svg
    assert long not in figure.narrow
