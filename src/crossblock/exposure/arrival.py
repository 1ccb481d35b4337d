"""How a dose arrives by its route: by sourced kinetics, as sprays, or as a published share.

A route for which no absorption rate was found enters as an infusion of the share that is known to
arrive, over an assumed time; that stays visible. A route without any sourced number is refused.
"""

from __future__ import annotations

from dataclasses import replace

from crossblock.core.errors import CatalogError, Problem
from crossblock.domain.compound import Compound
from crossblock.domain.dose import Dose, Route

SPRAY_MG, SPRAY_GAP_H = 28.0, 5.0 / 60.0
NASAL_SET = "perez-ruixo-2021"
# route -> published bioavailability of the racemate, and over how long it is taken to arrive
SHARES: dict[Route, tuple[str, float]] = {
    Route.IM: ("F-im", 0.25),
    Route.SUBLINGUAL: ("F-sublingual", 0.75),
    Route.ORAL: ("F-oral", 1.0),
    Route.NASAL: ("F-nasal-50mg", 0.5),
}


def arriving(drug: Compound, dose: Dose) -> tuple[Compound, tuple[Dose, ...], tuple[str, ...]]:
    """Return the drug with the kinetics that serve, the doses as they arrive, and what is assumed.

    Raises `CatalogError` for a route without any sourced number.
    """
    if dose.route is Route.IV:
        return drug, (dose,), ()
    if dose.route is Route.NASAL and NASAL_SET in drug.sets and not dose.per_kg:
        whole = int(dose.amount // SPRAY_MG)
        left = dose.amount - whole * SPRAY_MG
        amounts = [*([SPRAY_MG] * whole), *([left] if left > 1e-9 else [])]
        sprays = tuple(
            replace(dose, amount=mg, start_h=k * SPRAY_GAP_H, duration_h=0.0)
            for k, mg in enumerate(amounts)
        )
        return replace(drug, default_set=NASAL_SET), sprays, ()
    if dose.route in drug.kinetic_set().routes:
        return drug, (dose,), ()
    return _infused(drug, dose)


def _infused(drug: Compound, dose: Dose) -> tuple[Compound, tuple[Dose, ...], tuple[str, ...]]:
    """Return the dose as an infusion of what arrives, where only a bioavailability is known."""
    name, hours = SHARES.get(dose.route, ("", 0.0))
    if name not in drug.figures:
        raise CatalogError(
            Problem(
                what=f"{drug.id} by the {dose.route} route has no sourced numbers",
                where=f"compound {drug.id}",
                value=str(dose.route),
                why="neither an absorption rate nor a bioavailability was found",
                fix=f"use one of: {', '.join(drug.kinetic_set().routes)}",
            )
        )
    F = drug.figure(name).parameter
    given = replace(dose, amount=dose.amount * F.value, route=Route.IV, duration_h=hours)
    said = (
        f"{dose.route}: {100 * F.value:.0f} % arrives ({F.source.text}; {F.confidence}), evenly "
        f"over {60 * hours:.0f} min (assumed: no absorption rate was found)",
    )
    return drug, (given,), said
