import numpy as np

from crossblock.domain.table import AnalysisTable
from crossblock.stats.derive import derive
from tests.stats.test_derive import study


def table() -> AnalysisTable:
    ratings, codes = study()
    return derive(ratings, codes, instrument="madrs", visit="day1", conditions=("A", "B"))


def test_a_cell_is_the_score_under_one_condition() -> None:
    score, seen = table().cell("B")
    assert score.shape == seen.shape == (2, 3)
    assert score[0, 0] == table().y[0, 0, 1]  # B came second


def test_a_repeated_condition_gives_its_mean() -> None:
    t = table()
    object.__setattr__(t, "condition", np.zeros_like(t.condition))
    score, _ = t.cell("A")
    assert score[0, 0] == t.y[0, 0].mean()
