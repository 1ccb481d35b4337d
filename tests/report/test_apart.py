"""Which pairs are told apart, and how far Monte Carlo error could undo it."""

from crossblock.report import apart, matrix
from tests.report.accounted import pair

PAIRS = (pair("H1", "H3a", 1 / 59), pair("H1", "H5", 3.2, error=0.3), pair("H3a", "H5", 1.5))


def test_a_factor_is_written_from_either_side() -> None:
    drawn = apart.figure(PAIRS)
    assert drawn is not None
    for words in ("59", "1/59", "3.2", "1/3.2", "1.5", "1/1.5"):
        assert f">{words}<" in drawn.svg
        assert f">{words}<" in drawn.narrow
    assert drawn.title == "These data do not distinguish them: 1 of 3 pairs"


def test_shade_tells_apart_surely_apart_perhaps_and_not() -> None:
    drawn = apart.figure(PAIRS)
    assert drawn is not None
    sure, perhaps = matrix.shade(0.65)[0], matrix.shade(0.45)[0]
    assert drawn.svg.count(f'fill="{sure}"') == 2
    assert drawn.svg.count(f'fill="{perhaps}"') == 2


def test_the_table_has_every_pair_with_its_range() -> None:
    drawn = apart.figure(PAIRS)
    assert drawn is not None
    assert drawn.table.rows[1] == ("H1", "H5", "3.2", "1.8 to 5.8", "told apart")
    assert drawn.table.rows[2][4] == "not distinguished"


def test_all_told_apart_and_no_pair_at_all() -> None:
    assert apart.finding(PAIRS[:1]) == "The data tell all 1 pairs of accounts apart"
    assert apart.figure(()) is None
