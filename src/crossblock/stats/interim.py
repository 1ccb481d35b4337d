"""An interim look at a crossover: what counts as information, and what the look decides.

Information comes from completed pairs (both conditions rated); people mid-crossover add nothing at
the look and enter afterwards as overrun.  With small degrees of freedom the statistic is a t, and
its bounds are found exactly by `kernels.tboundary`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from scipy.special import ndtr, stdtrit

from crossblock.core.errors import InputError, Problem
from crossblock.domain.result import Method, Reference
from crossblock.kernels.tboundary import spend_t
from crossblock.stats.sequential import Boundary
from crossblock.stats.stopped import check_look

JENNISON_T = Reference(
    key="jennison1991",
    text="Jennison C, Turnbull BW. Exact calculations for sequential t, chi-squared and F tests. "
    "Biometrika 1991;78:133-141.",
    doi="10.1093/biomet/78.1.133",
)
EXACT_T = Method(
    name="exact repeated t bounds",
    sentence="Bounds for the t statistics were found by exact recursion for normal data with "
    "unknown variance, re-estimated at each look.",
    references=(JENNISON_T,),
)
CONVERTED_T = Method(
    name="t bounds by significance level",
    sentence="Normal bounds were carried to the t distribution of each look by their one-sided p; "
    "this spends slightly more than alpha at small degrees of freedom.",
    references=(JENNISON_T,),
)

#: Fewest degrees of freedom between looks for which the exact recursion is smooth enough.
LEAST_NEW_DF = 4


class Decision(StrEnum):
    """What a look says, as a sentence."""

    EFFICACY = "the efficacy bound is crossed: stop, the effect is shown"
    FUTILITY = "the futility bound is crossed: going on is unlikely to show the effect"
    CONTINUE = "no bound is crossed: go on"


@dataclass(frozen=True, kw_only=True, slots=True)
class Count:
    """People at a look: completed pairs by sequence, people mid-crossover, people planned."""

    completed: Mapping[str, int]
    in_crossover: int
    planned: Mapping[str, int]

    @property
    def fraction(self) -> float:
        """Information fraction from completed pairs, above 0."""
        return effective_pairs(self.completed) / effective_pairs(self.planned)

    @property
    def fraction_with_overrun(self) -> float:
        """Fraction once the people mid-crossover have finished, split as the completed are."""
        done = sum(self.completed.values())
        grown = {k: v * (done + self.in_crossover) / done for k, v in self.completed.items()}
        return effective_pairs(grown) / effective_pairs(self.planned)


@dataclass(frozen=True, kw_only=True, slots=True)
class TBounds:
    """Bounds for t statistics, one a look, with the method that made them."""

    t: tuple[float, ...]
    df: tuple[float, ...]
    method: Method
    warnings: tuple[str, ...] = ()


def effective_pairs(by_sequence: Mapping[str, float]) -> float:
    """Return the number of balanced pairs with the same variance: S^2 / sum(1 / n_s).

    For S sequences the period-adjusted effect has variance proportional to sum(1 / n_s) / S^2, so
    14 people split 7/7 count 14 and split 10/4 count 11.4.
    """
    counts = list(by_sequence.values())
    if not counts or min(counts) <= 0:
        empty = ", ".join(k for k, v in by_sequence.items() if v <= 0) or "all"
        raise InputError(
            Problem(
                what="a sequence has no completed pair yet",
                where=empty,
                why="the period effect cannot be told from the treatment effect within one "
                "sequence",
                fix="wait until each sequence has completers",
            )
        )
    return len(counts) ** 2 / sum(1 / c for c in counts)


def t_bounds(boundary: Boundary, df: Sequence[float], *, exact: bool = True) -> TBounds:
    """Return bounds for t statistics with residual degrees of freedom `df` at each look.

    Exact recursion on the spent alpha; where looks are fewer than 4 degrees of freedom apart, or
    `exact` is false, bounds keep the one-sided p of the normal ones.
    """
    nu = np.asarray(df, dtype=float)
    if len(nu) != boundary.looks or np.any(nu < 1) or np.any(np.diff(nu) < 0):
        raise InputError(
            Problem(
                what="degrees of freedom must grow with the looks, one for each, at least 1",
                value=str(list(df)),
                fix="for a 2x2 crossover give completed pairs minus 2",
            )
        )
    whole = np.all(nu == np.round(nu)) and np.all(np.diff(nu) >= LEAST_NEW_DF) and nu[0] >= 2
    one_way = boundary.sides == 2 or np.all(np.isneginf(boundary.futility)) or not boundary.binding
    if exact and whole and one_way:
        t = spend_t(
            np.array(boundary.alpha_spent), np.array(boundary.information), nu, boundary.sides
        )
        return TBounds(t=tuple(map(float, t)), df=tuple(map(float, nu)), method=EXACT_T)
    t = -stdtrit(nu, ndtr(-np.array(boundary.efficacy)))
    note = "" if not exact else "looks too close for the exact recursion; levels were carried over"
    return TBounds(
        t=tuple(map(float, t)),
        df=tuple(map(float, nu)),
        method=CONVERTED_T,
        warnings=(note,) if note else (),
    )


def decide(boundary: Boundary, look: int, z: float) -> Decision:
    """Return what the boundary says to a statistic z at a look (counted from 1)."""
    check_look(boundary, look)
    if not math.isfinite(z):
        raise InputError("the statistic at the look is not a finite number")
    if z >= boundary.efficacy[look - 1]:
        return Decision.EFFICACY
    if z <= boundary.futility[look - 1]:
        return Decision.EFFICACY if boundary.sides == 2 else Decision.FUTILITY
    return Decision.CONTINUE
