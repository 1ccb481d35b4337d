"""A published parameter set to compartments: what one person, or many, are made of.

Turns the symbols of a `KineticSet` into macro constants scaled to body weight, and, where a set
has metabolites or a liver, into the flow matrix that `kernels.propagate` moves forward.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from crossblock.core.errors import InputError, Problem
from crossblock.domain.compound import KineticSet, Metabolite, Scaling, Structure

Array = NDArray[np.float64]
Factors = Mapping[str, Array]  # "CL" or "S-norketamine.CL" -> multiplier, (people,)
CLEARANCE_EXPONENT = 0.75
VOLUMES = ("V1", "V2", "V3", "Vh")
FLOWS = ("CL", "Q2", "Q3", "Qh")
MASTER_RATES = ("k10", "k12", "k21", "k13", "k31")


def constants(
    kinetic_set: KineticSet, weight_kg: Array | float, factors: Factors
) -> dict[str, Array]:
    """Return the set's constants for people of `weight_kg`, each () or (people,).

    Micro rate constants become V, CL and Q: CL = k10 V1, Q_j = k1j V1, V_j = Q_j / k_j1.
    """
    if kinetic_set.structure is Structure.NONCOMPARTMENTAL:
        raise InputError(
            Problem(
                what=f"the set {kinetic_set.id} has no time course",
                where=f"set {kinetic_set.id}",
                why="it holds summary values (clearance, volume, half-life) without compartments",
                fix="choose a set with compartments",
            )
        )
    values = {s: np.asarray(p.value) for s, p in kinetic_set.parameters.items()}
    if "k10" in values:
        values = _macro(values)
    scaled = {s: v * _scale(s, kinetic_set, weight_kg) for s, v in values.items()}
    return {s: v * factors.get(s, np.ones(())) for s, v in scaled.items()}


def _macro(values: Mapping[str, Array]) -> dict[str, Array]:
    V1 = values["V1"]
    out = {"V1": V1, "CL": values["k10"] * V1}
    for j in ("2", "3"):
        if f"k1{j}" in values:
            out[f"Q{j}"] = values[f"k1{j}"] * V1
            out[f"V{j}"] = out[f"Q{j}"] / values[f"k{j}1"]
    return out


def _scale(symbol: str, kinetic_set: KineticSet, weight_kg: Array | float) -> Array:
    """Return the body-weight factor of one symbol."""
    one: Array = np.ones(())
    if symbol not in VOLUMES + FLOWS:
        return one
    weight = np.asarray(weight_kg, dtype=float)
    if kinetic_set.scaling is Scaling.PER_KG:
        return weight
    central_only = kinetic_set.scaling is Scaling.CENTRAL and symbol not in ("V1", "CL")
    if kinetic_set.scaling is Scaling.NONE or central_only:
        return one
    return (weight / kinetic_set.weight_kg) ** (1.0 if symbol in VOLUMES else CLEARANCE_EXPONENT)


def metabolite_constants(
    kinetic_set: KineticSet, metabolite: Metabolite, weight_kg: Array | float, factors: Factors
) -> dict[str, Array]:
    """Return a metabolite's constants, scaled like its parent's set; factors carry its name."""
    whole = kinetic_set.scaling is Scaling.ALLOMETRIC
    return {
        s: np.asarray(p.value)
        * (_scale(s, kinetic_set, weight_kg) if whole else 1.0)
        * factors.get(f"{metabolite.analyte}.{s}", np.ones(()))
        for s, p in metabolite.parameters.items()
    }


@dataclass(frozen=True, kw_only=True)
class System:
    """Compartments and the flows between them.

    `K` (..., n, n) in 1/h, amounts in mg of parent; `place` names the compartments; `volume` gives
    the sampled compartment and volume (L) of each analyte. Amount out of the system goes nowhere:
    columns of K sum to minus the elimination rate.
    """

    K: Array
    place: Mapping[str, int]
    volume: Mapping[str, tuple[int, Array]]


@dataclass
class _Flows:
    """Gathers flows by compartment name, then makes the matrix."""

    names: dict[str, int] = field(default_factory=dict)
    flow: list[tuple[int, int | None, Array]] = field(default_factory=list)

    def at(self, name: str) -> int:
        return self.names.setdefault(name, len(self.names))

    def move(self, start: str, end: str | None, rate: Array) -> None:
        self.flow.append((self.at(start), None if end is None else self.at(end), rate))

    def matrix(self) -> Array:
        n = len(self.names)
        people = np.broadcast_shapes(*(np.shape(rate) for _, _, rate in self.flow))
        K: Array = np.zeros((*people, n, n))
        for start, end, rate in self.flow:
            K[..., start, start] -= rate
            if end is not None:
                K[..., end, start] += rate
        return K


def build(
    kinetic_set: KineticSet,
    weight_kg: Array | float,
    factors: Factors,
    depots: Mapping[str, tuple[str, Array, Array]],
) -> System:
    """Return the whole system of a set with its metabolites.

    `depots` maps a depot's name to (compartment it empties into, ka in 1/h, share that arrives).
    """
    c = constants(kinetic_set, weight_kg, factors)
    flows = _Flows()
    flows.at("central")
    _exchange(flows, "central", c)
    portal = kinetic_set.structure is Structure.PORTAL
    if portal:
        flows.move("central", "liver", c["Qh"] / c["V1"])
        flows.move("liver", "central", c["Qh"] / c["Vh"])
        flows.move("liver", None, c["kel"])
    volume: dict[str, tuple[int, Array]] = {kinetic_set.analyte: (flows.at("central"), c["V1"])}
    fate = {kinetic_set.analyte: ("liver", c["kmet"]) if portal else ("central", c["CL"] / c["V1"])}
    for m in kinetic_set.metabolites:
        k = metabolite_constants(kinetic_set, m, weight_kg, factors)
        start, rate = fate.pop(m.parent)
        _form(flows, m, k, start, rate)
        _exchange(flows, m.analyte, k)
        volume[m.analyte] = (flows.at(m.analyte), k["V1"])
        fate[m.analyte] = (m.analyte, k["CL"] / k["V1"])
    for start, rate in fate.values():
        flows.move(start, None, rate)
    for depot, (end, ka, share) in depots.items():
        flows.move(depot, end, ka * share)
        flows.move(depot, None, ka * (1.0 - share))
    return System(K=flows.matrix(), place=flows.names, volume=volume)


def _exchange(flows: _Flows, center: str, c: Mapping[str, Array]) -> None:
    for j in ("2", "3"):
        if f"Q{j}" in c:
            flows.move(center, f"{center} {j}", c[f"Q{j}"] / c["V1"])
            flows.move(f"{center} {j}", center, c[f"Q{j}"] / c[f"V{j}"])


def _form(flows: _Flows, m: Metabolite, k: Mapping[str, Array], start: str, rate: Array) -> None:
    """Lead the formed share through the transit compartments, the rest out of the system."""
    share = k.get("fm", np.ones(()))
    stations = [f"{m.analyte} transit {i + 1}" for i in range(m.transits)]
    ends = [*stations, m.analyte]
    flows.move(start, ends[0], rate * share)
    flows.move(start, None, rate * (1.0 - share))
    for here, after in zip(stations, ends[1:]):
        flows.move(here, after, m.transits / k["MTT"])
