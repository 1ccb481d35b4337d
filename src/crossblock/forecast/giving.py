"""How a session enters a person: doses, routes, and what is on board beside the drug.

A route for which no absorption rate was found enters as an infusion of the share that is known to
arrive, over an assumed time; that stays visible. An agonist without sourced kinetics is not
computed unless the user states its odds at the receptor.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from crossblock.core.errors import CatalogError, Problem
from crossblock.domain.compound import Compound
from crossblock.domain.dose import Dose, Route
from crossblock.domain.mechanism import Mechanism
from crossblock.domain.repeated_regimen import Beside, Regimen
from crossblock.exposure.treatment import Treatment, Window

LEAD = 15  # doses of a blocker given before the session: it is then at its steady level
AFTER_H = 72.0
SPRAY_MG, SPRAY_GAP_H = 28.0, 5.0 / 60.0
NASAL_SET = "perez-ruixo-2021"
# route -> published bioavailability of the racemate, and over how long it is taken to arrive
SHARES: dict[Route, tuple[str, float]] = {
    Route.IM: ("F-im", 0.25),
    Route.SUBLINGUAL: ("F-sublingual", 0.75),
    Route.ORAL: ("F-oral", 1.0),
    Route.NASAL: ("F-nasal-50mg", 0.5),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """One session as the engine sees it. `assumed` is amber; `unknown` is what nobody has shown."""

    treatment: Treatment
    resting: Treatment
    mg: Dose
    assumed: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()


def entry(
    regimen: Regimen, mechanism: Mechanism, compounds: Mapping[str, Compound], factor: float = 1.0
) -> Entry:
    """Return one session of `regimen` at `factor` times its dose, under `mechanism`.

    Belief follows every session for `belief_h`. Raises `CatalogError` for a route without any
    sourced number.
    """
    dose = replace(regimen.dose, amount=regimen.dose.amount * factor)
    agonists = [b for b in regimen.beside if b.odds is not None]
    blockers = [b for b in regimen.beside if b.odds is None and b.dose is not None]
    silent = [b for b in regimen.beside if b.odds is None and b.dose is None]
    drug, doses, assumed = _drug(regimen, dose, compounds)
    around = tuple(
        Window(start_h=-30.0 * 24.0, stop_h=AFTER_H + 1.0, level=b.odds or 0.0) for b in agonists
    )
    own = _own_agonist(regimen, dose)
    blocked = [b for b in blockers if compounds[b.compound].blockades]
    resting = Treatment(
        drug=None,
        blocker=compounds[blocked[0].compound] if blocked else None,
        blocker_doses=tuple(d for b in blocked[:1] for d in _repeated(b)),
        agonist=around,
    )
    return Entry(
        treatment=replace(
            resting,
            drug=drug,
            drug_doses=doses,
            belief=(Window(start_h=0.0, stop_h=mechanism["belief_h"]),),
            agonist=(*around, *own),
        ),
        resting=resting,
        mg=dose,
        assumed=(*assumed, *(_stated(b) for b in agonists)),
        unknown=tuple(
            _unknown(compounds[b.compound]) for b in (*silent, *blockers) if b not in blocked
        ),
    )


def _drug(
    regimen: Regimen, dose: Dose, compounds: Mapping[str, Compound]
) -> tuple[Compound | None, tuple[Dose, ...], tuple[str, ...]]:
    if regimen.drug == "mu-agonist":
        return None, (), ("a full mu agonist of the user's making: its odds are assumed",)
    drug = compounds[regimen.drug]
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


def _own_agonist(regimen: Regimen, dose: Dose) -> tuple[Window, ...]:
    """Return the window of a "mu-agonist" session: `amount` is its odds at the receptor."""
    if regimen.drug != "mu-agonist":
        return ()
    return (Window(start_h=0.0, stop_h=dose.duration_h, level=dose.amount),)


def _repeated(b: Beside) -> tuple[Dose, ...]:
    """Return the blocker's doses around a session, the last one an hour before it."""
    if b.dose is None:
        return ()
    first = -1.0 - (LEAD - 1) * b.every_h
    count = LEAD + int(AFTER_H // b.every_h) + 1
    return tuple(replace(b.dose, start_h=first + k * b.every_h) for k in range(count))


def _stated(b: Beside) -> str:
    return f"{b.compound} on board at odds {b.odds:g} at mu (stated by the user, not sourced)"


def _unknown(c: Compound) -> str:
    searched = "; ".join(n.what for n in c.not_found)
    return (
        f"{c.title} on board is not computed: no sourced kinetics or occupancy exist here "
        f"(not found: {searched}). State its odds at the receptor to compute a what-if."
    )
