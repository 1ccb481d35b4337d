"""The two-period crossover: complete pairs in closed form, and the terms shown beside it.

With half period differences h_i = (y_i1 - y_i2) / 2, the period-adjusted effect of test minus
reference is the two-sample difference of h between the sequences (test first minus reference
first); the period effect is the same with the sign of h turned by sequence; carryover is the
difference of the sequences' totals y_i1 + y_i2. In this design carryover, sequence and
treatment-by-period are one and the same contrast: it is shown with what it could have detected and
never chooses the analysis.
Source: Senn, Cross-over Trials in Clinical Research, 2nd ed. (2002), chapter 3.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from crossblock.core.errors import DesignError, Problem
from crossblock.domain.result import Estimate, Method, Reference
from crossblock.domain.table import AnalysisTable
from crossblock.kernels.ttest import TTest, two_sample
from crossblock.stats.power import detectable_effect
from crossblock.stats.student import student

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

SENN = Reference(
    key="senn2002",
    text="Senn S. Cross-over Trials in Clinical Research. 2nd ed. Chichester: Wiley; 2002.",
    doi="10.1002/0470854596",
)
PAIRS = Method(
    name="complete pairs",
    sentence=(
        "Among participants rated after both conditions, the difference between conditions was "
        "adjusted for period by comparing half period differences between the two sequences "
        "(two-sample t)."
    ),
    references=(SENN,),
)
CARRYOVER = Method(
    name="carryover",
    sentence=(
        "Carryover, which in this design cannot be told from a sequence effect, was estimated from "
        "the participants' totals; it was shown with what this study could have detected and did "
        "not decide which analysis was used."
    ),
    references=(SENN,),
)


@dataclass(frozen=True, kw_only=True, eq=False)
class TwoPeriods:
    """The complete pairs of a two-period comparison of two conditions.

    first, second   float64 (B, n), scores in period order
    complete        bool (B, n), rated in both periods, once under each condition
    test_first      bool (B, n), the test condition came first
    """

    first: Floats
    second: Floats
    complete: Bools
    test_first: Bools


def two_periods(table: AnalysisTable, test: str, reference: str) -> TwoPeriods:
    """Return the complete pairs of `test` against `reference`.

    Raises `DesignError` when the design has another number of periods or lacks a condition.
    """
    if table.y.shape[-1] != 2:
        raise DesignError(
            Problem(
                what=f"this study has {table.y.shape[-1]} periods, not two",
                why="half period differences are defined for two periods",
                fix="use the mixed model, which takes any number of periods",
            )
        )
    for name in (test, reference):
        if name not in table.conditions:
            raise DesignError(
                Problem(
                    what=f"condition {name} is not in this study",
                    fix=f"conditions are {', '.join(table.conditions)}",
                )
            )
    t, r = table.conditions.index(test), table.conditions.index(reference)
    one, two = table.condition[..., 0], table.condition[..., 1]
    test_first, reference_first = (one == t) & (two == r), (one == r) & (two == t)
    complete = table.observed.all(axis=-1) & (test_first | reference_first)
    return TwoPeriods(
        first=table.y[..., 0], second=table.y[..., 1], complete=complete, test_first=test_first
    )


def treatment(pairs: TwoPeriods) -> TTest:
    """Return test minus reference, adjusted for period, for every trial."""
    half = (pairs.first - pairs.second) / 2.0
    return two_sample(half, pairs.complete & pairs.test_first, pairs.complete & ~pairs.test_first)


def period(pairs: TwoPeriods) -> TTest:
    """Return period 1 minus period 2, adjusted for treatment, for every trial."""
    cross = np.where(pairs.test_first, 1.0, -1.0) * (pairs.first - pairs.second) / 2.0
    return two_sample(cross, pairs.complete & pairs.test_first, pairs.complete & ~pairs.test_first)


def carryover(pairs: TwoPeriods) -> TTest:
    """Return the difference of sequence totals (test first minus reference first)."""
    total = pairs.first + pairs.second
    return two_sample(total, pairs.complete & pairs.test_first, pairs.complete & ~pairs.test_first)


def detectable(df: float, power: float = 0.80, level: float = 0.95) -> float:
    """Return the smallest difference, in standard errors, that a t test of `df` sees."""
    n = df + 1.0  # one sample of n with SD sqrt(n) has standard error 1
    return detectable_effect(n, math.sqrt(n), power=power, alpha=1.0 - level)


def detectable_sd(n: int, power: float = 0.80) -> float:
    """Return the smallest effect, in SDs of the within-person difference, that n pairs detect.

    Period-adjusted, sequences as equal as possible: se = SD sqrt(1/n1 + 1/n2) / 2, df = n - 2.
    """
    n1, n2 = n // 2, n - n // 2
    return detectable(n - 2, power) * 0.5 * float(np.sqrt(1.0 / n1 + 1.0 / n2))


def estimate(
    t: TTest, *, label: str, n_by_sequence: dict[str, int], model: str, method: Method | None = None
) -> Estimate:
    """Turn the closed-form result of one trial into an `Estimate` with its 95 % interval.

    Raises `DesignError` when the data cannot carry it: too few people, one sequence only, or
    scores that do not vary.
    """
    value, se, df = float(t.estimate[0]), float(t.se[0]), float(t.df[0])
    n = sum(n_by_sequence.values())
    if df <= 0 or min(n_by_sequence.values(), default=0) == 0:
        raise DesignError(
            Problem(
                what=f"too few complete pairs for {label}",
                value=", ".join(f"{k}: {v}" for k, v in n_by_sequence.items()),
                why="at least one pair in each sequence and three in all are needed",
                fix="check the visit and the conditions, or use every participant (mixed model)",
            )
        )
    if se == 0.0:
        raise DesignError(
            Problem(
                what=f"the differences behind {label} are all equal",
                why="without variation there is no standard error",
                fix="check that the scores were not filled in",
            )
        )
    return student(label, value, se, df, n, n_by_sequence=n_by_sequence, model=model, method=method)
