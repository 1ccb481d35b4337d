"""Doses of a blocker to the fraction of receptors it makes unavailable, over days.

Plasma concentration times affinity overstates early and understates late blockade by naltrexone,
so blockade follows a K-PD model fitted to human PET (docs/derivations/kpd.md):

    dA/dt = -ka A,  dX/dt = ka A - ke X,  b = (X / ED50)^g,  blockade = b / (1 + b).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from crossblock.core.errors import CatalogError, Problem
from crossblock.domain.compound import BlockadeModel, Compound, Source, amber
from crossblock.domain.dose import Dose, check_durations
from crossblock.domain.receptor import ReceptorId
from crossblock.kernels.binding import blockade as bound_fraction
from crossblock.kernels.kinetics import effect_amount_repeated
from crossblock.kernels.propagate import Input, solve

if TYPE_CHECKING:  # only a band draws people, and only then special functions are needed
    from crossblock.core.streams import Stream

Array = NDArray[np.float64]
Band = Literal["", "parameters", "persons"]
SAID = {
    "": "",
    "parameters": "95 % band of the fitted parameters",
    "persons": "95 % band between persons, parameters uncertain too",
}
Z95 = 1.959963984540054


@dataclass(frozen=True, kw_only=True, eq=False)
class BlockadeCurve:
    """Blockade over time: `fraction`, and `low` and `high` of the band, (t,) in 0-1.

    `odds` is fraction / (1 - fraction), what competes with a drug; `draws` (people, t) holds the
    sampled curves when a band was asked for.
    """

    compound: str
    model_id: str
    receptor: ReceptorId
    population: str
    times_h: Array
    fraction: Array
    odds: Array
    low: Array | None = None
    high: Array | None = None
    band: str = ""
    draws: Array | None = None
    sources: tuple[Source, ...] = ()
    assumed: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, eq=False)
class BlockadeConstants:
    """The constants of one person, each (), or of many, each (people,)."""

    ED50: Array  # mg, or mg/kg when `per_kg`
    half_life: Array  # h
    ka: Array  # 1/h
    g: Array
    person: Array  # multiplies the odds: how this person differs from the typical one
    dose_factor: Array  # model mg for each mg given; 1 but for a depot
    per_kg: bool = False


def typical(model: BlockadeModel) -> BlockadeConstants:
    """Return the constants of the typical person; a depot's release takes the place of ka."""
    p = {s: np.asarray(x.value) for s, x in model.parameters.items()}
    return BlockadeConstants(
        ED50=p["ED50"],
        half_life=p["half_life"],
        ka=p["ka"] if "ka" in p else math.log(2.0) / p["half_life_release"],
        g=p["g"],
        person=np.ones(()),
        dose_factor=p.get("dose_factor", np.ones(())),
        per_kg=model.parameters["ED50"].unit == "mg/kg",
    )


def sampled(
    model: BlockadeModel, people: int, stream: Stream, band: Band = "persons"
) -> BlockadeConstants:
    """Return constants for `people`: fit uncertainty, and for "persons" their differences too.

    ED50 and half-life are lognormal with the correlation of the fit; a person's odds are lognormal
    with the coefficient of variation `cv_odds`, where one is known. A depot's release and its
    dose factor are lognormal over their stated ranges, read as 95 % intervals.
    """
    z = stream.normal(5, participant=np.arange(people))
    p = model.parameters
    rho = p["correlation"].value if "correlation" in p else 0.0
    second = rho * z[:, 0] + math.sqrt(1.0 - rho**2) * z[:, 1]
    cv = p["cv_odds"].value if band == "persons" and "cv_odds" in p else 0.0
    middle = typical(model)
    return replace(
        middle,
        ED50=middle.ED50 * np.exp(_log_sd(model, "ED50") * z[:, 0]),
        half_life=middle.half_life * np.exp(_log_sd(model, "half_life") * second),
        ka=middle.ka * np.exp(-_log_sd(model, "half_life_release") * z[:, 3]),
        g=np.full(people, middle.g),
        dose_factor=middle.dose_factor * np.exp(_log_sd(model, "dose_factor") * z[:, 4]),
        person=np.exp(math.sqrt(math.log1p(cv**2)) * z[:, 2]),
    )


def _log_sd(model: BlockadeModel, symbol: str) -> float:
    p = model.parameters.get(symbol)
    return (
        0.0
        if p is None or p.low is None or p.high is None
        else math.log(p.high / p.low) / (2.0 * Z95)
    )


def blockade_odds(
    constants: BlockadeConstants, doses: Sequence[Dose], times_h: Array, weight_kg: ArrayLike = 70.0
) -> Array:
    """Return the blocker's odds at its own receptor, (t,) or (people, t), >= 0."""
    c = constants
    weight = np.asarray(weight_kg, dtype=float)
    ke = math.log(2.0) / c.half_life
    at_once = [d for d in doses if d.duration_h == 0]
    X = effect_amount_repeated(
        times_h,
        [d.start_h for d in at_once],
        [np.asarray(d.mg(weight)) * c.dose_factor for d in at_once],
        c.ka,
        ke,
    )
    lasting = [
        Input(
            compartment=0,
            start=d.start_h,
            amount=np.asarray(d.mg(weight)) * c.dose_factor,
            duration=d.duration_h,
        )
        for d in doses
        if d.duration_h > 0
    ]
    if lasting:
        X = X + solve(_two_steps(c.ka, ke), list(map(float, times_h)), lasting, keep=[1])[..., 0]
    ED50 = c.ED50 * weight if c.per_kg else c.ED50
    shape = np.broadcast_shapes(np.shape(ED50), np.shape(X)[:-1])
    amount = np.broadcast_to(X, (*shape, times_h.size))
    b = c.person[..., None] * (amount / ED50[..., None]) ** c.g[..., None]
    return np.asarray(b, dtype=float)


def _two_steps(ka: Array, ke: Array) -> Array:
    """Return the flow matrix of the K-PD chain, (..., 2, 2) in 1/h, for doses that last."""
    zero = np.zeros(np.broadcast_shapes(np.shape(ka), np.shape(ke)))
    rows = [np.stack([zero - ka, zero], axis=-1), np.stack([zero + ka, zero - ke], axis=-1)]
    return np.stack(rows, axis=-2)


def blockade_curve(
    compound: Compound,
    doses: Sequence[Dose],
    times_h: ArrayLike,
    *,
    model_id: str | None = None,
    receptor: ReceptorId | None = None,
    weight_kg: ArrayLike = 70.0,
    band: Band = "",
    people: int = 2000,
    stream: Stream | None = None,
) -> BlockadeCurve:
    """Return the fraction of a receptor that `doses` of a blocker make unavailable over time.

    Inputs: `times_h` (t,) in h from the origin of the doses' starts. `receptor` other than the
    model's own divides the odds by the affinity ratio. Doses by several routes of one blocker (a
    tablet over a depot) reach one site: their odds add, and a warning says so. A band needs a
    `stream`. Raises `CatalogError` where no model fits a dose's route, or no ratio is known.
    """
    times: Array = np.asarray(times_h, dtype=float)
    check_durations(doses)
    groups = by_model(compound, doses, model_id)
    first = groups[0][0]

    odds = _total(compound, groups, receptor, typical, times, weight_kg)
    draws = None
    if band and stream is not None:

        def people_of(m: BlockadeModel) -> BlockadeConstants:
            return sampled(m, people, stream, band)

        draws = bound_fraction(_total(compound, groups, receptor, people_of, times, weight_kg))
    low, high = (None, None) if draws is None else np.quantile(draws, (0.025, 0.975), axis=0)
    used = [p for m, _ in groups for p in (*m.parameters.values(), *m.ratios.values())]
    return BlockadeCurve(
        compound=compound.id,
        model_id=" + ".join(m.id for m, _ in groups),
        receptor=receptor or first.receptor,
        population=first.population,
        times_h=times,
        fraction=bound_fraction(odds),
        odds=odds,
        low=low,
        high=high,
        band=SAID[band] if draws is not None else "",
        draws=draws,
        sources=tuple({p.source.key: p.source for p in used}.values()),
        assumed=amber(used),
        warnings=tuple(_warnings([m for m, _ in groups], band)),
    )


def _total(
    compound: Compound,
    groups: Sequence[tuple[BlockadeModel, Sequence[Dose]]],
    receptor: ReceptorId | None,
    constants: Callable[[BlockadeModel], BlockadeConstants],
    times: Array,
    weight_kg: ArrayLike,
) -> Array:
    """Add the odds that the doses of every route leave at one receptor."""
    parts = [
        blockade_odds(constants(m), given, times, weight_kg) / affinity_ratio(compound, m, receptor)
        for m, given in groups
    ]
    return np.asarray(np.sum(np.broadcast_arrays(*parts), axis=0), dtype=float)


def by_model(
    compound: Compound, doses: Sequence[Dose], model_id: str | None = None
) -> list[tuple[BlockadeModel, list[Dose]]]:
    """Pair each blockade model that is needed with its doses; without doses, the first model."""
    if model_id is not None or not doses:
        model = compound.blockade_model(model_id)
        _check_routes(compound, [model], doses)
        return [(model, list(doses))]
    compound.blockade_model()  # refuses a compound that has none
    _check_routes(compound, list(compound.blockades.values()), doses)
    pairs = [(m, [d for d in doses if d.route is m.route]) for m in compound.blockades.values()]
    return [(m, given) for m, given in pairs if given]


def _warnings(models: Sequence[BlockadeModel], band: Band) -> Iterator[str]:
    yield from dict.fromkeys(m.note for m in models if m.note)
    if len(models) > 1:
        routes = " and ".join(m.route for m in models)
        yield f"doses by {routes} overlap: what they leave at the receptor is added"
    if band == "persons" and not all("cv_odds" in m.parameters for m in models):
        yield "no spread between persons is known: the band holds fit uncertainty only"


def affinity_ratio(compound: Compound, model: BlockadeModel, receptor: ReceptorId | None) -> float:
    """Return how many times weaker the blocker is at `receptor` than at the model's own."""
    if receptor is None or receptor is model.receptor:
        return 1.0
    if receptor in model.ratios:
        return model.ratios[receptor].value
    raise CatalogError(
        Problem(
            what=f"{compound.id} has no affinity ratio at {receptor}",
            where=f"compound {compound.id}, blockade {model.id}",
            value=str(receptor),
            why="no sourced ratio was found, and none is invented",
            fix=f"use one of: {', '.join([model.receptor, *model.ratios])}",
        )
    )


def _check_routes(
    compound: Compound, models: Sequence[BlockadeModel], doses: Sequence[Dose]
) -> None:
    routes = [m.route for m in models]
    odd = next((d for d in doses if d.route not in routes), None)
    if odd is not None:
        raise CatalogError(
            Problem(
                what=f"{compound.id} has no blockade model for {odd.route} doses",
                where=f"dose at {odd.start_h:g} h",
                value=str(odd.route),
                why=f"constants were fitted to these routes: {', '.join(routes)}",
                fix="choose one of these routes, or add a sourced model to the compound's file",
            )
        )
