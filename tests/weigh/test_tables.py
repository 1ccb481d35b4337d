from functools import cache
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.special import ndtr
from scipy.stats import binom, ttest_rel

from crossblock.stats.selection import regression_to_the_mean
from crossblock.weigh.tables import (
    Axes,
    Event,
    EventTable,
    contrast_table,
    event_table,
    paired_significant,
    signed_root,
)

NODE = Axes(
    place=(0.0, 1.0),
    gap=(0.0, 1.0, 2.0),
    ratio=(1.0, 1.5),
    scale=(0.2, 0.3),
    spread=(0.2, 0.3),
    correlation=(0.0, 0.5),
)


def at(*x: float) -> tuple[np.ndarray, ...]:  # type: ignore[type-arg]
    return tuple(np.array([v]) for v in x)


def test_probabilities_of_all_outcomes_sum_to_one_and_events_are_their_sums() -> None:
    table = event_table(8, axes=NODE, trials=400)
    assert np.allclose(table.p.sum(axis=(-2, -1)), 1.0)
    here = at(0.5, 0.3, 0.2, 0.2, 0.5)
    whole = table.everything(here)
    some = np.exp(table.log_probability(Event(responders=4, among_responders=True), here))
    assert abs(whole[0, 4, 1, :].sum() - some[0]) < 1e-3
    assert abs(np.exp(table.log_probability(Event(), here)) - 1.0)[0] < 1e-3


def test_responders_are_binomial_and_the_null_is_found_at_its_level() -> None:
    table = event_table(10, axes=NODE, trials=4000)
    whole = table.everything(at(0.5, 0.5, 0.2, 0.2, 0.5))[0]
    assert np.allclose(whole.sum(axis=(1, 2)), binom.pmf(np.arange(11), 10, 0.5), atol=1e-12)
    assert abs(whole[:, :, 1].sum() - 0.025) < 0.01  # everybody: one direction of two-sided 5 %
    assert whole[:, 1, :].sum() > 0.05  # responders only: selection alone finds more


def test_selection_manufactures_what_its_closed_form_says() -> None:
    """The simulated fall of selected responders shrinks by (1 - icc) SD phi(z) / p."""
    rng = np.random.default_rng(2)
    z = rng.standard_normal((200_000, 2))
    first = 0.5 + 0.2 * z[:, 0]
    second = 0.5 + 0.2 * (0.5 * z[:, 0] + np.sqrt(0.75) * z[:, 1])
    who = first >= 0.5
    found = (first - second)[who].mean()
    assert abs(found - regression_to_the_mean(0.5, 0.5, 0.2)) < 0.002


def test_the_paired_test_is_the_paired_t_test() -> None:
    rng = np.random.default_rng(3)
    d = 0.4 + rng.standard_normal((300, 9))
    everybody = np.ones_like(d, dtype=bool)
    found = paired_significant(d, everybody, np.full(300, 9))
    p = np.array([ttest_rel(row, np.zeros(9)).pvalue for row in d])
    assert np.array_equal(found == 1, (p < 0.05) & (d.mean(axis=1) > 0))
    nobody = paired_significant(d, ~everybody, np.zeros(300, dtype=int))
    assert nobody.sum() == 0


def test_the_contrast_is_the_f_of_a_model_with_the_participant_alone() -> None:
    """One simulated data set against ordinary least squares with a column for each person."""
    rng = np.random.default_rng(4)
    n = 26
    before = rng.normal(0, 0.15, (2, n))
    lost = np.stack([0.4 + 0.2 * rng.standard_normal(n), 0.2 + 0.2 * rng.standard_normal(n)])
    t = signed_root(before[:1], before[1:], lost[:1], lost[1:])[0]
    y = np.concatenate([before[0], before[0] - lost[0], before[1], before[1] - lost[1]])
    person = np.tile(np.eye(n), (4, 1))
    time = np.repeat([0, 1, 0, 1], n)
    condition = np.repeat([0, 0, 1, 1], n)
    X = np.column_stack([person, time, condition, time * condition])
    beta, residual = np.linalg.lstsq(X, y, rcond=None)[:2]
    df = 4 * n - n - 3
    covariance = residual[0] / df * np.linalg.inv(X.T @ X)
    assert abs(t - beta[-1] / np.sqrt(covariance[-1, -1])) < 1e-9


def test_the_statistic_grows_with_the_difference() -> None:
    table = contrast_table(26, axes=NODE, trials=500)
    none, some = (table.at(at(0.5, m, 0.2, 0.2, 0.0)) for m in (0.5, 0.3))
    assert abs(none[0][0]) < 0.1
    assert some[0][0] > none[0][0] + 1.5
    # independent sessions of equal spread, baselines aside: the noncentral mean is near d / se
    assert some[0][0] < 0.2 / (0.2 * np.sqrt(2 / 26)) * 1.6


def test_tables_are_kept(tmp_path: Path) -> None:
    one = event_table(5, axes=NODE, trials=50, folder=tmp_path)
    two = event_table(5, axes=NODE, trials=50, folder=tmp_path)
    assert np.array_equal(one.p, two.p)
    assert len(list(tmp_path.iterdir())) == 1


@cache
def full() -> EventTable:
    return event_table(12)


def studies(n: int, mo: float, mb: float, so: float, sb: float, r: float) -> NDArray[np.float64]:
    """Return P of every outcome (n + 1, 2, 2) from studies simulated person by person."""
    rng, count = np.random.default_rng(6), 40_000
    z = rng.standard_normal((2, count, n))
    open_ = np.minimum(mo + so * z[0], 1.0)
    blocked = np.minimum(mb + sb * (r * z[0] + np.sqrt(1 - r * r) * z[1]), 1.0)
    who, d = open_ >= 0.5, open_ - blocked
    k = who.sum(axis=1)
    everybody = paired_significant(d, np.ones_like(who), np.full(count, n))
    cell = np.ravel_multi_index((k, paired_significant(d, who, k), everybody), (n + 1, 2, 2))
    return np.bincount(cell, minlength=4 * (n + 1)).reshape(n + 1, 2, 2) / count


@pytest.mark.parametrize(
    "here",
    [
        (0.56, 0.27, 0.18, 0.16, 0.33),
        (0.64, 0.60, 0.25, 0.25, 0.26),
        (0.45, 0.10, 0.33, 0.21, 0.60),
        (0.85, 0.60, 0.13, 0.17, 0.12),
        (0.30, 0.28, 0.40, 0.42, 0.80),
    ],
)
def test_between_nodes_the_table_says_what_simulated_studies_do(here: tuple[float, ...]) -> None:
    """Total variation below 0.06; sums to 1. On the log scale, the sums were as low as 0.34."""
    p = full().everything(at(*here))[0]
    assert abs(p.sum() - 1.0) < 1e-9
    assert np.abs(p - studies(12, *here)).sum() / 2.0 < 0.06


def test_the_test_on_sums_is_the_paired_t_test() -> None:
    rng = np.random.default_rng(8)
    d = 0.3 + rng.standard_normal((400, 10))
    who = rng.random(d.shape) < 0.6
    found = paired_significant(d, who, who.sum(axis=1))
    for row, mine, said in zip(d, who, found, strict=True):
        few = row[mine]
        wanted = len(few) > 1 and few.mean() > 0 and ttest_rel(few, 0 * few).pvalue < 0.05
        assert said == wanted


def test_beyond_the_grid_the_edge_holds() -> None:
    table = event_table(5, axes=NODE, trials=200)
    node = table.everything(at(0.7, 0.7, 0.2, 0.3, 0.5))[0]
    assert np.allclose(
        node, table.p[1, 0, 1, 1, 0] * binom.pmf(np.arange(6), 5, ndtr(1.0))[:, None, None]
    )
    beyond = table.everything(at(0.7, 0.9, 0.2, 0.3, 0.5))[0]
    assert np.allclose(beyond, node)
