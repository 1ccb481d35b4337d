"""Closed-form cell means: the crossover t, the single Fieller set, exact coverage."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.special import stdtrit

from crossblock.core.errors import DesignError
from crossblock.domain.blockade import CellMeans
from crossblock.domain.table import AnalysisTable
from crossblock.domain.williams import williams
from crossblock.stats import crossover
from crossblock.stats.blockade import blockade_fraction, contrasts
from crossblock.stats.complete_cells import complete_cells, contrast, ratio

NAMES = ("open", "blocked", "blocker_alone", "no_drug")


def table(B: int, n: int, C: int, *, seed: int = 3, scale: float = 1.0) -> AnalysisTable:
    """Correlated changes in a Williams design, with period effects and a few missing ratings."""
    rng = np.random.default_rng(seed)
    rows = np.array(williams(C))
    sequence = np.arange(n)[None] % len(rows) * np.ones((B, 1), dtype=np.int64)
    condition = rows[sequence]
    mean = np.array([-13.0, -9.0, 0.5, -2.0])[:C]
    person = rng.normal(0, 3, (B, n, 1))
    y = mean[condition] + person + rng.normal(0, scale * 4, condition.shape)
    y = y + np.linspace(0, 3, condition.shape[-1])
    return AnalysisTable(
        y=y,
        observed=rng.random(y.shape) > 0.05,
        condition=condition,
        sequence=sequence,
        participants=tuple(map(str, range(n))),
        conditions=NAMES[:C],
        sequences=tuple(f"s{i}" for i in range(len(rows))),
    )


def test_two_periods_give_the_period_adjusted_t() -> None:
    data = table(50, 14, 2)
    cells = complete_cells(data, ("open", "blocked"))
    value, se = contrast(cells, np.array([-1.0, 1.0]))
    t = crossover.treatment(crossover.two_periods(data, "blocked", "open"))
    assert value == pytest.approx(t.estimate, abs=1e-12)
    assert se == pytest.approx(t.se, abs=1e-12)
    assert (cells.df == t.df).all()


@pytest.mark.parametrize("C", [2, 4])
@pytest.mark.parametrize("scale", [1.0, 6.0])
def test_every_row_is_the_single_fieller_set(C: int, scale: float) -> None:
    data = table(40, 16, C, scale=scale)
    names = NAMES[:C]
    cells = complete_cells(data, names)
    a, d = contrasts(names)
    many = ratio(cells, a, d)
    for b in range(40):
        if cells.df[b] == 0:
            continue
        one = blockade_fraction(
            CellMeans(
                cells=names,
                mean=cells.mean[b],
                covariance=cells.covariance[b],
                df=float(cells.df[b]),
            )
        )
        assert 1.0 - many.value[b] == pytest.approx(one.estimate.value, rel=1e-12)
        assert bool(many.bounded[b]) is one.fieller.bounded
        assert many.lower[b] == pytest.approx(one.fieller.lower, rel=1e-9)
        assert many.upper[b] == pytest.approx(one.fieller.upper, rel=1e-9)
        for rho in (-1.0, 0.0, 0.7, 2.0):
            assert bool(many.covers(rho)[b]) is (rho in one.fieller)


def test_period_effects_leave_the_means_where_they_are() -> None:
    plain = table(1, 16, 4)
    full = AnalysisTable(**{**vars_of(plain), "observed": np.ones_like(plain.observed)})
    shifted = AnalysisTable(
        **{**vars_of(full), "y": full.y + np.array([0.0, 5.0, -2.0, 9.0])[None, None]}
    )
    w = np.array([-1.0, 1.0, 0.0, 0.0])
    before, after = (contrast(complete_cells(t, NAMES), w) for t in (full, shifted))
    assert after[0] == pytest.approx(before[0], abs=1e-10)
    assert after[1] == pytest.approx(before[1], abs=1e-10)


def vars_of(t: AnalysisTable) -> dict[str, object]:
    return {f: getattr(t, f) for f in t.__dataclass_fields__}


def test_coverage_is_exact_when_conditions_vary_differently() -> None:
    """Two normal conditions with unequal variances: 4,000 trials of 12, 95 % within Monte Carlo."""
    rng = np.random.default_rng(11)
    B, n = 4000, 12
    person = rng.normal(13.5, 5.0, (B, n))
    open_, blocked = person + rng.normal(0, 5, (B, n)), 0.72 * person + rng.normal(0, 2, (B, n))
    sequence = np.broadcast_to(np.arange(n) % 2, (B, n)).astype(np.int64)
    condition = np.stack([sequence, 1 - sequence], axis=-1)
    both = np.stack([open_, blocked], axis=-1)
    y = np.take_along_axis(both, condition, axis=-1)
    data = AnalysisTable(
        y=y,
        observed=np.ones(y.shape, dtype=bool),
        condition=condition,
        sequence=sequence,
        participants=tuple(map(str, range(n))),
        conditions=("open", "blocked"),
        sequences=("ob", "bo"),
    )
    cells = complete_cells(data, ("open", "blocked"))
    share = ratio(cells, np.array([0.0, 1.0]), np.array([1.0, 0.0])).covers(0.72).mean()
    assert abs(share - 0.95) < 4 * math.sqrt(0.95 * 0.05 / B)


def test_one_period_makes_independent_groups() -> None:
    rng = np.random.default_rng(5)
    y = rng.normal(0, 2, (3, 9, 1)) + 5.0
    group = np.broadcast_to(np.arange(9) % 3, (3, 9)).astype(np.int64)
    data = AnalysisTable(
        y=y,
        observed=np.ones(y.shape, dtype=bool),
        condition=group[..., None],
        sequence=group,
        participants=tuple(map(str, range(9))),
        conditions=("a", "b", "c"),
        sequences=("a", "b", "c"),
    )
    cells = complete_cells(data, ("a", "b", "c"))
    value, se = contrast(cells, np.array([1.0, -1.0, 0.0]))
    groups = [y[0, group[0] == g, 0] for g in range(3)]
    pooled = sum(((g - g.mean()) ** 2).sum() for g in groups) / 6
    assert value[0] == pytest.approx(groups[0].mean() - groups[1].mean())
    assert se[0] == pytest.approx(math.sqrt(pooled * (2 / 3)))
    assert (cells.df == 6).all()
    assert stdtrit(6, 0.975) == pytest.approx(2.4469, abs=1e-4)


def test_an_uneven_crossover_is_refused() -> None:
    data = table(1, 8, 2)
    fixed = AnalysisTable(
        **{**vars_of(data), "condition": np.zeros_like(data.condition) + np.array([0, 1])}
    )
    with pytest.raises(DesignError, match="evenly"):
        complete_cells(fixed, ("open", "blocked"))


def test_too_few_people_give_the_whole_line() -> None:
    data = table(1, 2, 2)
    cells = complete_cells(data, ("open", "blocked"))
    found = ratio(cells, np.array([0.0, 1.0]), np.array([1.0, 0.0]))
    assert cells.df[0] == 0
    assert not found.bounded[0]
    assert found.covers(12.0)[0]
