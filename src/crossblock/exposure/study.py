"""What a protocol's drugs do: every condition's concentration, occupancy and blockade over time.

Times count from the protocol's `time_zero`, or from the start of the drug when asked; the origin is
part of the result. Each line carries what it rests on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from crossblock.core.errors import InputError, Problem
from crossblock.domain.compound import Compound
from crossblock.domain.dose import Dose, Route
from crossblock.domain.protocol import Protocol
from crossblock.domain.receptor import ReceptorId
from crossblock.exposure.blockade import BlockadeCurve, blockade_curve
from crossblock.exposure.occupancy import Occupancy, occupancy
from crossblock.exposure.plasma import Plasma, plasma

if TYPE_CHECKING:  # a table without a band draws nobody, and needs no special functions
    from crossblock.core.streams import Stream

Array = NDArray[np.float64]
Origin = Literal["time_zero", "drug"]


@dataclass(frozen=True, kw_only=True, eq=False)
class ConditionExposure:
    """One condition: plasma of the drug by compound, occupancies, and blockade by receptor.

    `times_h` (t,) counts from `origin`. Compounds without a sourced model are named in `missing`.
    """

    condition: str
    label: str
    cell: str
    origin: str
    times_h: Array
    plasma: Mapping[str, Plasma]
    occupancy: Mapping[tuple[str, ReceptorId], Occupancy]
    blockade: Mapping[tuple[str, ReceptorId], BlockadeCurve]
    missing: tuple[str, ...] = ()


def expose(
    protocol: Protocol,
    compounds: Mapping[str, Compound],
    times_h: ArrayLike,
    *,
    weight_kg: float = 70.0,
    origin: Origin = "time_zero",
    sets: Mapping[str, str] | None = None,
    band: Stream | None = None,
) -> tuple[ConditionExposure, ...]:
    """Return what every condition of `protocol` does in one period.

    `times_h` (t,) h from `origin`; `sets` picks a kinetic set by compound id; `band` is the stream
    behind the band between persons of the blockade, none when left out. Raises `InputError` for a
    weight that no adult or child has.
    """
    if not 2.0 <= weight_kg <= 400.0:
        raise InputError(
            Problem(
                what="a body weight outside 2 to 400 kg",
                value=f"{weight_kg:g} kg",
                fix="write the weight in kg, for example 70",
            )
        )
    shift = protocol.drug_start_h if origin == "drug" else 0.0
    word = "start of the drug" if origin == "drug" else protocol.time_zero
    asked = np.asarray(times_h, dtype=float)
    return tuple(
        _condition(protocol, c.id, compounds, asked, shift, word, weight_kg, sets or {}, band)
        for c in protocol.conditions
    )


def _condition(
    protocol: Protocol,
    condition: str,
    compounds: Mapping[str, Compound],
    asked: Array,
    shift: float,
    word: str,
    weight_kg: float,
    sets: Mapping[str, str],
    band: Stream | None,
) -> ConditionExposure:
    times = asked + shift
    levels: dict[str, Plasma] = {}
    blocked: dict[tuple[str, ReceptorId], BlockadeCurve] = {}
    missing: list[str] = []
    for name, doses, blocks in _by_compound(protocol, condition):
        compound = compounds[name]
        routes = {d.route for d in doses}
        if blocks and routes <= {m.route for m in compound.blockades.values()}:
            for receptor in _receptors(compound, routes):
                blocked[name, receptor] = blockade_curve(
                    compound,
                    doses,
                    times,
                    receptor=receptor,
                    weight_kg=weight_kg,
                    band="persons" if band else "",
                    stream=band,
                )
        elif _usable(compound, sets.get(name), doses):
            levels[name] = plasma(
                compound, doses, times, set_id=sets.get(name), weight_kg=weight_kg
            )
        else:
            missing.append(f"{name} ({', '.join(sorted(routes))}): no sourced model of its course")
    found = protocol.condition(condition)
    return ConditionExposure(
        condition=condition,
        label=found.label,
        cell=found.cell,
        origin=word,
        times_h=asked,
        plasma=levels,
        occupancy=_occupancies(compounds, levels, blocked),
        blockade=blocked,
        missing=tuple(missing),
    )


def _by_compound(protocol: Protocol, condition: str) -> list[tuple[str, list[Dose], bool]]:
    """Gather all doses of each compound: a tablet over a depot, or a bolus before an infusion."""
    doses: dict[str, list[Dose]] = {}
    blocks: dict[str, bool] = {}
    for given in protocol.given(condition):
        if given.compound is not None:
            doses.setdefault(given.compound, []).extend(given.doses())
            blocks[given.compound] = blocks.get(given.compound, False) or given.role == "blocker"
    return [(name, found, blocks[name]) for name, found in doses.items()]


def _receptors(compound: Compound, routes: set[Route]) -> list[ReceptorId]:
    """Return the receptors that every blockade model of these routes knows, strongest first."""
    models = [m for m in compound.blockades.values() if m.route in routes]
    return [
        r
        for r in (models[0].receptor, *models[0].ratios)
        if all(r is m.receptor or r in m.ratios for m in models)
    ]


def _usable(compound: Compound, set_id: str | None, doses: list[Dose]) -> bool:
    """Tell whether the default set can serve these doses; a set asked for by name must."""
    if set_id is not None:
        return True
    if compound.default_set not in compound.sets:
        return False
    return all(d.route in compound.sets[compound.default_set].routes for d in doses)


def _occupancies(
    compounds: Mapping[str, Compound],
    levels: Mapping[str, Plasma],
    blocked: Mapping[tuple[str, ReceptorId], BlockadeCurve],
) -> dict[tuple[str, ReceptorId], Occupancy]:
    out: dict[tuple[str, ReceptorId], Occupancy] = {}
    for name, curve in levels.items():
        compound = compounds[name]
        molar = {a: curve.nmol_per_l(a) for a in curve.mg_per_l}
        for receptor in dict.fromkeys(a.receptor for a in compound.affinities):
            row = next(a for a in compound.affinities if a.receptor is receptor)
            odds: Array | float = sum(
                (b.odds for (_, r), b in blocked.items() if r is receptor), start=np.zeros(())
            )
            out[name, receptor] = occupancy(
                compound, molar, receptor, affinity_set=row.set, blocker_odds=odds
            )
    return out
