"""Planned, enrolled, studied and completed are four numbers."""

import pytest
from pydantic import ValidationError

from crossblock.domain.participants import Participants


def test_the_four_numbers_stand_side_by_side():
    people = Participants.model_validate(
        {"planned": 30, "enrolled": 16, "studied": 14, "completed": 12}
    )
    numbers = [getattr(people, k).value for k in ("planned", "enrolled", "studied", "completed")]
    assert numbers == [30, 16, 14, 12]


@pytest.mark.parametrize("count", [0, -3, 100_001, 2.5, "12"])
def test_a_count_is_a_whole_number_of_people(count):
    with pytest.raises(ValidationError):
        Participants.model_validate({"planned": count})
