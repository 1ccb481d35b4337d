import numpy as np
import pytest

from crossblock.core.errors import DesignError
from crossblock.domain.codelist import CodeList
from crossblock.domain.rating import RatingsBatch
from crossblock.stats.derive import derive


def study() -> tuple[RatingsBatch, CodeList]:
    score = np.arange(2 * 3 * 2 * 2 * 1, dtype=float).reshape(2, 3, 2, 2, 1)
    observed = np.ones(score.shape, dtype=bool)
    observed[0, 1, 1, 1, 0] = False
    ratings = RatingsBatch(
        score=score,
        observed=observed,
        enrolled=np.array([[True, True, True], [True, True, False]]),
        stratum=np.zeros((2, 3), dtype=np.int64),
        participants=("a", "b", "c"),
        visits=("before", "day1"),
        instruments=("madrs",),
    )
    codes = CodeList(
        sequence=np.array([[0, 1, -1], [1, 0, 0]]),
        sequences=("AB", "BA"),
        conditions=(("A", "B"), ("B", "A")),
    )
    return ratings, codes


def test_joins_conditions_by_sequence_and_period() -> None:
    ratings, codes = study()
    table = derive(ratings, codes, instrument="madrs", visit="day1", conditions=("A", "B"))
    assert table.condition[0].tolist() == [[0, 1], [1, 0], [-1, -1]]
    # unrated, never allocated, and padding people are unobserved
    assert table.observed[0].tolist() == [[True, True], [True, False], [False, False]]
    assert table.observed[1, 2].tolist() == [False, False]
    score, seen = table.cell("A")
    assert score[0, 0] == ratings.score[0, 0, 0, 1, 0]
    assert seen[0].tolist() == [True, False, False]


def test_change_from_the_period_baseline() -> None:
    ratings, codes = study()
    table = derive(
        ratings, codes, instrument="madrs", visit="day1", conditions=("A", "B"), baseline="before"
    )
    assert np.all(table.y[table.observed] == 1.0)


def test_an_allocation_of_another_study_is_refused() -> None:
    ratings, codes = study()
    other = CodeList(
        sequence=codes.sequence[:1], sequences=codes.sequences, conditions=codes.conditions
    )
    with pytest.raises(DesignError, match="different studies"):
        derive(ratings, other, instrument="madrs", visit="day1", conditions=("A", "B"))
