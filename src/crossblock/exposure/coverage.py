"""How well a blocker covers the time that matters: hours above a level, lead time, dose.

A dose raises the odds in proportion (to the power g), so the dose for a wanted blockade over a
window has a closed form: the odds wanted over the lowest odds that one milligram leaves there.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq

from crossblock.core.errors import InputError, Problem
from crossblock.core.streams import Stream
from crossblock.domain.compound import Compound
from crossblock.domain.dose import Dose, Route
from crossblock.exposure.blockade import (
    BlockadeConstants,
    blockade_curve,
    blockade_odds,
    by_model,
    sampled,
    typical,
)
from crossblock.kernels.binding import odds

Array = NDArray[np.float64]
LEVELS = (0.80, 0.90, 0.95)
HORIZON_H = 60.0 * 24.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Span:
    """A stretch of time above a level, in h; `stop_h` is infinite past the horizon."""

    start_h: float
    stop_h: float

    @property
    def hours(self) -> float:
        """Length in h."""
        return self.stop_h - self.start_h


@dataclass(frozen=True, kw_only=True, eq=False)
class Coverage:
    """Blockade over a window: what the typical person gets, and how many people get enough.

    Fractions in 0-1; `above` maps a level to its spans from the first dose on; `share` is the part
    of people whose blockade never falls below `wanted` in the window (None without a stream).
    """

    window_h: tuple[float, float]
    wanted: float
    lowest: float
    mean: float
    peak: float
    peak_h: float
    above: dict[float, tuple[Span, ...]]
    share: float | None = None
    warnings: tuple[str, ...] = ()


def coverage(
    compound: Compound,
    doses: Sequence[Dose],
    window_h: tuple[float, float],
    *,
    wanted: float = 0.9,
    levels: Sequence[float] = LEVELS,
    model_id: str | None = None,
    weight_kg: float = 70.0,
    people: int = 2000,
    stream: Stream | None = None,
) -> Coverage:
    """Return how `doses` cover the window from `window_h[0]` to `window_h[1]` (h)."""
    _check_level(wanted)
    _check_window(window_h)
    inside = np.linspace(*window_h, 241)

    def fraction(times: Array) -> Array:
        return blockade_curve(
            compound, doses, times, model_id=model_id, weight_kg=weight_kg
        ).fraction

    start = min((d.start_h for d in doses), default=window_h[0])
    peak_h, peak = _peak(fraction, start)
    covered = fraction(inside)
    share = None
    if stream is not None:
        drawn = blockade_curve(
            compound,
            doses,
            inside,
            model_id=model_id,
            weight_kg=weight_kg,
            band="persons",
            people=people,
            stream=stream,
        )
        share = None if drawn.draws is None else float((drawn.draws.min(axis=1) >= wanted).mean())
    return Coverage(
        window_h=window_h,
        wanted=wanted,
        lowest=float(covered.min()),
        mean=float(np.trapezoid(covered, inside) / (window_h[1] - window_h[0])),
        peak=peak,
        peak_h=peak_h,
        above={level: spans_above(fraction, level, start) for level in levels},
        share=share,
        warnings=() if stream is not None else ("no stream given: the share of people is unknown",),
    )


def spans_above(
    fraction: Callable[[Array], Array], level: float, start_h: float, horizon_h: float = HORIZON_H
) -> tuple[Span, ...]:
    """Return every stretch in which `fraction(times)` is at or above `level`.

    A grid of growing steps finds the crossings, root finding makes them exact to 1e-6 h.
    """
    _check_level(level)
    grid = start_h + _grid(horizon_h)
    over = fraction(grid) >= level

    def gap(t: float) -> float:
        return float(fraction(np.array([t]))[0]) - level

    edges = np.flatnonzero(over[1:] != over[:-1])
    crossings = [float(brentq(gap, grid[i], grid[i + 1], xtol=1e-6)) for i in edges]
    if over[0]:
        crossings.insert(0, float(grid[0]))
    if over[-1]:
        crossings.append(math.inf)
    return tuple(Span(start_h=a, stop_h=b) for a, b in zip(crossings[::2], crossings[1::2]))


def _grid(horizon_h: float) -> Array:
    """Return times from 0: every 2 min for 6 h, every 15 min for 14 d, then every 2 h."""
    parts = [
        np.arange(0.0, 6.0, 1.0 / 30.0),
        np.arange(6.0, 336.0, 0.25),
        np.arange(336.0, max(horizon_h, 336.0) + 1.0, 2.0),
    ]
    grid = np.concatenate(parts)
    return grid[grid <= horizon_h]


def _peak(fraction: Callable[[Array], Array], start_h: float) -> tuple[float, float]:
    """Return time and height of the highest blockade, refined around the best grid point."""
    grid = start_h + _grid(HORIZON_H)
    i = int(np.argmax(fraction(grid)))
    fine = np.linspace(grid[max(i - 1, 0)], grid[min(i + 1, grid.size - 1)], 2001)
    values = fraction(fine)
    j = int(np.argmax(values))
    return float(fine[j]), float(values[j])


@dataclass(frozen=True, kw_only=True, slots=True)
class DoseAnswer:
    """The dose for a wanted blockade: for the typical person, and so that `share` of people get it.

    Doses in the unit of the model (mg, or mg/kg when `per_kg`).
    """

    wanted: float
    window_h: tuple[float, float]
    typical: float
    share: float
    for_share: float | None
    per_kg: bool
    warnings: tuple[str, ...] = ()


def dose_for(
    compound: Compound,
    wanted: float,
    window_h: tuple[float, float],
    *,
    route: Route,
    share: float = 0.9,
    people: int = 2000,
    stream: Stream | None = None,
) -> DoseAnswer:
    """Return the single dose at time 0 that keeps blockade at `wanted` through the window.

    dose = (b_wanted / min_window b(1 mg))^(1/g), with b = blockade / (1 - blockade). With a stream
    the dose that serves `share` of people is the quantile of their own doses.
    """
    _check_level(wanted)
    _check_level(share)
    _check_window(window_h)
    if window_h[0] <= 0:
        raise InputError(
            Problem(
                what="the window starts before the blocker can act",
                value=f"{window_h[0]:g} h after the dose",
                why="no dose blocks anything at the moment it is taken",
                fix="start the window after the dose",
            )
        )
    unit = Dose(start_h=0.0, amount=1.0, route=route)
    model = by_model(compound, [unit])[0][0]
    per_kg = typical(model).per_kg

    def needed(c: BlockadeConstants) -> Array:
        one = Dose(start_h=0.0, amount=1.0, route=route, per_kg=c.per_kg)
        lowest = blockade_odds(c, [one], np.linspace(*window_h, 241)).min(axis=-1)
        return np.asarray((odds(wanted) / lowest) ** (1.0 / c.g))

    many = None if stream is None else needed(sampled(model, people, stream))
    return DoseAnswer(
        wanted=wanted,
        window_h=window_h,
        typical=float(needed(typical(model))),
        share=share,
        for_share=None if many is None else float(np.quantile(many, share)),
        per_kg=per_kg,
        warnings=("a computed dose is a planning number, not advice to take it",),
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class LeadAnswer:
    """How long before the window a dose may be given. `None` twice: no lead time will do."""

    wanted: float
    window_length_h: float
    shortest_h: float | None
    longest_h: float | None


def lead_for(
    compound: Compound,
    dose: Dose,
    wanted: float,
    window_length_h: float,
    *,
    model_id: str | None = None,
    weight_kg: float = 70.0,
) -> LeadAnswer:
    """Return the lead times that keep the typical blockade at `wanted` through the window."""

    def fraction(times: Array) -> Array:
        return blockade_curve(
            compound, [dose], times, model_id=model_id, weight_kg=weight_kg
        ).fraction

    spans = [s for s in spans_above(fraction, wanted, dose.start_h) if s.hours >= window_length_h]
    if not spans:
        return LeadAnswer(
            wanted=wanted, window_length_h=window_length_h, shortest_h=None, longest_h=None
        )
    return LeadAnswer(
        wanted=wanted,
        window_length_h=window_length_h,
        shortest_h=spans[0].start_h - dose.start_h,
        longest_h=spans[0].stop_h - window_length_h - dose.start_h,
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class DoseRow:
    """One line of the dose table. Fractions in 0-1, times in h from the dose."""

    amount: float
    per_kg: bool
    at: dict[float, float]
    peak: float
    hours_above: dict[float, float]
    under_5_percent_h: float


def dose_table(
    compound: Compound,
    amounts: Sequence[float],
    *,
    route: Route,
    per_kg: bool = False,
    at_h: Sequence[float] = (0.75, 1.0, 2.0, 24.0, 72.0, 168.0),
    levels: Sequence[float] = LEVELS,
    weight_kg: float = 70.0,
) -> tuple[DoseRow, ...]:
    """Return what each single dose does: blockade at times, peak, hours above, time to 5 %."""
    rows = []
    for amount in amounts:
        dose = Dose(start_h=0.0, amount=amount, route=route, per_kg=per_kg)

        def fraction(times: Array, dose: Dose = dose) -> Array:
            return blockade_curve(compound, [dose], times, weight_kg=weight_kg).fraction

        low = spans_above(fraction, 0.05, 0.0)
        rows.append(
            DoseRow(
                amount=amount,
                per_kg=per_kg,
                at=dict(zip(at_h, map(float, fraction(np.asarray(at_h, dtype=float))))),
                peak=_peak(fraction, 0.0)[1],
                hours_above={
                    v: sum(s.hours for s in spans_above(fraction, v, 0.0)) for v in levels
                },
                under_5_percent_h=low[-1].stop_h if low else 0.0,
            )
        )
    return tuple(rows)


def _check_level(level: float) -> None:
    if not 0.0 < level < 1.0:
        raise InputError(
            Problem(
                what="a share must lie between 0 and 1",
                value=f"{level:g}",
                why="blockade of everything or nothing is not reached by any dose",
                fix="write 0.9 for 90 %",
            )
        )


def _check_window(window_h: tuple[float, float]) -> None:
    if not window_h[0] < window_h[1]:
        raise InputError(
            Problem(
                what="the window ends before it starts",
                value=f"{window_h[0]:g} h to {window_h[1]:g} h",
                fix="give the earlier time first",
            )
        )
