"""What a protocol's drugs do, as curves ready to be drawn."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from crossblock.core.streams import Stream
from crossblock.domain.compound import Compound
from crossblock.domain.curve import Curve, DoseMark, ExposurePicture
from crossblock.domain.protocol import Protocol
from crossblock.domain.receptor import ReceptorId
from crossblock.exposure.study import ConditionExposure, expose

Array = NDArray[np.float64]
SHOWN = (ReceptorId.NMDA, ReceptorId.MU)


def default_times(protocol: Protocol) -> Array:
    """Return times that resolve the hours after every first dose (2 min) and two weeks (2 h).

    The start and end of every dose are among them, so that a drawn peak is the peak.
    """
    spans = sorted((a.start_h, a.start_h + a.duration_h + 6.0) for a in protocol.administrations)
    first = min(0.0, spans[0][0])
    merged = [(first, spans[0][1])]
    for start, stop in spans[1:]:
        if start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(stop, merged[-1][1]))
        else:
            merged.append((start, stop))
    fine = [np.arange(start, stop, 1.0 / 30.0) for start, stop in merged]
    last = merged[-1][1]
    rest = np.arange(merged[0][1], max(last + 18.0, 14.0 * 24.0) + 1.0, 2.0)
    for start, stop in merged:
        rest = rest[(rest < start) | (rest >= stop)]
    edges = [x for a in protocol.administrations for x in (a.start_h, a.start_h + a.duration_h)]
    return np.unique(np.concatenate([*fine, rest, np.asarray(edges, dtype=float)]).round(9))


def picture(
    protocol: Protocol,
    compounds: Mapping[str, Compound],
    *,
    weight_kg: float = 70.0,
    sets: Mapping[str, str] | None = None,
    stream: Stream | None = None,
) -> ExposurePicture:
    """Return the stacked curves of every condition of `protocol`, from time_zero."""
    times = default_times(protocol)
    conditions = expose(protocol, compounds, times, weight_kg=weight_kg, sets=sets, band=stream)
    concentration, occupied, blocked = [], [], []
    for c in conditions:
        concentration += _concentrations(c, compounds)
        occupied += _occupancies(c)
        blocked += _blockades(c)
    return ExposurePicture(
        time_zero=protocol.time_zero,
        concentration=_distinct(concentration),
        occupancy=_distinct(occupied),
        blockade=_distinct(blocked),
        doses=_marks(protocol),
        warnings=tuple(dict.fromkeys(m for c in conditions for m in c.missing)),
    )


def _concentrations(c: ConditionExposure, compounds: Mapping[str, Compound]) -> list[Curve]:
    return [
        Curve(
            label=f"{compounds[name].analytes[analyte].title} in {p.sampling_site} plasma",
            unit="ng/mL",
            time_h=c.times_h,
            value=p.ng_per_ml(analyte),
            cell=c.cell,
            source=f"{p.set_title}; {p.population}",
            assumed=p.assumed,
            info={"sampling_site": p.sampling_site, "set": p.set_id, "notes": p.warnings},
        )
        for name, p in c.plasma.items()
        for analyte in p.mg_per_l
    ]


def _occupancies(c: ConditionExposure) -> list[Curve]:
    return [
        Curve(
            label=f"{receptor} held by {name}",
            unit="%",
            time_h=c.times_h,
            value=100.0 * o.with_blocker,
            cell=c.cell,
            source="; ".join(s.text for s in o.sources),
            assumed=o.assumed,
            info={"basis": str(o.basis), "receptor": str(receptor), "notes": o.warnings},
        )
        for (name, receptor), o in c.occupancy.items()
        if receptor in SHOWN
    ]


def _blockades(c: ConditionExposure) -> list[Curve]:
    return [
        Curve(
            label=f"{receptor} receptors blocked by {name}",
            unit="%",
            time_h=c.times_h,
            value=100.0 * b.fraction,
            low=None if b.low is None else 100.0 * b.low,
            high=None if b.high is None else 100.0 * b.high,
            band=b.band,
            cell=c.cell,
            source="; ".join(s.text for s in b.sources),
            assumed=b.assumed,
            info={"receptor": str(receptor), "population": b.population, "notes": b.warnings},
        )
        for (name, receptor), b in c.blockade.items()
    ]


def _distinct(curves: list[Curve]) -> tuple[Curve, ...]:
    """Drop a curve that repeats an earlier one of the same label: one line for what is the same."""
    kept: list[Curve] = []
    for curve in curves:
        same = (k for k in kept if k.label == curve.label)
        if not any(np.allclose(k.value, curve.value, rtol=1e-9, atol=1e-12) for k in same):
            kept.append(curve)
    return tuple(kept)


def _marks(protocol: Protocol) -> tuple[DoseMark, ...]:
    seen: dict[tuple[str, float], DoseMark] = {}
    for given in protocol.administrations:
        for dose in given.doses():
            seen[given.id, dose.start_h] = DoseMark(
                compound=given.compound or "",
                label=given.label,
                start_h=dose.start_h,
                duration_h=dose.duration_h,
            )
    return tuple(seen.values())
