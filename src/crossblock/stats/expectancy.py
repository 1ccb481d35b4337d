"""The expectancy tipping point: how many points of expectancy would explain the result.

Suppose a session whose participant believes it held the blocker scores `e` points worse for that
belief alone.  Subtracting e x_i from each paired difference d_i, with x_i in {-1, 0, 1} the
difference in belief between the two sessions, gives the estimate under that much expectancy; the
tipping points are the e at which the interval first includes 0 and at which the estimate is 0.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from crossblock.core.errors import DesignError, InputError, Problem
from crossblock.domain.result import Estimate, Method, Reference

Floats = NDArray[np.float64]

COLAGIURI = Reference(
    key="colagiuri2010",
    text="Colagiuri B. Participant expectancies in double-blind randomized placebo-controlled "
    "trials: potential limitations to trial validity. Clinical Trials 2010;7:246-255.",
    doi="10.1177/1740774510367916",
)
EXPECTANCY = Method(
    name="expectancy tipping point",
    sentence="How many points of expectancy would explain the result was found by subtracting an "
    "assumed effect of the guessed condition from each participant's scores.",
    references=(COLAGIURI,),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Tipping:
    """Points of expectancy at which the result falls.

    `to_interval` makes the interval reach 0, `to_zero` the estimate; infinite when no amount acting
    through the guesses does so, 0 when the plain interval already includes 0.  `belief_gap` is the
    period-adjusted mean difference in belief, -1 to 1; `curve` holds (e, estimate, lower, upper).
    """

    to_interval: float
    to_zero: float
    belief_gap: float
    plain: Estimate
    curve: tuple[tuple[float, float, float, float], ...]
    sentence: str
    method: Method = EXPECTANCY


@dataclass(frozen=True, slots=True)
class _Moments:
    """Estimates a (of d) and b (of x), residual sums S_dd, S_dx, S_xx, factor c, df."""

    a: float
    b: float
    S_dd: float
    S_dx: float
    S_xx: float
    c: float
    df: int

    def at(self, e: float) -> tuple[float, float]:
        """Return (estimate, standard error) after subtracting e points of expectancy."""
        rss = max(self.S_dd - 2 * e * self.S_dx + e * e * self.S_xx, 0.0)
        return self.a - e * self.b, math.sqrt(self.c * rss / self.df)


def _moments(d: Floats, x: Floats, sequence: Sequence[str]) -> _Moments:
    labels = sorted(set(sequence))
    S, n = len(labels), len(d)
    if n - S < 1:
        raise DesignError(
            Problem(
                what="too few completed pairs for a standard error",
                value=f"{n} pairs in {S} sequences",
                fix="wait for more completers",
            )
        )
    member = np.array([[float(s == name) for name in labels] for s in sequence])
    counts = member.sum(axis=0)
    mean_d, mean_x = member.T @ d / counts, member.T @ x / counts
    rd, rx = d - member @ mean_d, x - member @ mean_x
    return _Moments(
        a=float(mean_d.mean()),
        b=float(mean_x.mean()),
        S_dd=float(rd @ rd),
        S_dx=float(rd @ rx),
        S_xx=float(rx @ rx),
        c=float((1 / counts).sum()) / S**2,
        df=n - S,
    )


def _crossings(m: _Moments, critical: float) -> list[float]:
    """Return the real e with (a - e b)^2 = t^2 c RSS(e) / df, ascending."""
    k = critical**2 * m.c / m.df
    A = m.b**2 - k * m.S_xx
    B = -2 * m.a * m.b + 2 * k * m.S_dx
    C = m.a**2 - k * m.S_dd
    if abs(A) < 1e-14 * max(m.b**2, k * m.S_xx, 1e-300):
        return [-C / B] if B else []
    root = B * B - 4 * A * C
    if root < 0:
        return []
    return sorted((-B + sign * math.sqrt(root)) / (2 * A) for sign in (-1, 1))


def _checked(differences: Sequence[float], belief: Sequence[float]) -> tuple[Floats, Floats]:
    d, x = np.asarray(differences, dtype=float), np.asarray(belief, dtype=float)
    if d.shape != x.shape or d.ndim != 1 or not np.all(np.isfinite(d)) or len(d) < 2:
        raise InputError("differences and beliefs need one finite number a pair, two or more pairs")
    if not np.all(np.abs(x) <= 1):
        raise InputError("beliefs lie between -1 and 1")
    return d, x


def tipping_point(
    differences: Sequence[float],
    belief: Sequence[float],
    sequence: Sequence[str] | None = None,
    *,
    level: float = 0.95,
    unit: str = "points",
    steps: int = 41,
) -> Tipping:
    """Return how much expectancy would explain a paired result.

    `differences` are test minus reference, one a completed pair, in points; `belief` is 1 where
    only the test session was thought to hold the blocker, -1 where only the reference session was,
    0 otherwise; `sequence` adjusts for period (the mean of the sequences' means).  Ends of the
    interval are roots of one quadratic in e.
    """
    d, x = _checked(differences, belief)
    labels = list(sequence) if sequence is not None else ["all"] * len(d)
    m = _moments(d, x, labels)
    critical = float(stdtrit(m.df, 0.5 + level / 2))
    value, se = m.at(0.0)
    if se == 0:
        raise DesignError("the paired differences are all equal; there is no spread to work with")
    to_zero = _same_way(m.a / m.b if m.b else math.inf)
    excludes = abs(value) > critical * se
    ahead = [e for e in _crossings(m, critical) if e > 0]
    to_interval = (min(ahead) if ahead else math.inf) if excludes else 0.0
    plain = Estimate(
        label="difference without expectancy",
        value=value,
        se=se,
        df=m.df,
        statistic=value / se,
        lower=value - critical * se,
        upper=value + critical * se,
        level=level,
        unit=unit,
        n=len(d),
        model="period-adjusted" if sequence is not None else "paired",
    )
    return Tipping(
        to_interval=to_interval,
        to_zero=to_zero,
        belief_gap=m.b,
        plain=plain,
        curve=_curve(m, critical, to_zero, to_interval, value, steps),
        sentence=_sentence(to_interval, to_zero, unit),
    )


def _same_way(e: float) -> float:
    """Return e, or infinity: a belief that helps could not explain a worse blocked session."""
    return e if e >= 0 else math.inf


def _curve(
    m: _Moments, critical: float, to_zero: float, to_interval: float, value: float, steps: int
) -> tuple[tuple[float, float, float, float], ...]:
    finite = [e for e in (to_zero, to_interval) if math.isfinite(e)]
    far = 1.5 * max([*finite, abs(value)])
    points = []
    for e in np.linspace(0.0, far, steps):
        estimate, se = m.at(float(e))
        points.append((float(e), estimate, estimate - critical * se, estimate + critical * se))
    return tuple(points)


def _sentence(to_interval: float, to_zero: float, unit: str) -> str:
    if math.isinf(to_zero):
        head = "No amount of expectancy acting through the guesses would bring the estimate to 0"
    else:
        head = f"An expectancy of {to_zero:.1f} {unit} would bring the estimate to 0"
    if to_interval == 0:
        return f"{head}; its interval includes 0 without any."
    if math.isinf(to_interval):
        return f"{head}; no amount would make its interval include 0."
    return f"{head}; {to_interval:.1f} {unit} would make its interval include 0."


def from_guess_shares(difference: float, believed_test: float, believed_reference: float) -> float:
    """Return the expectancy (points) that explains a published difference, from guess shares.

    e = difference / (share of test sessions - share of reference sessions believed to hold the
    blocker); infinite when the shares do not differ that way.  Shares are 0 to 1.
    """
    if not (0 <= believed_test <= 1 and 0 <= believed_reference <= 1):
        raise InputError("shares of guesses lie between 0 and 1")
    gap = believed_test - believed_reference
    return _same_way(difference / gap) if gap else math.inf
