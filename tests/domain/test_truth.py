import pytest

from crossblock.core.errors import InputError
from crossblock.domain.truth import Generator
from crossblock.load.people import truth


def test_values_are_set_within_their_range_and_remembered() -> None:
    told = truth().with_values({"icc": 0.8}).with_values({"fraction": 1.0})
    assert (told["icc"], told["fraction"]) == (0.8, 1.0)
    assert told.set == ("icc", "fraction")
    assert truth()["icc"] == 0.5
    assert told.generator is Generator.MECHANISTIC


def test_everything_out_of_range_is_said_at_once() -> None:
    with pytest.raises(InputError) as refused:
        truth().with_values({"icc": 2.0, "fraction": -0.1, "fall": float("inf")})
    assert len(refused.value.problems) == 3
    assert "between 0 and 1" in refused.value.problems[0].why


def test_a_misspelled_number_is_answered_with_the_nearest() -> None:
    with pytest.raises(InputError, match="did you mean expectancy"):
        truth().with_values({"expectency": 1.0})


def test_what_nobody_read_stays_visible() -> None:
    amber = {a.path: a for a in truth().amber}
    assert "session_cv" in amber
    assert "response_active" not in amber  # read in an abstract
    assert amber["mood_sd"].value.endswith("point")
