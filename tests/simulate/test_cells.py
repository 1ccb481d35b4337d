from typing import get_args

from crossblock.domain.condition import Cell
from crossblock.simulate import cells


def test_the_names_are_those_of_protocols() -> None:
    assert {cells.OPEN, cells.BLOCKED, cells.ALONE, cells.NONE} == set(get_args(Cell))
