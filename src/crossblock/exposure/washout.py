"""How long to wait: until the blocker and the drug's own effect have both gone far enough.

The answer is a band, never a number: blockade differs between persons, and how fast the drug's own
effect fades is known from two small data sets only.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from crossblock.core.streams import Stream
from crossblock.domain.compound import Compound
from crossblock.domain.dose import Dose
from crossblock.domain.washout import EffectDecay, Residual, Washout
from crossblock.exposure.blockade import blockade_curve
from crossblock.exposure.coverage import check_level, spans_above

Array = NDArray[np.float64]
HORIZON_D = 120.0
CANDIDATES_D = (7.0, 14.0, 21.0, 28.0, 30.0)


def decay_of(compound: Compound, figure: str = "effect-half-life-open-data") -> EffectDecay:
    """Return a published half-life of a drug's own effect; an open upper end becomes infinite."""
    found = compound.figure(figure)
    p = found.parameter
    return EffectDecay(
        label=found.quantity,
        half_life_d=p.value / 24.0,
        low_d=(p.value if p.low is None else p.low) / 24.0,
        high_d=math.inf if p.high is None and p.low is not None else (p.high or p.value) / 24.0,
        assumed=p.confidence.amber,
    )


def washout(
    compound: Compound,
    doses: Sequence[Dose],
    decay: EffectDecay,
    *,
    stream: Stream,
    residual_blockade: float = 0.05,
    residual_effect: float = 0.10,
    candidates_d: Sequence[float] = CANDIDATES_D,
    people: int = 2000,
) -> Washout:
    """Return how long blockade and the drug's own effect take to fall below the chosen residuals.

    The band of blockade is between persons with uncertain constants (95 %); that of the effect is
    the interval of its half-life. Starts of `doses` in h; days count from the last of them.
    """
    check_level(residual_effect)
    last = max((d.start_h for d in doses), default=0.0)

    def fraction(times: Array) -> Array:
        return blockade_curve(compound, doses, times).fraction

    model = blockade_curve(compound, doses, [last])
    spans = spans_above(fraction, residual_blockade, last, HORIZON_D * 24.0)
    middle = (spans[-1].stop_h - last) / 24.0 if spans else 0.0
    low, high = _people_band(compound, doses, last, residual_blockade, stream, people)
    effect = decay.wait_d(residual_effect)
    both = (max(middle, effect[0]), max(low, effect[1]), max(high, effect[2]))
    return Washout(
        residual_blockade=residual_blockade,
        residual_effect=residual_effect,
        blockade_d=(middle, low, high),
        effect_d=effect,
        both_d=both,
        candidates=residuals(compound, doses, decay, candidates_d, stream=stream, people=people),
        decay=decay,
        assumed=model.assumed,
        warnings=(*model.warnings, *_warnings(decay)),
    )


def residuals(
    compound: Compound,
    doses: Sequence[Dose],
    decay: EffectDecay,
    days: Sequence[float],
    *,
    stream: Stream,
    people: int = 2000,
) -> tuple[Residual, ...]:
    """Return what washouts of `days`, counted from the last dose, leave of both."""
    last = max((d.start_h for d in doses), default=0.0)
    left = blockade_curve(
        compound,
        doses,
        last + 24.0 * np.asarray(days, dtype=float),
        band="persons",
        people=people,
        stream=stream,
    )
    return tuple(
        Residual(
            days=d, blockade=_triple(left.fraction, left.low, left.high, i), effect=decay.left(d)
        )
        for i, d in enumerate(days)
    )


def _triple(
    value: Array, low: Array | None, high: Array | None, i: int
) -> tuple[float, float, float]:
    middle = float(value[i])
    return (
        middle,
        middle if low is None else float(low[i]),
        middle if high is None else float(high[i]),
    )


def _people_band(
    compound: Compound,
    doses: Sequence[Dose],
    last: float,
    residual: float,
    stream: Stream,
    people: int,
) -> tuple[float, float]:
    """Return the 2.5 and 97.5 % quantiles over people of the last day above `residual`."""
    times = np.arange(0.0, HORIZON_D * 24.0 + 1.0, 6.0)
    drawn = blockade_curve(
        compound, doses, last + times, band="persons", people=people, stream=stream
    ).draws
    if drawn is None:  # pragma: no cover - a band was asked for with a stream
        return math.nan, math.nan
    gone = last_above(times, drawn / (1.0 - drawn), residual / (1.0 - residual))
    low, high = np.quantile(gone, (0.025, 0.975))
    return float(low) / 24.0, float(high) / 24.0


def last_above(times: Array, odds: Array, level: float) -> Array:
    """Return for every person the last time at which odds exceed `level`, (people,) in h.

    Between grid points the logarithm of the odds is taken as straight, which is exact once uptake
    is over. 0 where the level is never reached, infinite where it is still exceeded at the end.
    """
    over = odds > level
    ever = over.any(axis=-1)
    i = odds.shape[-1] - 1 - np.argmax(over[..., ::-1], axis=-1)
    j = np.minimum(i + 1, odds.shape[-1] - 1)
    rows = np.arange(odds.shape[0])
    a, b = np.log(np.maximum(odds[rows, i], 1e-300)), np.log(np.maximum(odds[rows, j], 1e-300))
    share = np.where(i == j, 0.0, (a - math.log(level)) / np.where(a == b, 1.0, a - b))
    found = times[i] + share * (times[j] - times[i])
    return np.where(ever, np.where(i == j, np.inf, found), 0.0)


def _warnings(decay: EffectDecay) -> list[str]:
    said = []
    if decay.assumed:
        said.append(f"the decay of the drug's own effect is assumed ({decay.label})")
    if math.isinf(decay.high_d):
        said.append("the data do not rule out that the drug's own effect had not faded at all")
    return said
