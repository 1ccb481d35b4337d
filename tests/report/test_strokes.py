"""Lines that are no cell, and the places of their names."""

from itertools import combinations, pairwise

from hypothesis import given
from hypothesis import strategies as st

from crossblock.report import strokes
from crossblock.report.theme import CELLS


def test_plain_lines_never_borrow_the_color_of_a_cell() -> None:
    cells = {c.color for c in CELLS.values()}
    assert not cells & {color for color, _, _ in strokes.PLAIN}


def test_plain_lines_differ_without_color() -> None:
    for (_, dash, width), (_, other, wide) in combinations(strokes.PLAIN, 2):
        assert dash != other or abs(width - wide) >= 0.8


def test_a_cell_keeps_its_stroke_whatever_its_rank() -> None:
    assert strokes.stroke("blocked", 0) == strokes.stroke("blocked", 3)
    assert strokes.stroke("blocked", 0).color == CELLS["blocked"].color


@given(st.lists(st.floats(0, 280), min_size=1, max_size=8))
def test_names_stand_apart_and_inside(places: list[float]) -> None:
    moved = sorted(strokes.dodge(places, 16.0, 6.0, 274.0))
    assert moved[0] >= 6.0 - 1e-9
    assert moved[-1] <= 274.0 + 1e-9
    assert all(b - a >= 16.0 - 1e-9 for a, b in pairwise(moved))


def test_names_that_have_room_stay() -> None:
    assert strokes.dodge([20.0, 100.0], 16.0, 0.0, 280.0) == [20.0, 100.0]
