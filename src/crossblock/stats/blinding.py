"""Blinding indices of James and of Bang, for each period and role.

In a crossover a person who notices the drug in one period can guess the other, so guesses are
summarized by period and by who guesses (participant, rater), never pooled into one number.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import ndtri

from crossblock.core.errors import InputError, Problem
from crossblock.domain.result import Estimate, Method, Reference

Floats = NDArray[np.float64]

JAMES = Reference(
    key="james1996",
    text="James KE, Bloch DA, Lee KK, Kraemer HC, Fuller RK. An index for assessing blindness in a "
    "multi-centre clinical trial: disulfiram for alcohol cessation. Statistics in Medicine "
    "1996;15:1421-1434.",
)
BANG = Reference(
    key="bang2004",
    text="Bang H, Ni L, Davis CE. Assessment of blinding in clinical trials. Controlled Clinical "
    "Trials 2004;25:143-156.",
    doi="10.1016/j.cct.2003.10.016",
)
TANGO = Reference(
    key="tango1998",
    text="Tango T. Equivalence test and confidence interval for the difference in proportions for "
    "the paired-sample design. Statistics in Medicine 1998;17:891-908.",
)
JAMES_METHOD = Method(
    name="James blinding index",
    sentence="Blinding over all conditions was summarized by the James index (1 complete blinding, "
    "0 complete unblinding) with its asymptotic interval.",
    references=(JAMES,),
)
BANG_METHOD = Method(
    name="Bang blinding index",
    sentence="Blinding within each condition was summarized by the Bang index (1 all guess right, "
    "0 as by chance, -1 all guess wrong) with normal and score intervals.",
    references=(BANG, TANGO),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Guesses:
    """Counts of guesses in one period and role.

    `counts[condition][guess]` holds people; guesses are conditions or `unsure` (do not know).
    """

    counts: Mapping[str, Mapping[str, int]]
    period: str = ""
    role: str = "participant"
    unsure: str = "do not know"

    def __post_init__(self) -> None:
        known = {*self.counts, self.unsure}
        problems = [
            Problem(
                what=f"{guess!r} is not a condition nor {self.unsure!r}",
                where=f"guesses under {condition}",
                fix=f"use one of {', '.join(sorted(known))}",
            )
            for condition, row in self.counts.items()
            for guess in row
            if guess not in known
        ]
        problems += [
            Problem(what="a count of people is 0 or more", where=condition, value=str(n))
            for condition, row in self.counts.items()
            for n in row.values()
            if n < 0
        ]
        if len(self.counts) < 2:
            problems.append(Problem(what="a blinding index needs two conditions or more"))
        if problems:
            raise InputError(*problems)

    def of(self, condition: str) -> tuple[int, int, int]:
        """Return people who guessed right, wrong, and who were unsure, under one condition."""
        row = self.counts[condition]
        right, unsure = row.get(condition, 0), row.get(self.unsure, 0)
        return right, sum(row.values()) - right - unsure, unsure

    @property
    def where(self) -> str:
        return ", ".join(
            x for x in (self.role, f"period {self.period}" if self.period else "") if x
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class BangIndex:
    """Bang's index of one condition, with its normal interval in `estimate`.

    The score interval holds at small n; `lower_limit` is the one-sided normal limit at that level.
    """

    condition: str
    estimate: Estimate
    score_lower: float
    score_upper: float
    lower_limit: float


def bang(guesses: Guesses, condition: str, *, level: float = 0.95) -> BangIndex:
    """Return Bang's index under one condition, in [-1, 1].

    BI = p_right - p_wrong, Var = [p_r (1 - p_r) + p_w (1 - p_w) + 2 p_r p_w] / n.  The normal
    interval (that of the paper) collapses when everybody answers alike; the score interval of Tango
    (1998) for a difference of two multinomial proportions does not.  Bang, Ni and Davis (2004).
    """
    if condition not in guesses.counts:
        raise InputError(f"no guesses under condition {condition!r}")
    right, wrong, unsure = guesses.of(condition)
    n = right + wrong + unsure
    if n == 0:
        raise InputError(
            Problem(
                what="nobody guessed under this condition",
                where=f"{guesses.where}, {condition}",
                fix="leave the condition out of the blinding table",
            )
        )
    p, q = right / n, wrong / n
    index = p - q
    se = math.sqrt(max(p * (1 - p) + q * (1 - q) + 2 * p * q, 0.0) / n)
    z = -float(ndtri((1 - level) / 2))
    low, high = difference_interval(right, wrong, n, level=level)
    warnings = () if se > 0 else ("everybody answered alike: read the score interval",)
    return BangIndex(
        condition=condition,
        score_lower=low,
        score_upper=high,
        lower_limit=index + float(ndtri(1 - level)) * se,
        estimate=Estimate(
            label=f"Bang index, {condition}",
            value=index,
            se=se,
            df=math.inf,
            lower=index - z * se,
            upper=index + z * se,
            level=level,
            unit="index",
            n=n,
            model=guesses.where,
            method=BANG_METHOD,
            warnings=warnings,
        ),
    )


def difference_interval(b: int, c: int, n: int, *, level: float = 0.95) -> tuple[float, float]:
    """Return Tango's score interval for (b - c) / n of one multinomial sample, in [-1, 1].

    Ends d solve (b - c - n d)^2 = z^2 n (2 q + d (1 - d)), q the restricted estimate of the c cell.
    """
    z = -float(ndtri((1 - level) / 2))

    def score(d: float) -> float:
        A, B, C = 2.0 * n, -b - c + (2 * n - b + c) * d, -c * d * (1 - d)
        q = (math.sqrt(max(B * B - 4 * A * C, 0.0)) - B) / (2 * A)
        variance = n * (2 * q + d * (1 - d))
        gap = b - c - n * d
        if variance <= 0:
            return 0.0 if gap == 0 else math.copysign(math.inf, gap)
        return gap / math.sqrt(variance)

    index, edge = (b - c) / n, 1e-12

    def end(sign: float) -> float:
        limit = -sign * (1 - edge)
        # score falls with d: +z is met below the estimate, -z above it.
        if sign * score(limit) <= z:
            return -sign * 1.0
        inner = index * (1 - edge)
        return float(
            brentq(lambda d: min(max(score(d), -1e6), 1e6) - sign * z, limit, inner, xtol=1e-12)
        )

    return (end(1.0) if index > -1 else -1.0), (end(-1.0) if index < 1 else 1.0)


def james(guesses: Guesses, *, level: float = 0.95) -> Estimate:
    """Return the James index over all conditions, in [0, 1]; 1 is complete blinding.

    BI = [1 + P_u + (1 - P_u) K] / 2, K = (P_o - P_e) / P_e, with P_u the unsure share, P_o the
    share of wrong guesses among the sure and P_e its expectation from the margins; standard error
    by the delta method for one multinomial sample.  Everybody unsure gives 1.  James et al. (1996).
    """
    table = _table(guesses)
    n = float(table.sum())
    if n == 0:
        raise InputError("there are no guesses to summarize")
    P = table / n
    index, gradient = _james_gradient(P)
    variance = float((gradient**2 * P).sum() - (gradient * P).sum() ** 2) / n
    se = math.sqrt(max(variance, 0.0))
    z = -float(ndtri((1 - level) / 2))
    return Estimate(
        label="James index",
        value=index,
        se=se,
        df=math.inf,
        lower=index - z * se,
        upper=index + z * se,
        level=level,
        unit="index",
        n=int(n),
        model=guesses.where,
        method=JAMES_METHOD,
    )


def _table(guesses: Guesses) -> Floats:
    """Return counts with guesses in rows (conditions, then unsure) and conditions in columns."""
    names = list(guesses.counts)
    rows = [*names, guesses.unsure]
    return np.array([[float(guesses.counts[c].get(g, 0)) for c in names] for g in rows])


def _james_gradient(P: Floats) -> tuple[float, Floats]:
    """Return James's index and its gradient in the cell proportions P (guess, condition)."""
    k = P.shape[1]
    sure, unsure = P[:k], float(P[k].sum())
    known = float(sure.sum())
    if known == 0:
        return 1.0, np.zeros_like(P)
    weight = 1.0 - np.eye(k)
    guessed, given = sure.sum(axis=1), P.sum(axis=0)
    given_sure = given - P[k]
    observed = float((weight * sure).sum())  # P_o (1 - P_u)
    expected = float(guessed @ weight @ given_sure)  # P_e (1 - P_u)^2
    if expected == 0:
        raise InputError(
            Problem(
                what="the James index is not defined for these guesses",
                why="all who were sure guessed one condition and received the same one",
                fix="read the Bang index of each condition",
            )
        )
    # BI = [1 + P_u + (1 - P_u) (observed known / expected - 1)] / 2 with P_u + known = 1.
    index = (1 + unsure - known + known**2 * observed / expected) / 2
    d_sure = (
        -1
        + 2 * known * observed / expected
        + known**2 * weight / expected
        - known**2 * observed / expected**2 * ((weight @ given_sure)[:, None] + guessed @ weight)
    ) / 2
    return index, np.vstack([d_sure, np.full((1, k), 0.5)])


def by_period_and_role(
    tables: Sequence[Guesses], *, level: float = 0.95
) -> tuple[tuple[Guesses, Estimate, tuple[BangIndex, ...]], ...]:
    """Return James and Bang indices for each table (period and role), in the order given."""
    return tuple(
        (g, james(g, level=level), tuple(bang(g, c, level=level) for c in g.counts)) for g in tables
    )
