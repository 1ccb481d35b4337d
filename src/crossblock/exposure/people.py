"""How people differ from the typical person of a kinetic set.

Each constant with a published coefficient of variation gets its own stream, so adding a constant
or a participant never changes another's draws.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from crossblock.core.streams import Stream
from crossblock.domain.compound import Compound, KineticSet, Parameter
from crossblock.domain.dose import Dose
from crossblock.exposure.compartments import Factors
from crossblock.exposure.plasma import plasma

Array = NDArray[np.float64]


def spreads(kinetic_set: KineticSet) -> dict[str, float]:
    """Return the published coefficients of variation by the name that `Factors` uses.

    Metabolite constants carry the metabolite's name ("S-norketamine.CL"); absorption constants
    that a route shares with another count once.
    """
    return {name: p.cv for name, p in _named(kinetic_set) if p.cv}


def _named(kinetic_set: KineticSet) -> Iterator[tuple[str, Parameter]]:
    yield from kinetic_set.parameters.items()
    for table in kinetic_set.routes.values():
        yield from table.items()
    for m in kinetic_set.metabolites:
        for symbol, p in m.parameters.items():
            yield f"{m.analyte}.{symbol}", p


def draw(
    kinetic_set: KineticSet, participants: ArrayLike, stream: Stream, *, trial: int = 0
) -> Factors:
    """Return multipliers of a set's constants, each (people,), lognormal with median 1.

    factor = exp(omega z), omega^2 = log(1 + CV^2). `participants` are their numbers, (people,).
    Correlations between constants are not published in these sets and are taken as 0.
    """
    who = np.asarray(participants)
    return {
        name: np.exp(
            np.sqrt(np.log1p(cv**2))
            * Stream(stream.seed, f"{stream.purpose}/{kinetic_set.id}/{name}").normal(
                1, trial=trial, participant=who
            )[..., 0]
        )
        for name, cv in spreads(kinetic_set).items()
    }


def unknown_spread(kinetic_set: KineticSet) -> tuple[str, ...]:
    """Name the constants of the parent for which no spread between persons was found."""
    return tuple(s for s, p in kinetic_set.parameters.items() if not p.cv)


@dataclass(frozen=True, kw_only=True, eq=False)
class PlasmaBand:
    """Concentration of one analyte over time in ng/mL: the typical person and a 95 % band.

    All (t,). `unknown` names constants for which no spread was found: the band leaves them out.
    """

    analyte: str
    set_id: str
    sampling_site: str
    times_h: Array
    typical: Array
    low: Array
    high: Array
    unknown: tuple[str, ...]


def plasma_band(
    compound: Compound,
    doses: Sequence[Dose],
    times_h: ArrayLike,
    *,
    stream: Stream,
    set_id: str | None = None,
    weight_kg: float = 70.0,
    people: int = 1000,
    metabolites: bool = False,
) -> tuple[PlasmaBand, ...]:
    """Return each analyte's band between persons of `weight_kg` from the set's own spreads."""
    kinetic_set = compound.kinetic_set(set_id)
    factors = draw(kinetic_set, np.arange(people), stream)
    one = plasma(
        compound, doses, times_h, set_id=set_id, weight_kg=weight_kg, metabolites=metabolites
    )
    many = plasma(
        compound,
        doses,
        times_h,
        set_id=set_id,
        weight_kg=np.full(people, weight_kg),
        factors=factors,
        metabolites=metabolites,
    )
    bands = []
    for analyte in one.mg_per_l:
        low, high = np.quantile(many.ng_per_ml(analyte), (0.025, 0.975), axis=0)
        bands.append(
            PlasmaBand(
                analyte=analyte,
                set_id=kinetic_set.id,
                sampling_site=kinetic_set.sampling_site,
                times_h=one.times_h,
                typical=one.ng_per_ml(analyte),
                low=low,
                high=high,
                unknown=unknown_spread(kinetic_set),
            )
        )
    return tuple(bands)
