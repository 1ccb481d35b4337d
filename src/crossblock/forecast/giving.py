"""How a session enters a person: doses, routes, and what is on board beside the drug.

How a dose arrives by its route is `exposure.arrival`. An agonist without sourced kinetics is not
computed unless the user states its odds at the receptor.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from crossblock.domain.compound import Compound
from crossblock.domain.dose import Dose
from crossblock.domain.mechanism import Mechanism
from crossblock.domain.repeated_regimen import Beside, Regimen
from crossblock.exposure.arrival import arriving
from crossblock.exposure.treatment import Treatment, Window

LEAD = 15  # doses of a blocker given before the session: it is then at its steady level
AFTER_H = 72.0


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
    return arriving(compounds[regimen.drug], dose)


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
