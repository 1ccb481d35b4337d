"""How precisely a design measures the blockade fraction: interval width, range, what it excludes.

With a and d the blocked and the open effect (`stats.blockade`), estimated with covariance V and df
degrees of freedom,

    (a^, d^) ~ N((a, d), V),     V^ ~ Wishart(df, V / df),     independent

and every estimate has its Fieller set. The sampling distribution of width, bounds and estimate is
integrated over these five numbers by a fixed low-discrepancy sequence: no random draw, no people.
The plain approximation puts the truth itself into Fieller's formula. Derivation:
docs/derivations/plan.md.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.special import chdtri, ndtri, stdtrit
from scipy.stats import qmc

from crossblock.core.errors import ConvergenceError, InputError, Problem
from crossblock.domain.precision import Precision
from crossblock.stats.blockade import fieller
from crossblock.stats.complete_cells import CompleteCells, Ratio, ratio
from crossblock.stats.power import MOST_PEOPLE

Array = NDArray[np.float64]
POINTS = 12  # log2 of the points of the integration; 4,096 are within 0.2 % of 65,536 (tested)
BLOCKED_EFFECT, OPEN_EFFECT = np.array([1.0, 0.0]), np.array([0.0, 1.0])


@lru_cache(maxsize=4)
def _uniform(points: int) -> Array:
    """Return 2^points rows of five numbers in (0, 1), evenly spread and always the same."""
    rows = qmc.Sobol(d=5, scramble=False).random_base2(points)
    return np.asarray((rows + 0.5 / 2**points) % 1.0, dtype=np.float64)


def estimates(effects: Array, covariance: Array, df: float, points: int = POINTS) -> CompleteCells:
    """Return 2^points equally likely estimates of (a, d) with their covariance and df.

    Bartlett: V^ = L T T' L' / df with L L' = V, T lower triangular, T_11^2 ~ chi2(df),
    T_22^2 ~ chi2(df - 1), T_21 ~ N(0, 1).
    """
    _check(covariance, df)
    z, T = _standard(df, points)
    L = np.linalg.cholesky(covariance)
    half = L @ T
    full = np.full(len(z), df)
    return CompleteCells(effects + z @ L.T, half @ np.swapaxes(half, 1, 2) / df, full, full)


@lru_cache(maxsize=64)
def _standard(df: float, points: int) -> tuple[Array, Array]:
    """Return the standard normal pair (n, 2) and the Bartlett factor T (n, 2, 2)."""
    u = _uniform(points)
    T = np.zeros((len(u), 2, 2))
    T[:, 0, 0] = np.sqrt(chdtri(df, 1.0 - u[:, 2]))
    T[:, 1, 1] = np.sqrt(chdtri(df - 1.0, 1.0 - u[:, 3]))
    T[:, 1, 0] = ndtri(u[:, 4])
    return ndtri(u[:, :2]), T


def _check(covariance: Array, df: float) -> None:
    if not np.all(np.isfinite(covariance)) or min(np.linalg.eigvalsh(covariance)) <= 1e-12:
        raise InputError(
            Problem(
                what="the scores do not vary, so nothing can be planned from them",
                value=f"variances {', '.join(f'{v:g}' for v in np.diag(covariance))}",
                why="without spread between sessions every design would be certain",
                fix="give the spread of a person's change, in points, above 0",
            )
        )
    if df < 2:
        raise InputError(
            Problem(
                what="too few people for an interval",
                value=f"{df:g} degrees of freedom",
                fix="plan at least two people more than the design has sequences",
            )
        )


def precision(
    effects: Array, covariance: Array, df: float, *, level: float = 0.95, points: int = POINTS
) -> Precision:
    """Return what intervals of f = 1 - a/d will look like.

    Inputs: `effects` (a, d), points; `covariance` (2, 2) of their estimates; `df` of it. Raises
    `InputError` for no spread, no drug effect, or fewer than 2 degrees of freedom.
    """
    a, d = map(float, effects)
    if d == 0.0:
        raise InputError(
            Problem(
                what="no drug effect is assumed, so there is no share of it to block",
                value="0 points",
                fix="assume an open effect above 0",
            )
        )
    found = ratio(estimates(effects, covariance, df, points), BLOCKED_EFFECT, OPEN_EFFECT, level)
    f = 1.0 - found.value
    width = np.where(found.bounded, found.upper - found.lower, math.inf)
    low, high = np.quantile(f, (0.025, 0.975))
    some = float(found.bounded.mean())
    return Precision(
        fraction=1.0 - a / d,
        df=df,
        at_truth=_at_truth(effects, covariance, df, level),
        median_width=float(np.quantile(width, 0.5, method="higher")),
        mean_width=float(width[found.bounded].mean()) if some else math.inf,
        bounded=some,
        coverage=float(found.covers(a / d).mean()),
        low=float(low),
        high=float(high),
        above_none=excludes(found, 0.0),
        below_all=excludes(found, 1.0),
    )


def excludes(found: Ratio, fraction: float) -> float:
    """Return the share of sets that do not hold `fraction`."""
    return float(1.0 - found.covers(1.0 - fraction).mean())


def _at_truth(effects: Array, covariance: Array, df: float, level: float) -> float:
    """Return the width of Fieller's set when the estimates are the truth; infinite if unbounded."""
    (v_aa, v_ad), (_, v_dd) = covariance
    t = float(stdtrit(df, 0.5 + level / 2.0))
    a, d = map(float, effects)
    found = fieller(a, d, float(v_aa), float(v_ad), float(v_dd), t)
    return found.upper - found.lower if found.bounded else math.inf


def fewest(good: Callable[[int], bool], *, multiple: int, least: int, what: str) -> int:
    """Return the smallest multiple of `multiple`, at least `least`, that is good.

    `good` must stay true once it is; raises `ConvergenceError` beyond 100,000 people.
    """
    low = multiple * math.ceil(least / multiple) - multiple
    high = low + multiple
    while not good(high):
        low, high = high, 2 * high
        if high > MOST_PEOPLE:
            raise ConvergenceError(
                Problem(
                    what=f"no study of up to {MOST_PEOPLE:,} people reaches {what}",
                    why="the target lies beyond what these numbers allow",
                    fix="ask for a wider interval, less power, or another design",
                )
            )
    while high - low > multiple:
        middle = multiple * ((low + high) // (2 * multiple))
        low, high = (low, middle) if good(middle) else (middle, high)
    return high
