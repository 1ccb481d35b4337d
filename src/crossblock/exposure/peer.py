"""The published planner for opioid-antagonist studies, recomputed from its published equations.

For comparison only: Trostheim et al. 2022 (10.1038/s41386-022-01416-z) offer two planners, for
oral naltrexone and for intravenous naloxone. Their constants are facts and are printed here; the
code is our own and shares nothing with theirs.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import lambertw

from crossblock.domain.peer import Defect

Array = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, slots=True)
class OralPeer:
    """Defaults of the naltrexone planner: a dose curve without a time axis."""

    ED50_mg: float = 5.592841
    kappa_ratio: float = 2.0
    delta_ratio: float = 79.0

    def blockade(self, dose_mg: ArrayLike, ratio: float = 1.0) -> Array:
        """Return 100 D / (D + ratio ED50), in percent; D in mg."""
        D = np.asarray(dose_mg, dtype=float)
        return 100.0 * D / (D + ratio * self.ED50_mg)

    def dose_for(self, percent: float) -> float:
        """Return the dose in mg that the curve gives for a blockade in percent, 0 to 100."""
        return self.ED50_mg * percent / (100.0 - percent)


@dataclass(frozen=True, kw_only=True, slots=True)
class IntravenousPeer:
    """Defaults of the naloxone planner; times in minutes, doses in mg/kg."""

    ED50_mg_per_kg: float = 0.002290531
    tmax_min: float = 25.0
    half_life_min: float = 110.0
    measured_min: float = 55.0
    delta_ratio: float = 41.0
    kappa_ratio: float = 8.0

    @property
    def k(self) -> float:
        """Loss of blockade, 1/min."""
        return math.log(2.0) / self.half_life_min

    @property
    def ka(self) -> float:
        """Appearance of blockade, 1/min, so that the peak falls at `tmax_min`.

        The peak condition log(ka/k) / (ka - k) = T is -ka T = W(-k T exp(-k T)), lower branch.
        """
        kT = self.k * self.tmax_min
        return float(-lambertw(-kT * math.exp(-kT), k=-1).real) / self.tmax_min

    def at_measurement(self, dose: float, ratio: float = 1.0) -> float:
        """Return 100 D / (D + ratio ED50): the planner's own dose curve at 55 min, percent."""
        return 100.0 * dose / (dose + ratio * self.ED50_mg_per_kg)

    def raw(
        self,
        minutes: ArrayLike,
        doses: Sequence[float],
        starts: Sequence[float] = (0.0,),
        ratio: float = 1.0,
    ) -> Array:
        """Return the curve before it is clipped, percent.

        B0 = 100 D / (D + ED50) exp(k 55), spread over time as if blockade were a concentration:
        B(t) = sum B0 ka / (ka - k) (exp(-k t) - exp(-ka t)).
        """
        t = np.asarray(minutes, dtype=float)
        k, ka = self.k, self.ka
        total: Array = np.zeros(t.shape)
        for dose, start in zip(doses, starts):
            s = np.maximum(t - start, 0.0)
            B0 = self.at_measurement(dose, ratio) * math.exp(k * self.measured_min)
            total += B0 * ka / (ka - k) * (np.exp(-k * s) - np.exp(-ka * s))
        return total

    def curve(
        self,
        minutes: ArrayLike,
        doses: Sequence[float],
        starts: Sequence[float] = (0.0,),
        ratio: float = 1.0,
    ) -> Array:
        """Return what the planner draws: `raw` clipped to 0-100 percent."""
        return np.clip(self.raw(minutes, doses, starts, ratio), 0.0, 100.0)

    def window_mean(self, dose: float, start: float, stop: float, step: float = 0.01) -> float:
        """Return the mean drawn blockade between two times after one dose, percent."""
        t = np.arange(start, stop + step / 2.0, step)
        return float(np.trapezoid(self.curve(t, [dose]), t) / (stop - start))

    def above(self, dose: float, percent: float, horizon: float = 2000.0) -> tuple[float, float]:
        """Return the first and last minute above a blockade, or NaN twice when never."""
        t = np.arange(0.0, horizon, 0.01)
        over = np.flatnonzero(self.raw(t, [dose]) >= percent)
        return (math.nan, math.nan) if over.size == 0 else (float(t[over[0]]), float(t[over[-1]]))

    def interval_h(self) -> tuple[float, float]:
        """Return the interval between sessions that is advised: 5 to 10 half-lives, in h."""
        return 5.0 * self.half_life_min / 60.0, 10.0 * self.half_life_min / 60.0


def defects(peer: IntravenousPeer | None = None) -> tuple[Defect, ...]:
    """Return the four differences to state fairly, computed from the planner's own constants.

    "Ours" is mass action with the same appearance and loss applied to the amount, not to the
    blockade: b(t) = (D / ED50) A(t) / A(55 min).
    """
    p = peer or IntravenousPeer()
    low, high = 0.1, 1.0
    usual = 0.4 / 70.0
    gain = p.above(high, 90.0)[1] - p.above(low, 90.0)[1]
    twice = p.raw([25.0], [usual, usual], [0.0, 0.0])[0]
    return (
        Defect(
            what="time above 90 % that a ten-fold dose adds (0.1 to 1 mg/kg)",
            theirs=gain,
            ours=_last_above(p, high, 0.9) - _last_above(p, low, 0.9),
            unit="min",
            why="blockade is treated as if it were a concentration: it fades from 100 % down at "
            "any dose, where a receptor stays full until the drug above it is gone",
        ),
        Defect(
            what="highest blockade after 0.1 mg/kg before clipping",
            theirs=float(p.raw(np.arange(0.0, 200.0, 0.1), [low]).max()),
            ours=100.0 * float(_mass_action(p, np.arange(0.0, 200.0, 0.1), [low]).max()),
            unit="%",
            why="values above 100 % are cut off, which hides that the curve cannot be right there",
        ),
        Defect(
            what="blockade at 55 min after 0.4 mg/70 kg, where the dose curve was measured",
            theirs=float(p.raw([p.measured_min], [usual])[0]),
            ours=p.at_measurement(usual),
            unit="%",
            why="the curve is traced back from 55 min as if nothing were still being taken up, so "
            "it misses the planner's own dose curve at the time that curve was measured",
        ),
        Defect(
            what="peak of two doses of 0.4 mg/70 kg given together, before clipping",
            theirs=float(twice),
            ours=100.0 * float(_mass_action(p, np.array([25.0]), [2 * usual])[0]),
            unit="%",
            why="doses add blockade, where they add drug and compete for the same receptors",
        ),
    )


def _mass_action(p: IntravenousPeer, minutes: Array, doses: Sequence[float]) -> Array:
    """Return blockade as a fraction when the amount, not the blockade, comes and goes."""
    shape = _share(p, minutes) / _share(p, np.array([p.measured_min]))
    b = sum(doses) / p.ED50_mg_per_kg * shape
    return np.asarray(b / (1.0 + b))


def _share(p: IntravenousPeer, t: Array) -> Array:
    return np.asarray(np.exp(-p.k * t) - np.exp(-p.ka * t))


def _last_above(p: IntravenousPeer, dose: float, fraction: float) -> float:
    t = np.arange(0.0, 5000.0, 0.01)
    over = np.flatnonzero(_mass_action(p, t, [dose]) >= fraction)
    return float(t[over[-1]])
