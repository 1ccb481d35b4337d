"""What happens to people whatever they are given: ups and downs, episodes, chance of a rating.

Drawn once for a cohort and a horizon, at weekly knots and by event, so that two policies or two
mechanisms meet the same people on the same bad weeks: their difference is then not chance.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from crossblock.core.streams import Stream
from crossblock.forecast.people import Cohort

Array = NDArray[np.float64]
WEEK = 168.0
EVENTS = 16  # turns of the illness that can be drawn for one person


@dataclass(frozen=True, kw_only=True, eq=False)
class Weather:
    """`swings` (weeks + 1, people) relative to severity; `noise` the same in standard deviations.

    `turns` (people, EVENTS) and `turn_worse` (people,) are unit exponential waiting times of the
    illness; `missing` (slots, people) uniform draws that decide on a missed session.
    """

    swings: Array
    noise: Array
    turns: Array
    turn_worse: Array
    missing: Array

    def swing(self, t_h: float) -> Array:
        """Return the relative swing at `t_h`, straight between weekly knots."""
        k = min(int(t_h // WEEK), len(self.swings) - 2)
        share = t_h / WEEK - k
        return np.asarray((1.0 - share) * self.swings[k] + share * self.swings[k + 1])


def weather(people: Cohort, horizon_h: float, slots: int = 0) -> Weather:
    """Return the draws of `people` until `horizon_h`, with `slots` chances to miss a session.

    Swings are a stationary first-order process, exact at its knots:
    x' = r x + sqrt(1 - r^2) sd z, r = exp(-kx 168 h).
    """
    weeks = max(2, math.ceil(horizon_h / WEEK) + 1)
    who = np.arange(people.count)
    z = _draws(people, "swing", weeks, who)
    r = np.exp(-people.kx * WEEK)
    x = np.empty((weeks, people.count))
    x[0] = people.fluctuation * z[0]
    for k in range(1, weeks):
        x[k] = r * x[k - 1] + np.sqrt(1.0 - r**2) * people.fluctuation * z[k]
    turns = Stream(people.seed, "forecast/turns").uniform(EVENTS + 1, participant=who)
    waits = -np.log(turns)
    missing = Stream(people.seed, "forecast/missed").uniform(max(slots, 1), participant=who)
    return Weather(
        # Severity at the start of the course is the baseline itself, swing included.
        swings=(1.0 + x) / (1.0 + x[0]) - 1.0,
        noise=_draws(people, "rating", weeks, who),
        turns=waits[:, :EVENTS],
        turn_worse=waits[:, EVENTS],
        missing=missing.T,
    )


def _draws(people: Cohort, purpose: str, weeks: int, who: NDArray[np.int64]) -> Array:
    return Stream(people.seed, f"forecast/{purpose}").normal(weeks, participant=who).T
