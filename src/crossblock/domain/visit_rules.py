"""Rules for the schedule: visits against doses, windows, periods and the next period."""

from __future__ import annotations

from collections.abc import Iterator

from crossblock.domain.contradiction import Contradiction, Parts
from crossblock.domain.visit import Visit


def _drug_start(parts: Parts) -> float | None:
    starts = [a.start_h for a in parts.administrations.values() if a.role == "drug"]
    return min(starts) if starts else None


def visits(parts: Parts) -> Iterator[Contradiction]:
    """Yield visits before the dose, outside their window, or in a period that is not theirs."""
    drug = _drug_start(parts)
    washout = parts.design.washout if parts.design else None
    periods = parts.design.periods if parts.design else None
    for i, v in parts.visits.items():
        at = v.time.value.value
        hours = None if drug is None else at + (drug if v.after == "drug" else 0.0)
        yield from _before_dose(i, v, hours, drug)
        if v.window is not None:
            yield from _window(i, v, at)
        if periods is not None:
            yield from _visit_periods(i, v, periods)
        if washout and hours is not None and periods and periods > 1 and v.periods is None:
            yield from _after_next(i, v, hours, washout.value.value)


def _before_dose(
    index: int, visit: Visit, hours: float | None, drug: float | None
) -> Iterator[Contradiction]:
    if hours is None or drug is None:
        return
    if visit.kind == "outcome" and hours < drug:
        yield Contradiction(
            path=("visits", index, "time"),
            what="an outcome visit before the dose",
            value=str(visit.time.value),
            why=f"it falls {drug - hours:g} h before the drug starts, so it cannot show its effect",
            fix='set a later time, or kind = "baseline"',
        )
    if visit.kind == "baseline" and hours > drug:
        yield Contradiction(
            path=("visits", index, "time"),
            what="a baseline visit after the dose",
            value=str(visit.time.value),
            why=f"it falls {hours - drug:g} h after the drug starts",
            fix='set an earlier time, or kind = "outcome"',
        )


def _window(index: int, visit: Visit, at: float) -> Iterator[Contradiction]:
    window = visit.window.value if visit.window else None
    if window and not window.earliest.value <= at <= window.latest.value:
        yield Contradiction(
            path=("visits", index, "window"),
            what="the visit's time lies outside its own window",
            value=f"{visit.time.value} in {window.earliest} to {window.latest}",
            why="a visit on time would be a deviation",
            fix="widen the window or move the visit",
        )


def _visit_periods(index: int, visit: Visit, periods: int) -> Iterator[Contradiction]:
    beyond = [p for p in visit.periods or () if p > periods]
    if beyond:
        yield Contradiction(
            path=("visits", index, "periods"),
            what="the visit belongs to a period that does not exist",
            value=", ".join(map(str, beyond)),
            why=f"the design has {periods} periods",
            fix=f"use periods from 1 to {periods}",
        )


def _after_next(index: int, visit: Visit, hours: float, washout: float) -> Iterator[Contradiction]:
    if hours >= washout:
        yield Contradiction(
            path=("visits", index, "time"),
            what="the visit falls into the next period",
            value=str(visit.time.value),
            why=f"the next period begins {washout / 24:g} d after this one",
            fix="set an earlier time, lengthen the washout, or name the periods it belongs to",
        )
