"""Row k of the batch is the single mixed model of trial k."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from crossblock.domain.table import AnalysisTable
from crossblock.stats.everybody import everybody
from crossblock.stats.participants import all_participants


def table(B: int = 25, n: int = 14, seed: int = 2) -> AnalysisTable:
    rng = np.random.default_rng(seed)
    sequence = np.broadcast_to(np.arange(n) % 2, (B, n)).astype(np.int64)
    condition = np.stack([sequence, 1 - sequence], axis=-1)
    y = rng.normal(0, 3, (B, n, 1)) + rng.normal(0, 3, (B, n, 2)) - 4.0 * (condition == 0)
    observed = np.ones(y.shape, dtype=bool)
    observed[..., 1] = rng.random((B, n)) > 0.2
    return AnalysisTable(
        y=np.where(observed, y, 0.0),
        observed=observed,
        condition=condition,
        sequence=sequence,
        participants=tuple(map(str, range(n))),
        conditions=("open", "blocked"),
        sequences=("ob", "bo"),
    )


def one(data: AnalysisTable, b: int) -> AnalysisTable:
    names = ("y", "observed", "condition", "sequence")
    return replace(data, **{name: getattr(data, name)[b : b + 1] for name in names})


def test_every_row_is_the_single_analysis() -> None:
    data = table()
    found, n = everybody(data, test="blocked", reference="open")
    for b in range(25):
        single = all_participants(one(data, b), test="blocked", reference="open", label="x")
        assert n[b] == single.n == 14
        assert found.value[b] == pytest.approx(single.value, rel=1e-8)
        assert found.se[b] == pytest.approx(single.se, rel=1e-7)
        assert found.df[b] == pytest.approx(single.df, rel=1e-6)
        assert found.p[b] == pytest.approx(single.p, rel=1e-6)


def test_people_rated_once_count() -> None:
    data = table()
    found, n = everybody(data, test="blocked", reference="open")
    pairs = data.observed.all(axis=-1).sum(axis=-1)
    assert (n > pairs).any()
    assert np.isfinite(found.se).all()


def test_a_trial_without_variation_costs_the_others_nothing() -> None:
    data = table()
    flat = replace(data, y=np.where(np.arange(25)[:, None, None] == 3, 0.0, data.y))
    found, _ = everybody(flat, test="blocked", reference="open")
    whole, _ = everybody(data, test="blocked", reference="open")
    assert not found.se[3] > 0
    keep = np.arange(25) != 3
    assert found.value[keep] == pytest.approx(whole.value[keep], rel=1e-12)
