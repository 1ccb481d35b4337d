"""How long to wait between periods: what is left of blockade and of the drug's own effect."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class EffectDecay:
    """How the drug's own effect fades: half-life in d with its band; `high_d` may be infinite."""

    label: str
    half_life_d: float
    low_d: float
    high_d: float
    assumed: bool = False

    def left(self, days: float) -> tuple[float, float, float]:
        """Return the share of the effect left after `days`: typical, lowest, highest."""
        return (
            0.5 ** (days / self.half_life_d),
            0.5 ** (days / self.low_d),
            0.5 ** (days / self.high_d),
        )

    def wait_d(self, residual: float) -> tuple[float, float, float]:
        """Return the days until `residual` is left: typical, shortest, longest."""
        halvings = -math.log2(residual)
        return tuple(h * halvings for h in (self.half_life_d, self.low_d, self.high_d))  # type: ignore[return-value]


@dataclass(frozen=True, kw_only=True, slots=True)
class Residual:
    """What is left after a washout of `days`: fractions, each (typical, low, high)."""

    days: float
    blockade: tuple[float, float, float]
    effect: tuple[float, float, float]


@dataclass(frozen=True, kw_only=True, slots=True)
class Washout:
    """Days to wait, each (typical, low, high) with a 95 % band; infinite where not bounded.

    `blockade_d` counts from the last dose of the blocker, `effect_d` from the drug; `both_d` is the
    later of the two. `candidates` says what usual washouts leave.
    """

    residual_blockade: float
    residual_effect: float
    blockade_d: tuple[float, float, float]
    effect_d: tuple[float, float, float]
    both_d: tuple[float, float, float]
    candidates: tuple[Residual, ...]
    decay: EffectDecay
    assumed: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
