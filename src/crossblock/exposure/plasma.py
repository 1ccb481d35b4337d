"""Doses to plasma concentration, with the population and the place where blood was taken."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from crossblock.core.errors import InputError, Problem
from crossblock.domain.compound import (
    Compound,
    KineticSet,
    Parameter,
    Source,
    Structure,
    amber,
)
from crossblock.domain.dose import Dose, Route, check_durations
from crossblock.exposure.compartments import Factors, build, constants
from crossblock.kernels.kinetics import (
    after_absorption,
    after_bolus,
    after_infusion,
    mammillary_modes,
)
from crossblock.kernels.propagate import Input, solve

Array = NDArray[np.float64]
NG_PER_ML = 1000.0  # mg/L to ng/mL


@dataclass(frozen=True, kw_only=True, eq=False)
class Plasma:
    """Concentrations over time: `mg_per_l` maps analyte to (t,) or (people, t), in mg/L.

    `times_h` counts from the same origin as the doses' starts.
    """

    compound: str
    set_id: str
    set_title: str
    population: str
    sampling_site: str
    times_h: Array
    mg_per_l: Mapping[str, Array]
    molar_mass: Mapping[str, float]
    sources: tuple[Source, ...]
    assumed: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

    def ng_per_ml(self, analyte: str) -> Array:
        """Return one analyte in ng/mL."""
        return self.mg_per_l[analyte] * NG_PER_ML

    def nmol_per_l(self, analyte: str) -> Array:
        """Return one analyte in nmol/L."""
        return self.mg_per_l[analyte] / self.molar_mass[analyte]


def plasma(
    compound: Compound,
    doses: Sequence[Dose],
    times_h: ArrayLike,
    *,
    set_id: str | None = None,
    weight_kg: ArrayLike = 70.0,
    factors: Factors | None = None,
    metabolites: bool = False,
) -> Plasma:
    """Return plasma concentrations after `doses` (exact for the set's linear compartments).

    Inputs: `times_h` (t,) in h; `weight_kg` () or (people,), > 0; `factors` multiply constants by
    person ("CL" -> (people,)), for example from `exposure.people.draw`. With `metabolites` the
    chain of the set is carried along. Raises `InputError` for a weight that is not positive, for
    contradictory doses, and `CatalogError` for a route or set that has no sourced parameters.
    """
    kinetic_set = compound.kinetic_set(set_id)
    times: Array = np.asarray(times_h, dtype=float)
    weight: Array = np.asarray(weight_kg, dtype=float)
    _check(weight, doses)
    used = factors or {}
    whole = metabolites and bool(kinetic_set.metabolites)
    if whole or kinetic_set.structure is Structure.PORTAL:
        levels = _propagated(compound, kinetic_set, doses, times, weight, used)
        if not metabolites:
            levels = {kinetic_set.analyte: levels[kinetic_set.analyte]}
    else:
        levels = {kinetic_set.analyte: _closed(compound, kinetic_set, doses, times, weight, used)}
    return _described(compound, kinetic_set, doses, times, levels)


def _described(
    compound: Compound,
    kinetic_set: KineticSet,
    doses: Sequence[Dose],
    times: Array,
    levels: Mapping[str, Array],
) -> Plasma:
    """Attach to concentrations what a reader must know of them."""
    used = _parameters(kinetic_set, doses, levels)
    return Plasma(
        compound=compound.id,
        set_id=kinetic_set.id,
        set_title=kinetic_set.title,
        population=kinetic_set.population,
        sampling_site=kinetic_set.sampling_site,
        times_h=times,
        mg_per_l=levels,
        molar_mass={a: compound.analytes[a].molar_mass.value for a in levels},
        sources=tuple({p.source.key: p.source for p in used}.values()),
        assumed=amber(used),
        warnings=(kinetic_set.note,) if kinetic_set.note else (),
    )


def _parameters(
    kinetic_set: KineticSet, doses: Sequence[Dose], levels: Mapping[str, Array]
) -> list[Parameter]:
    """List the numbers that a result rests on."""
    used = list(kinetic_set.parameters.values())
    for route in {d.route for d in doses}:
        used += kinetic_set.routes.get(route, {}).values()
    for m in kinetic_set.metabolites:
        used += m.parameters.values() if m.analyte in levels else ()
    return used


def _check(weight: Array, doses: Sequence[Dose]) -> None:
    if not (np.isfinite(weight).all() and (weight > 0).all()):
        raise InputError(
            Problem(
                what="a body weight must be more than 0 kg",
                value=str(float(np.min(weight))),
                why="volumes and clearances scale with it",
                fix="give the weight in kg",
            )
        )
    check_durations(doses)


def _closed(
    compound: Compound,
    kinetic_set: KineticSet,
    doses: Sequence[Dose],
    times: Array,
    weight: Array,
    factors: Factors,
) -> Array:
    """Sum the closed forms of all doses; () or (people,) leading, time last."""
    c = constants(kinetic_set, weight, factors)
    peripheral = [j for j in ("2", "3") if f"Q{j}" in c]
    V = np.stack(np.broadcast_arrays(c["V1"], *(c[f"V{j}"] for j in peripheral)), axis=-1)
    Q = (
        np.stack(np.broadcast_arrays(*(c[f"Q{j}"] for j in peripheral)), axis=-1)
        if peripheral
        else None
    )
    rate, w = mammillary_modes(V, c["CL"], Q)
    total: Array = np.zeros((*rate.shape[:-1], times.size))
    for d in doses:
        p = kinetic_set.route(d.route, compound.id)
        t = times - d.start_h
        amount = np.asarray(d.mg(weight))[..., None]
        if d.route is Route.IV and d.duration_h > 0:
            unit = after_infusion(rate, w, t, np.asarray(d.duration_h))
        elif d.route is Route.IV:
            unit = after_bolus(rate, w, t)
        else:
            F, ka = (p[s].value * factors.get(s, np.ones(())) for s in ("F", "ka"))
            unit = after_absorption(rate, w, t, ka) * np.asarray(F)[..., None]
        total = total + amount * unit
    return total


def _propagated(
    compound: Compound,
    kinetic_set: KineticSet,
    doses: Sequence[Dose],
    times: Array,
    weight: Array,
    factors: Factors,
) -> dict[str, Array]:
    """Move the whole system forward: metabolites, transit, liver, nasal split."""
    depots = _depots(compound, kinetic_set, {d.route for d in doses}, factors)
    system = build(kinetic_set, weight, factors, depots)
    inputs: list[Input] = []
    sprays = 0
    for d in sorted(doses, key=lambda d: d.start_h):
        amount = np.asarray(d.mg(weight), dtype=float)
        if d.route is Route.IV:
            inputs.append(_input(system.place["central"], d, amount))
        elif d.route is Route.NASAL:
            nasal = _nasal_share(kinetic_set, sprays, factors)
            sprays += 1
            inputs.append(_input(system.place["nose"], d, amount * nasal))
            inputs.append(_input(system.place["gut"], d, amount * (1.0 - nasal)))
        else:
            inputs.append(_input(system.place[f"depot {d.route}"], d, amount))
    x = solve(system.K, list(map(float, times)), inputs)
    parent = compound.analytes[kinetic_set.analyte].molar_mass.value
    return {
        a: x[..., i] / V[..., None] * (compound.analytes[a].molar_mass.value / parent)
        for a, (i, V) in system.volume.items()
    }


def _input(place: int, dose: Dose, amount: Array) -> Input:
    return Input(compartment=place, start=dose.start_h, amount=amount, duration=dose.duration_h)


def _nasal_share(kinetic_set: KineticSet, sprays: int, factors: Factors) -> Array:
    """Return the share absorbed in the nose: less for every spray after the first."""
    p = kinetic_set.routes[Route.NASAL]
    share = p["F_nasal"].value * (1.0 if sprays == 0 else p["later_spray"].value)
    return np.minimum(share * factors.get("F_nasal", np.ones(())), 1.0)


def _depots(
    compound: Compound, kinetic_set: KineticSet, routes: set[Route], factors: Factors
) -> dict[str, tuple[str, Array, Array]]:
    """Return the depots that the routes fill: name -> (where to, ka, share that arrives)."""
    portal = kinetic_set.structure is Structure.PORTAL
    found: dict[str, tuple[str, Array, Array]] = {}
    for route in routes:
        p = kinetic_set.route(route, compound.id)

        def of(symbol: str, table: Mapping[str, Parameter] = p) -> Array:
            return np.asarray(table[symbol].value) * factors.get(symbol, np.ones(()))

        if route is Route.NASAL:
            oral = kinetic_set.route(Route.ORAL, compound.id)
            found["nose"] = ("central", of("ka"), np.ones(()))
            found["gut"] = ("liver", np.asarray(oral["ka"].value), of("F_gut"))
        elif route is not Route.IV and portal:
            found[f"depot {route}"] = ("liver", of("ka"), of("F_gut"))
        elif route is not Route.IV:
            found[f"depot {route}"] = ("central", of("ka"), of("F"))
    return found
