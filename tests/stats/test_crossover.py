from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossblock.core.errors import DesignError
from crossblock.domain.table import AnalysisTable
from crossblock.stats.crossover import (
    carryover,
    detectable_sd,
    estimate,
    period,
    treatment,
    two_periods,
)
from tests.stats.table import expected, two_by_two


def senn() -> AnalysisTable:
    return two_by_two(
        "senn_asthma_2x2",
        participant="subject",
        period="period",
        treatment="treatment",
        score="pef",
    )


def test_senn_asthma_effect_period_and_carryover() -> None:
    pairs = two_periods(senn(), "for", "sal")
    fit = estimate(treatment(pairs), label="for - sal", n_by_sequence={"a": 7, "b": 6}, model="")
    got = {
        "estimate for-sal": fit.value,
        "SE": fit.se,
        "t": fit.statistic,
        "df": fit.df,
        "two-sided p": fit.p,
        "95% CI lower": fit.lower,
        "95% CI upper": fit.upper,
    }
    for quantity, (value, tolerance) in expected(
        "senn_asthma_2x2", "2x2 crossover, period-adjusted"
    ).items():
        assert abs(got[quantity] - value) <= tolerance, quantity

    for name, t in [("period effect", period(pairs)), ("sequence/carryover", carryover(pairs))]:
        rows = expected("senn_asthma_2x2", name)
        assert abs(float((t.estimate / t.se)[0]) - rows["t"][0]) <= rows["t"][1]
        assert float(t.df[0]) == rows["df"][0]


def test_chow_liu_bioavailability() -> None:
    table = two_by_two(
        "chow_liu_auc_2x2",
        participant="subject",
        period="period",
        treatment="treatment",
        score="auc",
    )
    t = treatment(two_periods(table, "T", "R"))
    rows = expected("chow_liu_auc_2x2", "2x2 crossover, raw scale")
    got = {
        "T-R": t.estimate[0],
        "SE": t.se[0],
        "df": t.df[0],
        # the half differences have half the within-participant variance
        "intra-subject MSE": 2.0 * t.variance[0],
    }
    for quantity, value in got.items():
        assert abs(float(value) - rows[quantity][0]) <= rows[quantity][1], quantity


def test_detectable_effect_is_what_the_statistics_reference_states() -> None:
    # 0.90 and 0.57 SD at 12 and 26 completers (period-adjusted, 80 % power), issue D
    assert detectable_sd(12) == pytest.approx(0.90, abs=0.005)
    assert detectable_sd(26) == pytest.approx(0.57, abs=0.005)


@given(st.integers(0, 2**32 - 1))
def test_relabeling_conditions_turns_the_sign_and_nothing_else(seed: int) -> None:
    rng = np.random.default_rng(seed)
    table = replace(senn(), y=rng.normal(30, 8, senn().y.shape))
    a = treatment(two_periods(table, "for", "sal"))
    b = treatment(two_periods(table, "sal", "for"))
    assert np.allclose(a.estimate, -b.estimate, rtol=0, atol=1e-12)
    assert np.allclose(a.se, b.se, rtol=1e-12)


def test_a_row_of_a_batch_is_the_single_analysis() -> None:
    one = senn()
    rng = np.random.default_rng(3)
    y = rng.normal(30, 8, (5, *one.y.shape[1:]))
    many = AnalysisTable(
        y=y,
        observed=rng.random(y.shape) < 0.9,
        condition=np.repeat(one.condition, 5, axis=0),
        sequence=np.repeat(one.sequence, 5, axis=0),
        participants=one.participants,
        conditions=one.conditions,
        sequences=one.sequences,
    )
    batch = treatment(two_periods(many, "for", "sal"))
    for b in range(5):
        single = treatment(
            two_periods(
                replace(
                    many,
                    y=many.y[b : b + 1],
                    observed=many.observed[b : b + 1],
                    condition=many.condition[b : b + 1],
                    sequence=many.sequence[b : b + 1],
                ),
                "for",
                "sal",
            )
        )
        assert single.estimate[0] == batch.estimate[b]
        assert single.se[0] == batch.se[b]


def test_one_sequence_or_equal_scores_is_a_sentence() -> None:
    table = senn()
    only = replace(table, observed=table.observed & (table.sequence == 0)[..., None])
    pairs = two_periods(only, "for", "sal")
    with pytest.raises(DesignError, match="too few complete pairs"):
        estimate(treatment(pairs), label="x", n_by_sequence={"a": 7, "b": 0}, model="")
    flat = two_periods(replace(table, y=np.ones_like(table.y)), "for", "sal")
    with pytest.raises(DesignError, match="all equal"):
        estimate(treatment(flat), label="x", n_by_sequence={"a": 7, "b": 6}, model="")
    with pytest.raises(DesignError, match="conditions are for, sal"):
        two_periods(table, "for", "placebo")
