"""Policies side by side on the same people, and what it would be worth to know the mechanism.

    utility = share of time at half the baseline or below - price x dependence index
    value of knowing = sum_m w_m max_p U(p, m) - max_p sum_m w_m U(p, m)

The price, how much time in response one unit of the index is worth, is a judgement: nobody has
measured it, so it is a range and never a number of ours. A value of 0 says that the choice would be
the same whatever the answer. A comparison, no recommendation.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from crossblock.core.errors import InputError, Problem
from crossblock.domain.repeated_regimen import Regimen
from crossblock.forecast.forecast import Forecast, forecast
from crossblock.forecast.outcomes import outcome as by_id
from crossblock.forecast.sessions import Sessions
from crossblock.forecast.setup import Setup
from crossblock.forecast.spread import Spread

Array = NDArray[np.float64]
BENEFIT, RISK = "time-in-response", "dependence"
PRICES = (0.0, 0.5, 1.0, 2.0, 4.0)
SHOWN = (
    "score",
    "response",
    "remission",
    "time-in-response",
    "days-per-session",
    "relapsed",
    "sessions",
    "cumulative-dose",
    "dissociation-last",
    "dependence",
    "withdrawal",
    "bladder",
)


@dataclass(frozen=True, kw_only=True, eq=False)
class Paired:
    """The difference of one outcome between two policies on the same people: mean and 95 % of
    people, and the share of people for whom the policy is better."""

    mean: float
    low: float
    high: float
    better: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Knowing:
    """Value of knowing the mechanism at one price: `best` policy without knowing, the best under
    each mechanism, and the gain in time in response (share) from choosing by mechanism."""

    price: float
    best: str
    by_mechanism: Mapping[str, str]
    gain: float

    @property
    def changes(self) -> tuple[str, ...]:
        """Name the mechanisms under which another policy would be the best one."""
        return tuple(m for m, p in self.by_mechanism.items() if p != self.best)


@dataclass(frozen=True, kw_only=True, eq=False)
class Comparison:
    """Forecasts by policy id, on the same people and weather."""

    forecasts: Mapping[str, Forecast]
    knowing: tuple[Knowing, ...]

    @property
    def setup(self) -> Setup:
        return next(iter(self.forecasts.values())).setup

    def value(self, policy: str, outcome: str) -> Spread:
        return self.forecasts[policy].outcomes[outcome]

    def front(self) -> tuple[str, ...]:
        """Return the policies that no other one beats in both benefit and risk."""
        at = {p: (self.value(p, BENEFIT).mean, self.value(p, RISK).mean) for p in self.forecasts}
        return tuple(
            p
            for p, (b, r) in at.items()
            if not any(
                (c >= b and s <= r) and (c > b or s < r) for q, (c, s) in at.items() if q != p
            )
        )


def compare(
    policies: Sequence[Regimen],
    on: Setup,
    prices: Sequence[float] = PRICES,
    shared: Sessions | None = None,
) -> Comparison:
    """Return the policies side by side, each under every mechanism.

    Raises `InputError` for none, or for two of one name.
    """
    ids = [p.id for p in policies]
    twice = sorted({x for x in ids if ids.count(x) > 1})
    if not ids or twice:
        raise InputError(
            Problem(
                what="policies must be at least one, each of its own name",
                value=", ".join(twice),
                fix="name every policy once",
            )
        )
    solved = shared or Sessions(on)
    found = {p.id: forecast(p, on, solved) for p in policies}
    return Comparison(forecasts=found, knowing=tuple(knowing(found, on.weights, x) for x in prices))


def knowing(
    forecasts: Mapping[str, Forecast], weights: Mapping[str, float], price: float
) -> Knowing:
    """Return what choosing by mechanism would gain over choosing without knowing it."""
    policies, mechanisms = list(forecasts), list(weights)
    U = np.array(
        [
            [
                forecasts[p].outcomes[BENEFIT].mechanisms[m]
                - price * forecasts[p].outcomes[RISK].mechanisms[m]
                for m in mechanisms
            ]
            for p in policies
        ]
    )
    w = np.array([weights[m] for m in mechanisms])
    without = U @ w
    best = int(np.argmax(without))
    return Knowing(
        price=price,
        best=policies[best],
        by_mechanism={
            m: policies[best if U[best, k] >= U[:, k].max() - 1e-12 else int(np.argmax(U[:, k]))]
            for k, m in enumerate(mechanisms)
        },
        gain=float(max(0.0, w @ U.max(axis=0) - without[best])),
    )


def paired(comparison: Comparison, policy: str, other: str, outcome: str) -> Paired:
    """Return policy minus other in one outcome, person by person, over all mechanisms.

    Both meet the same people on the same weeks, so chance does not enter the difference.
    """
    from_, to = comparison.forecasts[other], comparison.forecasts[policy]
    o = by_id(outcome)
    parts, mass = [], []
    for m, w in comparison.setup.weights.items():
        d = o.value(to.tracks[m], to.indices[m]) - o.value(from_.tracks[m], from_.indices[m])
        parts.append(d)
        mass.append(np.full(len(d), w / len(d)))
    y, weight = np.concatenate(parts), np.concatenate(mass)
    real = np.isfinite(y)
    y, weight = y[real], weight[real] / weight[real].sum()
    order = np.argsort(y)
    at = np.searchsorted(np.cumsum(weight[order]), (0.025, 0.975))
    low, high = y[order][np.minimum(at, len(y) - 1)]
    return Paired(
        mean=float(y @ weight),
        low=float(low),
        high=float(high),
        better=float(np.sum(weight[np.sign(y) == o.sign])),
    )
