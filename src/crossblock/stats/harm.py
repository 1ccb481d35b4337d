"""Stopping for harm, with its own endpoint and threshold.

Benefit is judged on the primary outcome at a strict level; harm is judged on another outcome
(suicidality, opioid-like response, serious events) against the size that would be unacceptable, and
at a level at which a committee would rather stop once too often.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import betainc, ndtr, stdtr

from crossblock.core.errors import InputError, Problem
from crossblock.domain.result import Method, Reference
from crossblock.stats.sequential import JENNISON_TURNBULL, bounds
from crossblock.stats.spending import Family, Spending

THALL_SIMON = Reference(
    key="thall1994",
    text="Thall PF, Simon R. Practical Bayesian guidelines for phase IIB clinical trials. "
    "Biometrics 1994;50:337-349.",
    doi="10.2307/2533377",
)


@dataclass(frozen=True, kw_only=True, slots=True)
class HarmRule:
    """Stop when an outcome is shown to worsen by more than `threshold`.

    `endpoint` is the instrument or item the rule reads (not the primary outcome); higher is worse
    if `higher_is_worse`.  `threshold` is in that outcome's points and at least 0; `alpha` is
    one-sided and spent evenly unless another `spending` is given.
    """

    endpoint: str
    threshold: float
    alpha: float = 0.05
    higher_is_worse: bool = True
    spending: Family = Family.POCOCK_LIKE
    parameter: float = 0.0

    def __post_init__(self) -> None:
        if not self.endpoint:
            raise InputError("a harm rule needs its own endpoint, for example suicidality")
        if not (math.isfinite(self.threshold) and self.threshold >= 0):
            raise InputError(
                Problem(
                    what="the harm threshold must be a finite worsening of 0 points or more",
                    where=self.endpoint,
                    value=str(self.threshold),
                    fix="name the worsening that would be unacceptable",
                )
            )


@dataclass(frozen=True, kw_only=True, slots=True)
class HarmLook:
    """What a harm rule says at one look: the statistic against its bound, and its one-sided p."""

    endpoint: str
    statistic: float
    bound: float
    p: float
    stop: bool
    sentence: str
    method: Method


def judge_harm(
    rule: HarmRule,
    look: int,
    information: tuple[float, ...],
    estimate: float,
    se: float,
    df: float = math.inf,
) -> HarmLook:
    """Return what the rule says to an estimate of change at a look (counted from 1).

    t = (worsening - threshold) / se, against the bound that the rule's own spending buys at
    the looks' information; the bound is compared through the one-sided p at `df`.
    """
    if not (math.isfinite(estimate) and se > 0):
        raise InputError("the harm endpoint needs a finite estimate and a positive standard error")
    if not 1 <= look <= len(information):
        raise InputError(f"there is no look {look} among {len(information)}")
    own = bounds(
        Spending(family=rule.spending, alpha=rule.alpha, parameter=rule.parameter), information
    )
    worse = estimate if rule.higher_is_worse else -estimate
    t = (worse - rule.threshold) / se
    p = float(stdtr(df, -t))
    bound = own.efficacy[look - 1]
    stop = p <= float(ndtr(-bound))
    verdict = "stop for harm" if stop else "the harm bound is not crossed"
    return HarmLook(
        endpoint=rule.endpoint,
        statistic=t,
        bound=bound,
        p=p,
        stop=stop,
        sentence=f"{rule.endpoint}: worsening of {worse:.2f} points against a threshold of "
        f"{rule.threshold:g}; {verdict}.",
        method=Method(
            name="harm rule",
            sentence=f"Harm was judged on {rule.endpoint} against a worsening of "
            f"{rule.threshold:g} points (one-sided alpha {rule.alpha:g}, {rule.spending}).",
            references=(JENNISON_TURNBULL,),
        ),
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class EventRule:
    """Stop when P(event rate > `acceptable` | data) >= `certainty`, prior Beta(a, b).

    Rates and certainty are probabilities (0 to 1).
    """

    endpoint: str
    acceptable: float
    certainty: float = 0.9
    prior: tuple[float, float] = (0.5, 0.5)

    def __post_init__(self) -> None:
        if not (0 < self.acceptable < 1 and 0 < self.certainty < 1 and min(self.prior) > 0):
            raise InputError(
                Problem(
                    what="the event rule needs a rate and a certainty between 0 and 1 and a "
                    "positive prior",
                    where=self.endpoint,
                    fix="for example acceptable=0.05, certainty=0.9, prior=(0.5, 0.5)",
                )
            )


def event_limits(rule: EventRule, looks: tuple[int, ...]) -> tuple[int, ...]:
    """Return the fewest events that stop the trial at each number of people; n + 1 if none does.

    P(rate > acceptable | x of n) = 1 - I_acceptable(a + x, b + n - x).  Thall and Simon (1994).
    """
    a, b = rule.prior
    limits = []
    for n in looks:
        x = np.arange(n + 1)
        sure = 1 - betainc(a + x, b + n - x, rule.acceptable) >= rule.certainty
        limits.append(int(np.argmax(sure)) if sure.any() else n + 1)
    return tuple(limits)


def event_stopping(rule: EventRule, looks: tuple[int, ...], rate: float) -> tuple[float, ...]:
    """Return P(stopped at or before each look | true event rate), exact by binomial convolution."""
    if list(looks) != sorted(set(looks)) or looks[0] < 1:
        raise InputError("looks must be growing numbers of people, from 1")
    going: NDArray[np.float64] = np.ones(1)
    before, stopped, out = 0, 0.0, []
    for n, limit in zip(looks, event_limits(rule, looks), strict=True):
        going = np.convolve(going, _binomial(n - before, rate))
        stopped += float(going[limit:].sum())
        going = np.where(np.arange(len(going)) < limit, going, 0.0)
        out.append(stopped)
        before = n
    return tuple(out)


def _binomial(n: int, rate: float) -> NDArray[np.float64]:
    """Return the n + 1 binomial probabilities."""
    if not 0 <= rate <= 1:
        raise InputError("an event rate lies between 0 and 1")
    mass: NDArray[np.float64] = np.ones(1)
    for _ in range(n):
        mass = np.convolve(mass, (1 - rate, rate))
    return mass
