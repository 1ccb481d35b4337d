"""Equivalence: two one-sided tests, their exact power, and verdicts on several outcomes together.

"No difference in dissociation" needs a margin: within it the outcomes are equivalent, and only a
rejected pair of one-sided tests may say so.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from scipy.special import stdtr, stdtrit

from crossblock.core.errors import ConvergenceError, InputError, Problem
from crossblock.domain.result import Estimate, Method, Reference
from crossblock.kernels import tost as kernel

SCHUIRMANN = Reference(
    key="schuirmann1987",
    text="Schuirmann DJ. A comparison of the two one-sided tests procedure and the power approach "
    "for assessing the equivalence of average bioavailability. Journal of Pharmacokinetics and "
    "Biopharmaceutics 1987;15:657-680.",
    doi="10.1007/BF01068419",
)
PHILLIPS = Reference(
    key="phillips1990",
    text="Phillips KF. Power of the two one-sided tests procedure in bioequivalence. Journal of "
    "Pharmacokinetics and Biopharmaceutics 1990;18:137-144.",
    doi="10.1007/BF01063556",
)
SHAFFER = Reference(
    key="shaffer1986",
    text="Shaffer JP. Modified sequentially rejective multiple test procedures. Journal of the "
    "American Statistical Association 1986;81:826-831.",
    doi="10.1080/01621459.1986.10478341",
)
TOST = Method(
    name="two one-sided tests",
    sentence="Equivalence was tested by two one-sided t tests against the stated margins.",
    references=(SCHUIRMANN,),
)
JOINT = Method(
    name="joint verdicts",
    sentence="The outcomes' tests of difference and of equivalence were taken together with "
    "Shaffer's step-down procedure, which uses that at most one of each pair can be false.",
    references=(SHAFFER, SCHUIRMANN),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Equivalence:
    """Two one-sided tests of `low < difference < high`, and the interval that decides them.

    `estimate` carries the 1 - 2 alpha interval and the larger p.  `t_lower` tests against `low`
    (large is good), `t_upper` against `high` (small is good).
    """

    low: float
    high: float
    t_lower: float
    t_upper: float
    p_lower: float
    p_upper: float
    equivalent: bool
    estimate: Estimate

    @property
    def p(self) -> float:
        return max(self.p_lower, self.p_upper)


def _check_margins(low: float, high: float) -> None:
    if not (math.isfinite(low) and math.isfinite(high) and low < high):
        raise InputError(
            Problem(
                what="the equivalence margins must be two finite numbers, the lower one first",
                value=f"{low:g} to {high:g}",
                fix="for example low=-5, high=5 points",
            )
        )


def _check_estimate(value: float, se: float, df: float, label: str) -> None:
    if not (math.isfinite(value) and math.isfinite(se) and se > 0 and df > 0):
        raise InputError(
            Problem(
                what="an equivalence test needs a finite estimate, a positive standard error and "
                "degrees of freedom",
                where=label,
                value=f"{value} (standard error {se}, df {df})",
                fix="check for scores that are all equal",
            )
        )


def tost(
    value: float,
    se: float,
    df: float,
    *,
    low: float,
    high: float,
    alpha: float = 0.05,
    label: str = "difference",
    unit: str = "points",
    n: int = 0,
) -> Equivalence:
    """Test that an estimated difference lies within (low, high).

    t_L = (value - low) / se, t_U = (value - high) / se on df degrees of freedom; equivalent when
    both one-sided p are at most alpha, that is when the 1 - 2 alpha interval lies inside.
    Schuirmann (1987).
    """
    _check_margins(low, high)
    _check_estimate(value, se, df, label)
    t_lower, t_upper = (value - low) / se, (value - high) / se
    p_lower, p_upper = float(stdtr(df, -t_lower)), float(stdtr(df, t_upper))
    reach = float(stdtrit(df, 1 - alpha)) * se
    return Equivalence(
        low=low,
        high=high,
        t_lower=t_lower,
        t_upper=t_upper,
        p_lower=p_lower,
        p_upper=p_upper,
        equivalent=max(p_lower, p_upper) <= alpha,
        estimate=Estimate(
            label=label,
            value=value,
            se=se,
            df=df,
            p=max(p_lower, p_upper),
            lower=value - reach,
            upper=value + reach,
            level=1 - 2 * alpha,
            unit=unit,
            n=n,
            model="two one-sided t tests",
            method=TOST,
        ),
    )


def paired_tost(
    differences: Sequence[float], *, low: float, high: float, alpha: float = 0.05, label: str = ""
) -> Equivalence:
    """Test equivalence from paired differences (one a person), df = n - 1."""
    d = np.asarray(differences, dtype=float)
    d = d[np.isfinite(d)]
    if len(d) < 2:
        raise InputError("a paired equivalence test needs two complete pairs or more")
    se = float(np.std(d, ddof=1)) / math.sqrt(len(d))
    return tost(
        float(d.mean()),
        se,
        len(d) - 1,
        low=low,
        high=high,
        alpha=alpha,
        label=label or "paired difference",
        n=len(d),
    )


def tost_power(
    low: float, high: float, theta: float, se: float, df: float, *, alpha: float = 0.05
) -> float:
    """Return the exact power of the two one-sided tests, 0 to 1 (see `kernels.tost`)."""
    _check_margins(low, high)
    if not (se > 0 and df > 0 and 0 < alpha < 0.5):
        raise InputError("power needs a positive standard error, degrees of freedom and alpha")
    return kernel.tost_power(low, high, theta, se, df, alpha)


def tost_size(
    low: float,
    high: float,
    theta: float,
    sd: float,
    *,
    power: float = 0.8,
    alpha: float = 0.05,
    df_lost: int = 1,
    multiple: int = 1,
    most: int = 100_000,
) -> int:
    """Return the fewest pairs (a multiple of `multiple`) for exact TOST power, sd of differences.

    Standard error sd / sqrt(n), df = n - df_lost (1 paired, 2 in the 2x2 crossover).
    """
    _check_margins(low, high)
    if not low < theta < high:
        raise InputError(
            Problem(
                what="the assumed true difference lies outside the margins",
                value=f"{theta:g}",
                why="no sample size can show an equivalence that is not there",
                fix=f"assume a difference between {low:g} and {high:g}",
            )
        )
    n = multiple * math.ceil((df_lost + 1) / multiple)
    while n <= most:
        if tost_power(low, high, theta, sd / math.sqrt(n), n - df_lost, alpha=alpha) >= power:
            return n
        n += multiple
    raise ConvergenceError(f"more than {most} pairs would be needed")


class Verdict(StrEnum):
    """What one outcome's data say about the blocker's effect on it."""

    REDUCED = "reduced"
    INCREASED = "increased"
    EQUIVALENT = "equivalent within the stated margin"
    SMALL_REDUCTION = "reduced, by less than the stated margin"
    SMALL_INCREASE = "increased, by less than the stated margin"
    UNDECIDED = "undecided"


@dataclass(frozen=True, kw_only=True, slots=True)
class Judged:
    """One outcome's verdict, by itself (`alone`) and with the error of all held together (`joint`).

    The adjusted p values belong to the joint verdict.
    """

    label: str
    margin: float
    alone: Verdict
    joint: Verdict
    p_difference: float
    p_equivalence: float
    adjusted_difference: float
    adjusted_equivalence: float


def judge(outcomes: Sequence[tuple[Estimate, float]], *, alpha: float = 0.05) -> tuple[Judged, ...]:
    """Return a verdict for each (estimate, margin), with the error of all of them held together.

    `estimate` is the blocker's effect in points (negative: the score is lower with the blocker);
    the margin is symmetric, in the same points.  Each outcome has two null hypotheses, no
    difference and not equivalent, of which at most one is true: Shaffer's count of hypotheses that
    can still be true together replaces Holm's, and any false claim has probability alpha at most.
    """
    p_difference, p_equivalence = [], []
    for estimate, margin in outcomes:
        if estimate.se is None or estimate.df is None:
            raise InputError(f"{estimate.label} has no standard error to judge it by")
        both = tost(
            estimate.value,
            estimate.se,
            estimate.df,
            low=-margin,
            high=margin,
            label=estimate.label,
        )
        p_equivalence.append(both.p)
        p_difference.append(2 * float(stdtr(estimate.df, -abs(estimate.value / estimate.se))))
    adjusted = exclusive_pairs(list(zip(p_difference, p_equivalence, strict=True)))
    return tuple(
        Judged(
            label=estimate.label,
            margin=margin,
            alone=_verdict(estimate.value, d <= alpha, e <= alpha),
            joint=_verdict(estimate.value, dj <= alpha, ej <= alpha),
            p_difference=d,
            p_equivalence=e,
            adjusted_difference=dj,
            adjusted_equivalence=ej,
        )
        for (estimate, margin), d, e, (dj, ej) in zip(
            outcomes, p_difference, p_equivalence, adjusted, strict=True
        )
    )


def _verdict(value: float, different: bool, equivalent: bool) -> Verdict:
    if different and equivalent:
        return Verdict.SMALL_REDUCTION if value < 0 else Verdict.SMALL_INCREASE
    if equivalent:
        return Verdict.EQUIVALENT
    if different:
        return Verdict.REDUCED if value < 0 else Verdict.INCREASED
    return Verdict.UNDECIDED


def exclusive_pairs(pairs: Sequence[tuple[float, float]]) -> tuple[tuple[float, float], ...]:
    """Return Shaffer-adjusted p values for pairs of hypotheses that exclude each other.

    Step down through all p; each is multiplied by the number of pairs not yet rejected on both
    sides, the most hypotheses that can still be true together.  Shaffer (1986), procedure S1.
    """
    flat = sorted(
        ((float(p), i, side) for i, pair in enumerate(pairs) for side, p in enumerate(pair)),
    )
    out = [[0.0, 0.0] for _ in pairs]
    done = [0] * len(pairs)
    running = 0.0
    for p, i, side in flat:
        open_pairs = sum(d < 2 for d in done)
        running = max(running, min(1.0, open_pairs * p))
        out[i][side] = running
        done[i] += 1
    return tuple((a, b) for a, b in out)
