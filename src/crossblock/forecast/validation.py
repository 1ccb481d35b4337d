"""Predicted against observed, one row a published figure: what was fitted, and what was not.

A prediction is an interval: worlds of uncertain constants, plus the error of the study itself. A
figure counts as predicted when it lies inside that 95 % interval. Rows that fail stay in the table;
no constant was chosen to meet a held-out row.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from crossblock.core.streams import Stream
from crossblock.domain.adaptation import Adaptation, Loss
from crossblock.domain.compound import Compound
from crossblock.domain.mechanism import Mechanism
from crossblock.domain.target import Target, Use
from crossblock.forecast.trials import bench, fitted, held_out

Array = NDArray[np.float64]
DRAWS = 200  # of the study's own error, for each world
FEW_WORLDS = 0.5  # of worlds that must give a number for an interval to be told


@dataclass(frozen=True, kw_only=True, slots=True)
class Compared:
    """One figure: predicted median with its 95 % interval, observed, and whether it lies inside.

    `by_loss` medians if one explanation of loss alone were true. `inside` is None where too few
    worlds give a number.
    """

    target: Target
    predicted: float
    low: float
    high: float
    inside: bool | None
    by_loss: Mapping[str, float]


def compare(
    mechanism: Mechanism,
    adaptation: Adaptation,
    compounds: Mapping[str, Compound],
    targets: Sequence[Target],
    *,
    count: int = 4000,
    seed: int = 21,
    each_loss: bool = True,
) -> tuple[Compared, ...]:
    """Return every figure beside its prediction, held-out ones included.

    All explanations of loss count alike in the prediction; with `each_loss` every one of them is
    also run alone.
    """
    every = _predicted(mechanism, adaptation, compounds, tuple(Loss), count, seed)
    alone = {
        loss: _predicted(mechanism, adaptation, compounds, (loss,), count // 2, seed)
        for loss in (Loss if each_loss else ())
    }
    rows = []
    for k, t in enumerate(targets):
        values = every[t.id]
        low, high = _interval(values, t, Stream(seed, f"validation/{k}"))
        known = math.isfinite(low)
        rows.append(
            Compared(
                target=t,
                predicted=_median(values),
                low=low,
                high=high,
                inside=bool(low <= t.value <= high) if known else None,
                by_loss={str(loss): _median(found[t.id]) for loss, found in alone.items()},
            )
        )
    return tuple(rows)


def kept(rows: Sequence[Compared], use: Use) -> tuple[int, int]:
    """Return how many figures of one use lie inside their interval, and of how many."""
    mine = [r for r in rows if r.target.use is use and r.inside is not None]
    return sum(bool(r.inside) for r in mine), len(mine)


def _predicted(
    mechanism: Mechanism,
    adaptation: Adaptation,
    compounds: Mapping[str, Compound],
    losses: tuple[Loss, ...],
    count: int,
    seed: int,
) -> dict[str, Array]:
    b = bench(mechanism, adaptation, compounds, count=count, seed=seed, losses=losses)
    return {**fitted(b), **held_out(b)}


def _median(values: Array) -> float:
    real = values[~np.isnan(values)]
    return float(np.median(real)) if real.size else math.nan


def _interval(values: Array, t: Target, stream: Stream) -> tuple[float, float]:
    """Return the 95 % interval of worlds with the error of the study on top."""
    real = values[~np.isnan(values)]
    if real.size < FEW_WORLDS * values.size:
        return (math.nan, math.nan)
    error = t.error * stream.normal(DRAWS, participant=np.arange(real.size))
    low, high = np.quantile(real[:, None] + error, (0.025, 0.975), method="inverted_cdf")
    return float(low), float(high)
