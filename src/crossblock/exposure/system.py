"""A mechanism, a drug and a blocker to the arrays that the kernels read.

Every value may be one number for all or one for each person; the people axis comes last.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from crossblock.core.errors import CatalogError
from crossblock.domain.compound import Compound
from crossblock.domain.mechanism import Mechanism
from crossblock.domain.receptor import ReceptorId
from crossblock.exposure.blockade import BlockadeConstants, typical
from crossblock.exposure.compartments import Factors
from crossblock.exposure.occupancy import occupancy
from crossblock.kernels.response import System

Array = NDArray[np.float64]
LN2 = math.log(2.0)
NONE: Mapping[str, Array] = {}


@dataclass(frozen=True, kw_only=True, eq=False)
class People:
    """Who is treated: `count` people, each constant () or (count,).

    `factors` multiply the drug's kinetic constants (`exposure.people.draw`); `blockade` replaces
    the blocker's constants, by model id; `parameters` replace a mechanism's, by symbol.
    """

    count: int = 1
    weight_kg: Array | float = 70.0
    factors: Factors = field(default_factory=dict)
    blockade: Mapping[str, BlockadeConstants] = field(default_factory=dict)
    parameters: Mapping[str, Array] = field(default_factory=dict)

    def constants(self, blocker: Compound, model_id: str) -> BlockadeConstants:
        """Return the constants of one blockade model, the typical ones where none were given."""
        return self.blockade.get(model_id) or typical(blocker.blockade_model(model_id))


@dataclass(frozen=True, kw_only=True, slots=True)
class Potency:
    """Receptor odds for 1 mg/L of the drug in plasma, and its affinity ratios to mu."""

    nmda: float
    mu: float
    kappa_ratio: float
    delta_ratio: float
    assumed: tuple[str, ...] = ()


def potency(mechanism: Mechanism, drug: Compound | None) -> Potency:
    """Return how strongly the drug binds, from the affinity sets that the mechanism names.

    Raises `CatalogError` when the drug has no NMDA affinity of that set: the family explains drugs
    that block this receptor. A drug without opioid affinities binds none.
    """
    if drug is None:
        return Potency(nmda=0.0, mu=0.0, kappa_ratio=0.0, delta_ratio=0.0)
    analyte = drug.kinetic_set().analyte
    level = {analyte: np.asarray(1.0 / drug.analytes[analyte].molar_mass.value)}
    b = mechanism.binding
    nmda = occupancy(drug, level, ReceptorId.NMDA, affinity_set=b.nmda)
    try:
        mu = occupancy(drug, level, ReceptorId.MU, affinity_set=b.mu)
    except CatalogError:
        mu = None

    def ratio(receptor: ReceptorId) -> float:
        try:
            at = drug.affinities_of(b.types, receptor)[0].parameters["Ki"].value
            return drug.affinities_of(b.types, ReceptorId.MU)[0].parameters["Ki"].value / at
        except CatalogError:
            return 0.0

    return Potency(
        nmda=float(nmda.odds),
        mu=0.0 if mu is None else float(mu.odds),
        kappa_ratio=ratio(ReceptorId.KAPPA),
        delta_ratio=ratio(ReceptorId.DELTA),
        assumed=(*nmda.assumed, *(() if mu is None else mu.assumed)),
    )


def blocker_ratio(blocker: Compound | None, receptor: ReceptorId) -> float:
    """Return the blocker's affinity at `receptor` over that at mu; 0 where none is known."""
    if blocker is None or not blocker.blockades:
        return 0.0
    ratios = blocker.blockade_model().ratios
    return 1.0 / ratios[receptor].value if receptor in ratios else 0.0


def system(
    mechanism: Mechanism,
    *,
    scale: float,
    drug: Potency,
    blocker: Compound | None,
    parameters: Mapping[str, Array] = NONE,
    prolonged: bool = False,
) -> System:
    """Return the kernel's parameters, (1,) or (people,) each.

    `scale` turns the relative drives into 1/h (`effect.drive_scales`); `parameters` replace values
    by person. Prolongation multiplies the half-life of R by `slowing`.
    """

    def of(symbol: str) -> Array:
        return np.atleast_1d(np.asarray(parameters.get(symbol, mechanism[symbol]), dtype=float))

    def rate(state: str) -> Array:
        return LN2 / of(f"half_life_{state}")

    a = scale * of("amplitude")
    kappa, delta = of("kappa_share"), of("delta_share")
    split = bool(np.any(kappa > 0) or np.any(delta > 0))
    width = max(kappa.size, delta.size)
    shares = [1.0 - kappa - delta, kappa, delta] if split else [np.ones(1)]
    drugs = [1.0, drug.kappa_ratio, drug.delta_ratio][: len(shares)]
    blockers = [
        1.0,
        blocker_ratio(blocker, ReceptorId.KAPPA),
        blocker_ratio(blocker, ReceptorId.DELTA),
    ][: len(shares)]
    return System(
        shares=np.stack([np.broadcast_to(s, (width if split else 1,)) for s in shares]),
        drug_ratio=np.array(drugs)[:, None],
        blocker_ratio=np.array(blockers)[:, None],
        eps=of("eps"),
        E0=of("E0"),
        kE=rate("E"),
        sN=of("sN"),
        sX=of("sX"),
        phi=of("phi"),
        rho=of("rho"),
        aG=a * of("aG"),
        aK=a * of("aK"),
        aR=a * of("aR"),
        kU=rate("U"),
        kR=rate("R") / (of("slowing") if prolonged else 1.0),
        kT=rate("T"),
        T50=of("T50"),
        kO=rate("O"),
        w=of("w"),
    )
