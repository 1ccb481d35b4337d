"""Plan a blockade around the session of a protocol: coverage, dose, lead time, washout, rivals.

Joins what stands in this package into one value that a page, a table or a program can use. Every
answer is a planning number from published data, with its band; none is advice.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypedDict

import numpy as np
from numpy.typing import NDArray

from crossblock.core.errors import InputError, Problem
from crossblock.core.streams import Stream
from crossblock.domain.blockade_plan import BlockadePlan, OwnHold, Shift
from crossblock.domain.compound import Compound, Parameter
from crossblock.domain.coverage import DoseAnswer, DoseCurve, DoseRow, LeadAnswer
from crossblock.domain.curve import Curve
from crossblock.domain.dose import Dose
from crossblock.domain.protocol import Protocol
from crossblock.domain.result import Reference
from crossblock.domain.washout import Washout
from crossblock.exposure.blockade import BlockadeCurve, blockade_curve, by_model
from crossblock.exposure.competition import competition
from crossblock.exposure.coverage import check_level, check_window, coverage
from crossblock.exposure.dosing import dose_curve, dose_for, dose_table, lead_for
from crossblock.exposure.picture import default_times
from crossblock.exposure.scans import scan_fit
from crossblock.exposure.selectivity import selectivity
from crossblock.exposure.study import ConditionExposure, expose
from crossblock.exposure.washout import decay_of, washout

Array = NDArray[np.float64]
MULTIPLES = (0.5, 1.0, 2.0, 3.0)  # of the protocol's own dose, for the dose table
LEFT_D = 120.0  # days after the last dose that the washout picture shows
LEVELS_OF_AGONIST = np.geomspace(0.01, 1000.0, 121)
ONE_DOSE = "Lead time and amount are computed for one dose at once, not for a schedule or infusion."
CALIBRATED, ILLUSTRATIVE = "effect-half-life-open-data", "effect-half-life-illustrative"


class _People(TypedDict):
    weight_kg: float
    stream: Stream


class _Differing(TypedDict):
    weight_kg: float
    stream: Stream | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Wish:
    """What is wanted: `wanted` blockade (0-1) over `window_h` (h from time_zero; None takes the
    time the drug is given), and a washout until no more than `residual` (0-1) is left."""

    wanted: float = 0.9
    window_h: tuple[float, float] | None = None
    residual: float = 0.10


def blocked_condition(protocol: Protocol) -> str | None:
    """Return the condition that gives drug and blocker, or the blocker alone, or None."""
    for cell in ("blocked", "blocker_alone"):
        for c in protocol.conditions:
            if c.cell == cell:
                return c.id
    return None


def can_plan(protocol: Protocol, compounds: Mapping[str, Compound]) -> bool:
    """Tell whether a condition gives a blocker whose file has a blockade model for its route."""
    condition = blocked_condition(protocol)
    given = [a for a in protocol.given(condition) if a.role == "blocker"] if condition else []
    if not given:
        return False
    blocker = compounds[str(given[0].compound)]
    routes = {m.route for m in blocker.blockades.values()}
    return {d.route for a in given if a.compound == blocker.id for d in a.doses()} <= routes


def plan_blockade(
    protocol: Protocol,
    compounds: Mapping[str, Compound],
    wish: Wish | None = None,
    *,
    weight_kg: float = 70.0,
    sets: Mapping[str, str] | None = None,
    stream: Stream,
) -> BlockadePlan:
    """Return the blockade plan of `protocol`; `stream` draws the people of every band.

    Raises `InputError` when no condition gives a blocker, and `CatalogError` when its compound has
    no blockade model for the route.
    """
    wish = wish or Wish()
    check_level(wish.residual)
    blocker, doses = _blocker(protocol)
    drug = next((str(a.compound) for a in protocol.administrations if a.role == "drug"), "")
    window, words = _window(protocol, wish)
    ask = _Asked(compounds[blocker], doses, window, wish, weight_kg, stream)
    times = default_times(protocol)
    panel = selectivity(ask.compound, doses, times, band="persons", **ask.people)
    ask = replace(ask, spread=any(_spread(c) for c in panel.curves.values()))
    conditions = expose(protocol, compounds, times, weight_kg=weight_kg, sets=sets)
    waits, no_wait = _washouts(compounds.get(drug), ask)
    lead, no_lead = _lead(ask)
    dose, by_dose, no_dose = _dose(ask)
    return BlockadePlan(
        protocol=protocol.id,
        title=protocol.title,
        time_zero=protocol.time_zero,
        blocker=blocker,
        drug=drug,
        doses=tuple(doses),
        window_words=words,
        curves={r: _percent(c) for r, c in panel.curves.items()},
        claim=panel.claim,
        coverage=coverage(ask.compound, doses, window, wanted=wish.wanted, **ask.differing),
        lead=lead,
        dose=dose,
        by_dose=by_dose,
        table=_table(ask),
        scans=scan_fit(ask.compound, routes={d.route for d in doses}, weight_kg=weight_kg),
        scan_curve=_scan_curve(ask),
        shift=_shift(ask, conditions, drug),
        left=_left(ask),
        washout=waits.get(CALIBRATED),
        illustrative=waits.get(ILLUSTRATIVE),
        open=tuple(s for s in (no_lead, no_dose, no_wait) if s),
        amber=_amber(ask.compound, doses),
        warnings=next(iter(panel.curves.values())).warnings,
        references=_references(ask.compound, doses),
    )


@dataclass(frozen=True, slots=True)
class _Asked:
    """The blocker's doses and the question, carried through the steps."""

    compound: Compound
    doses: Sequence[Dose]
    window: tuple[float, float]
    wish: Wish
    weight_kg: float
    stream: Stream
    spread: bool = True  # whether any spread between persons or of the fit is known

    @property
    def differing(self) -> _Differing:
        """Who is planned for, with others only where it is known how they differ."""
        return {"weight_kg": self.weight_kg, "stream": self.stream if self.spread else None}

    @property
    def people(self) -> _People:
        """Who is planned for: body weight, and the stream that draws the others."""
        return {"weight_kg": self.weight_kg, "stream": self.stream}

    @property
    def single(self) -> Dose | None:
        """The one dose that a lead time or another amount could be asked of."""
        one = self.doses[0] if len(self.doses) == 1 else None
        return one if one is not None and one.duration_h == 0 else None


def _blocker(protocol: Protocol) -> tuple[str, list[Dose]]:
    condition = blocked_condition(protocol)
    given = [a for a in protocol.given(condition) if a.role == "blocker"] if condition else []
    if not given:
        raise InputError(
            Problem(
                what="the protocol gives no blocker, so there is no blockade to plan",
                where=protocol.id,
                fix="use a protocol with a condition of cell blocked, or --on-board without one",
            )
        )
    name = str(given[0].compound)
    return name, [d for a in given if a.compound == name for d in a.doses()]


def _window(protocol: Protocol, wish: Wish) -> tuple[tuple[float, float], str]:
    if wish.window_h is not None:
        check_window(wish.window_h)
        return wish.window_h, "in the window"
    drugs = [a for a in protocol.administrations if a.role == "drug"]
    start = min((a.start_h for a in drugs), default=0.0)
    stop = max((a.start_h + a.duration_h for a in drugs), default=0.0)
    name = next((str(a.compound) for a in drugs), "the drug")
    if stop > start:
        return (start, stop), f"while {name} runs in"
    return (start, start + 1.0), f"in the hour after {name}"


def _spread(b: BlockadeCurve) -> bool:
    """Tell whether the band of a curve has any width."""
    return b.low is not None and b.high is not None and bool((b.high > b.low).any())


def _percent(b: BlockadeCurve, from_h: float = 0.0) -> Curve:
    """Return a blockade curve in %, time counted from `from_h`; a band without width is none."""
    low, high = (b.low, b.high) if _spread(b) or not b.fraction.any() else (None, None)
    return Curve(
        label=f"{b.receptor} receptors blocked",
        unit="%",
        time_h=b.times_h - from_h,
        value=100.0 * b.fraction,
        low=None if low is None else 100.0 * low,
        high=None if high is None else 100.0 * high,
        band="" if low is None else b.band,
        cell="blocked",
        assumed=b.assumed,
        info={"receptor": str(b.receptor)},
    )


def _lead(ask: _Asked) -> tuple[LeadAnswer | None, str]:
    if ask.single is None:
        return None, ONE_DOSE
    length = ask.window[1] - ask.window[0]
    found = lead_for(ask.compound, ask.single, ask.wish.wanted, length, weight_kg=ask.weight_kg)
    return found, ""


def _dose(ask: _Asked) -> tuple[DoseAnswer | None, DoseCurve | None, str]:
    one = ask.single
    if one is None:
        return None, None, ""
    after = (ask.window[0] - one.start_h, ask.window[1] - one.start_h)
    if after[0] <= 0:
        return None, None, "The window opens before the blocker can act: no dose will do."
    others = ask.differing["stream"]
    answer = dose_for(ask.compound, ask.wish.wanted, after, route=one.route, stream=others)
    top = 4.0 * max(one.amount, answer.typical)
    curve = dose_curve(
        ask.compound,
        list(np.geomspace(max(one.amount / 50.0, top / 1000.0), top, 81)),
        after,
        route=one.route,
        when="lowest in the window",
        per_kg=one.per_kg,
        **ask.people,
    )
    return answer, curve, ""


def _table(ask: _Asked) -> tuple[DoseRow, ...]:
    one = ask.doses[0]
    scanned = {
        s.dose
        for s in ask.compound.scans
        if s.route is one.route and s.per_kg == one.per_kg and s.count == 1 and s.dose > 0
    }
    amounts = sorted(scanned | {m * one.amount for m in MULTIPLES if one.amount > 0})
    return dose_table(
        ask.compound, amounts, route=one.route, per_kg=one.per_kg, weight_kg=ask.weight_kg
    )


def _scan_curve(ask: _Asked) -> DoseCurve | None:
    """Return blockade against dose at the time of day most single-dose scans were taken."""
    one = ask.doses[0]
    early = [s for s in ask.compound.scans if s.relative_to_h is None and s.count == 1]
    early = [s for s in early if s.route is one.route and s.per_kg == one.per_kg and s.dose > 0]
    if not early:
        return None
    at = float(np.median([s.time_h for s in early]))
    doses = [s.dose for s in early]
    return dose_curve(
        ask.compound,
        list(np.geomspace(min(doses) / 2.0, 2.0 * max(doses), 81)),
        (at, at),
        route=one.route,
        when=f"{at:g} h after a single dose" if at >= 1 else f"{60 * at:.0f} min after a dose",
        per_kg=one.per_kg,
        **ask.people,
    )


def _shift(ask: _Asked, conditions: Iterable[ConditionExposure], drug: str) -> Shift:
    times = np.linspace(*ask.window, 241)
    found = blockade_curve(ask.compound, ask.doses, times, band="persons", **ask.people)
    i = int(np.argmin(found.fraction))
    typical = float(found.odds[i])
    low, high = (
        typical if side is None else float(side[i] / (1.0 - side[i]))
        for side in (found.low, found.high)
    )
    with_ = [competition(LEVELS_OF_AGONIST, b) for b in (typical, low, high)]
    return Shift(
        receptor=found.receptor,
        at_h=float(times[i]),
        dose_ratio=(1.0 + typical, 1.0 + low, 1.0 + high),
        level=LEVELS_OF_AGONIST,
        alone=with_[0].alone,
        blocked=with_[0].blocked,
        low=with_[2].blocked,
        high=with_[1].blocked,
        own=_own(conditions, drug, ask.compound.id),
    )


def _own(conditions: Iterable[ConditionExposure], drug: str, blocker: str) -> tuple[OwnHold, ...]:
    """Return the drug's own hold on the receptors that the blocker blocks, at its highest."""
    blocked = next((c for c in conditions if any(n == blocker for n, _ in c.blockade)), None)
    if blocked is None:
        return ()
    held = []
    for (name, receptor), o in blocked.occupancy.items():
        if name == drug and any(r is receptor for _, r in blocked.blockade):
            i = int(np.argmax(o.alone))
            alone, left = float(o.alone[i]), float(o.with_blocker[i])
            held.append(OwnHold(receptor=receptor, alone=alone, blocked=left))
    return tuple(held)


def _left(ask: _Asked) -> Curve:
    last = max(d.start_h for d in ask.doses)
    times = last + np.arange(0.0, 24.0 * LEFT_D + 1.0, 6.0)
    found = blockade_curve(ask.compound, ask.doses, times, band="persons", **ask.people)
    return _percent(found, last)


def _washouts(drug: Compound | None, ask: _Asked) -> tuple[dict[str, Washout], str]:
    """Return the wait with every decay of the drug's own effect that its file holds."""
    known = [f for f in (CALIBRATED, ILLUSTRATIVE) if drug is not None and f in drug.figures]
    if drug is None or CALIBRATED not in known:
        name = drug.title if drug else "the drug"
        return {}, f"How fast {name}'s own effect fades: no sourced figure, so no washout is given."
    return {
        figure: washout(
            ask.compound,
            ask.doses,
            decay_of(drug, figure),
            stream=ask.stream,
            residual_blockade=ask.wish.residual,
            residual_effect=ask.wish.residual,
        )
        for figure in known
    }, ""


def _used(compound: Compound, doses: Sequence[Dose]) -> list[Parameter]:
    models = [m for m, _ in by_model(compound, doses)]
    return [p for m in models for p in (*m.parameters.values(), *m.ratios.values())]


def _amber(compound: Compound, doses: Sequence[Dose]) -> dict[str, str]:
    """Map each assumed or remembered number of the blockade model to its source and reason."""
    found = {}
    for p in _used(compound, doses):
        if p.confidence.amber:
            bounds = p.low is not None and p.high is not None
            tried = f"{p.spread}: {p.low:g} to {p.high:g} {p.unit}" if bounds else ""
            reasons = (p.source.text, p.note, tried)
            key = f"{p.symbol} = {p.published} ({p.confidence})"
            found[key] = ". ".join(r.rstrip(".") for r in reasons if r)
    return found


def _references(compound: Compound, doses: Sequence[Dose]) -> tuple[Reference, ...]:
    read = [p for p in _used(compound, doses) if not p.confidence.amber]
    read += [s.blockade for s in compound.scans]
    sources = [p.source for p in read]
    found = {s.key: Reference(key=s.key, text=s.text, doi=s.doi) for s in sources}
    return tuple(found.values())
