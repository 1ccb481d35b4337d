from dataclasses import replace

import numpy as np
import pytest

from crossblock.stats.blockade import blockade_fraction
from crossblock.stats.cells import cell_means
from crossblock.stats.visits import Baseline, Covariance, Model, layout
from tests.stats.test_crossover import senn
from tests.stats.test_visits import read


def test_complete_two_by_two_means_are_the_period_balanced_means() -> None:
    table = senn()
    data = layout({"day 1": table})
    cells = {"for": "open", "sal": "blocked"}
    means = cell_means(data, cells, Model(), "day 1")
    by_hand = []
    for c in range(2):
        by_period = [table.y[0, table.condition[0, :, p] == c, p].mean() for p in range(2)]
        by_hand.append(np.mean(by_period))
    # with unequal sequences the adjusted mean differs from the crude one, the difference does not
    difference = means.mean[0] - means.mean[1]
    assert difference == pytest.approx(46.60714286, abs=1e-6)  # Senn, period-adjusted
    assert means.mean == pytest.approx(by_hand, abs=3.0)
    assert means.n == 13


def test_the_fraction_of_a_noiseless_blockade_is_exact() -> None:
    table = senn()
    rng = np.random.default_rng(1)
    person = rng.normal(0, 3, table.y.shape[1])
    open_ = table.condition == table.conditions.index("for")
    y = np.where(open_, -12.0, -9.0) + person[None, :, None]
    y = y + rng.normal(0, 1e-3, y.shape)
    found = blockade_fraction(
        cell_means(
            layout({"d": replace(table, y=y)}),
            {"for": "open", "sal": "blocked"},
            Model(),
            "d",
        )
    )
    assert found.estimate.value == pytest.approx(0.25, abs=0.06)
    assert found.estimate.df == pytest.approx(11.0, abs=2.5)


def test_several_visits_have_their_own_means() -> None:
    data = read("sim_2x2_n26_3visits")
    model = Model(baseline=Baseline.CHANGE, covariance=Covariance.SESSIONS)
    means = [cell_means(data, {"A": "open", "B": "blocked"}, model, v) for v in data.visits]
    fractions = [blockade_fraction(m).estimate for m in means]
    assert len({round(f.value, 6) for f in fractions}) == 3
    assert all(f.lower < f.value < f.upper for f in fractions)
