"""Which dose, how long before: a wanted blockade over a wanted window.

A dose raises the odds in proportion (to the power g), so the dose has a closed form: the odds
wanted over the lowest odds that one milligram leaves in the window. Planning numbers, no advice.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from crossblock.core.errors import InputError, Problem
from crossblock.core.streams import Stream
from crossblock.domain.compound import Compound
from crossblock.domain.coverage import DoseAnswer, DoseCurve, DoseRow, LeadAnswer
from crossblock.domain.dose import Dose, Route
from crossblock.exposure.blockade import (
    BlockadeConstants,
    blockade_curve,
    blockade_odds,
    by_model,
    sampled,
    typical,
)
from crossblock.exposure.coverage import LEVELS, check_level, check_window, highest, spans_above
from crossblock.kernels.binding import blockade as bound_fraction
from crossblock.kernels.binding import odds

Array = NDArray[np.float64]


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
    check_level(wanted)
    check_level(share)
    check_window(window_h)
    _check_start(window_h[0])
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


def dose_curve(
    compound: Compound,
    amounts: Sequence[float],
    window_h: tuple[float, float],
    *,
    route: Route,
    when: str,
    per_kg: bool = False,
    weight_kg: float = 70.0,
    people: int = 2000,
    stream: Stream,
) -> DoseCurve:
    """Return the lowest blockade in a window after each single dose, with its band.

    Odds grow as dose^g, so one milligram tells all doses; a window of one moment is allowed.
    """
    one = [Dose(start_h=0.0, amount=1.0, route=route, per_kg=per_kg)]
    model = by_model(compound, one)[0][0]
    times = np.linspace(*window_h, 241)
    amount = np.asarray(amounts, dtype=float)
    g = typical(model).g

    def at(lowest: ArrayLike) -> Array:
        return np.asarray(bound_fraction(np.asarray(lowest) * amount**g))

    middle = blockade_odds(typical(model), one, times, weight_kg).min(axis=-1)
    drawn = blockade_odds(sampled(model, people, stream), one, times, weight_kg).min(axis=-1)
    low, high = np.quantile(drawn, (0.025, 0.975))
    return DoseCurve(
        amount=amount, typical=at(middle), low=at(low), high=at(high), per_kg=per_kg, when=when
    )


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
                peak=highest(fraction, 0.0)[1],
                hours_above={
                    v: sum(s.hours for s in spans_above(fraction, v, 0.0)) for v in levels
                },
                under_5_percent_h=low[-1].stop_h if low else 0.0,
            )
        )
    return tuple(rows)


def _check_start(start_h: float) -> None:
    """Refuse a window that opens before the dose can act."""
    if start_h <= 0:
        raise InputError(
            Problem(
                what="the window starts before the blocker can act",
                value=f"{start_h:g} h after the dose",
                why="no dose blocks anything at the moment it is taken",
                fix="start the window after the dose",
            )
        )
