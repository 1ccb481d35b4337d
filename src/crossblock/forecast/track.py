"""A cohort through a course, week by week: what was rated, given, felt and left behind."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from crossblock.domain.adaptation import Loss
from crossblock.forecast.people import Cohort

Floats = NDArray[np.float32]
Flags = NDArray[np.bool_]
REMISSION = 12.0  # MADRS points, as in Lii 2023 and SUSTAIN-3


@dataclass(frozen=True, kw_only=True, eq=False)
class Track:
    """One cohort under one mechanism and one regimen; arrays (looks, people) unless said.

    `rated` and `true` MADRS points before the session of that moment; `above` share of the time
    since the last look spent at half the baseline or below; `sessions` and `mg` so far; `cadss`
    and `pressure` of the last session; `wanting`, `wanting_other` (without its opioid path),
    `opponent`; `withdrawal` and, with an antagonist given now, `precipitated`, both above
    what the receptors would give without an opponent; `bladder` mg retained; `benefit` points that
    the last session took off at its strongest; `stopped` by a rule.
    """

    mechanism: str
    regimen: str
    people: Cohort
    times_h: NDArray[np.float64]
    rated: Floats
    true: Floats
    above: Floats
    sessions: Floats
    mg: Floats
    cadss: Floats
    pressure: Floats
    wanting: Floats
    wanting_other: Floats
    opponent: Floats
    withdrawal: Floats
    precipitated: Floats
    bladder: Floats
    benefit: Floats
    in_episode: Flags
    stopped: Flags
    assumed: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()

    @property
    def days(self) -> NDArray[np.float64]:
        return self.times_h / 24.0

    @property
    def responds(self) -> Flags:
        """Tell who is at half of the own baseline or below, (looks, people)."""
        return np.asarray(self.rated <= 0.5 * self.people.baseline)

    @property
    def remits(self) -> Flags:
        """Tell who is at 12 MADRS points or below, (looks, people)."""
        return np.asarray(self.rated <= REMISSION)

    def of(self, loss: Loss | None) -> Flags:
        """Return the mask of people who live under one explanation of loss (all: None)."""
        if loss is None:
            return np.ones(self.people.count, dtype=bool)
        return np.asarray(self.people.loss == self.people.losses.index(loss))
