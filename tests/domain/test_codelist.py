import numpy as np
import pytest

from crossblock.core.errors import AllocationError
from crossblock.domain.codelist import CodeList


def test_conditions_follow_the_sequence_and_nobody_is_guessed() -> None:
    codes = CodeList(
        sequence=np.array([[0, 1, -1]]),
        sequences=("AB", "BA"),
        conditions=(("A", "B"), ("B", "A")),
    )
    assert codes.condition_index(("A", "B")).tolist() == [[[0, 1], [1, 0], [-1, -1]]]


def test_a_sequence_the_protocol_does_not_have_is_refused() -> None:
    with pytest.raises(AllocationError, match="does not have"):
        CodeList(sequence=np.array([[2]]), sequences=("AB",), conditions=(("A", "B"),))
    with pytest.raises(AllocationError, match="list of conditions"):
        CodeList(sequence=np.array([[0]]), sequences=("AB",), conditions=())
