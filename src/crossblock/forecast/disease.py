"""The illness itself: an episode that may end, return or worsen, whatever the drug does.

    in the episode   ends at hazard `recovery`, times `consolidation` while in remission
    recovered        returns at hazard `relapse`
    in the episode   worsens once, by the share `growth`, at hazard `worsening`

Waiting times are unit exponentials that run down with the hazard, so the same person meets the
same turns under every policy, sooner or later as the hazard has it. Hazards in 1/h.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from crossblock.forecast.people import Cohort
from crossblock.forecast.weather import EVENTS, Weather

Array = NDArray[np.float64]


class Illness:
    """Where the illness of every person stands; carried forward with the course."""

    def __init__(self, people: Cohort, weather: Weather) -> None:
        n = people.count
        self.people, self.weather = people, weather
        self.who = np.arange(n)
        self.ill = np.ones(n, dtype=bool)
        self.worse = np.zeros(n, dtype=bool)
        self.turn = np.zeros(n, dtype=np.int64)
        self.left = weather.turns[:, 0].copy()
        self.left_worse = weather.turn_worse.copy()

    @property
    def target(self) -> Array:
        """Return L*, the severity without treatment that people move to, as share of baseline."""
        grown = 1.0 + self.people.growth * self.worse
        return np.where(self.ill, grown, self.people.recovered)

    def pass_time(self, h: float, remits: NDArray[np.bool_]) -> None:
        """Run the hazards for `h` hours; at most one turn of each kind in a step."""
        p = self.people
        ends = p.recovery * np.where(remits, p.consolidation, 1.0)
        self.left -= h * np.where(self.ill, ends, p.relapse)
        over = (self.left <= 0.0) & (self.turn < EVENTS - 1)
        self.turn = np.where(over, self.turn + 1, self.turn)
        self.ill = np.where(over, ~self.ill, self.ill)
        self.left = np.where(over, self.weather.turns[self.who, self.turn], self.left)
        self.left_worse -= h * np.where(self.ill, p.worsening, 0.0)
        self.worse |= self.left_worse <= 0.0
