"""A treatment: what one condition gives, as the five-state system sees it.

Drug and blocker doses, windows in which a person believes to have been treated, windows in which
a mu agonist is on board, and whether a prolonging drug was given. Times in h from one origin.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from crossblock.core.errors import InputError, Problem
from crossblock.domain.compound import Compound, KineticSet
from crossblock.domain.dose import Dose
from crossblock.domain.mechanism import Mechanism
from crossblock.domain.protocol import Protocol


@dataclass(frozen=True, kw_only=True, slots=True)
class Window:
    """From `start_h` to `stop_h` at `level`: strength of belief, or odds of an agonist at mu."""

    start_h: float
    stop_h: float
    level: float = 1.0

    def __post_init__(self) -> None:
        if not (self.stop_h > self.start_h and self.level >= 0.0):
            raise InputError(
                Problem(
                    what="a window that ends before it starts, or below level 0",
                    value=f"{self.start_h:g} to {self.stop_h:g} h at {self.level:g}",
                    fix="give start before stop, and a level of 0 or more",
                )
            )


@dataclass(frozen=True, kw_only=True, slots=True)
class Treatment:
    """What is given. A `drug` without doses stands for its placebo: belief alone.

    `drug_set` names the drug's kinetic set; left out, the default set serves, or, where it lacks a
    route, the first that has every route of the doses.
    """

    drug: Compound | None = None
    drug_doses: tuple[Dose, ...] = ()
    blocker: Compound | None = None
    blocker_doses: tuple[Dose, ...] = ()
    belief: tuple[Window, ...] = ()
    agonist: tuple[Window, ...] = ()
    prolonged: bool = False
    drug_set: str = ""

    def kinetics(self) -> KineticSet | None:
        """Return the drug's kinetic set, None without a drug."""
        if self.drug is None or self.drug_set:
            return None if self.drug is None else self.drug.kinetic_set(self.drug_set)
        routes = {d.route for d in self.drug_doses}
        usual = self.drug.kinetic_set()
        if routes <= usual.routes.keys():
            return usual
        return next((s for s in self.drug.sets.values() if routes <= s.routes.keys()), usual)


def treatment_of(
    protocol: Protocol,
    condition: str,
    compounds: Mapping[str, Compound],
    mechanism: Mechanism,
    *,
    believed: bool = True,
) -> Treatment:
    """Return what a condition of `protocol` gives in one period, times from its time_zero.

    Whoever receives the drug, or a comparator or placebo in its place, believes for `belief_h` from
    its start (unless not `believed`): expectancy follows the infusion, not its content. A condition
    that gives a compound of kind "modifier" is prolonged.
    """
    given = protocol.given(condition)
    drugs = [a for a in given if a.role == "drug" and a.compound]
    blockers = [a for a in given if a.role == "blocker" and a.compound]
    kinds = {compounds[a.compound].kind for a in given if a.compound is not None}
    start = protocol.drug_start_h
    hold = mechanism["belief_h"]
    return Treatment(
        drug=compounds[drugs[0].compound or ""] if drugs else None,
        drug_doses=tuple(d for a in drugs for d in a.doses()),
        blocker=compounds[blockers[0].compound or ""] if blockers else None,
        blocker_doses=tuple(d for a in blockers for d in a.doses()),
        belief=(Window(start_h=start, stop_h=start + hold),) if believed else (),
        prolonged="modifier" in kinds,
    )
