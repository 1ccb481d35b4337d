"""A condition has one of four cells."""

import pytest
from pydantic import ValidationError

from crossblock.domain.condition import Condition

ROW = {"id": "c", "label": "C", "cell": "open", "administrations": ["drug"]}


@pytest.mark.parametrize("cell", ["open", "blocked", "no_drug", "blocker_alone"])
def test_the_four_cells(cell):
    assert Condition.model_validate({**ROW, "cell": cell}).cell == cell


def test_another_cell_is_refused():
    with pytest.raises(ValidationError, match="no_drug"):
        Condition.model_validate({**ROW, "cell": "placebo"})
