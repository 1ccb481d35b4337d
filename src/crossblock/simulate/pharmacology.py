"""What a mechanistic trial needs of drug and blocker, worked out once for all people."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from crossblock.core.errors import InputError, Problem
from crossblock.domain.administration import Administration
from crossblock.domain.bank import ItemBank
from crossblock.domain.compound import Compound
from crossblock.domain.mechanism import Mechanism
from crossblock.domain.protocol import Protocol
from crossblock.domain.truth import Truth
from crossblock.exposure.effect import drive_scales
from crossblock.exposure.engine import modal
from crossblock.exposure.system import Potency, potency
from crossblock.exposure.treatment import Treatment, Window
from crossblock.load.compound import compound
from crossblock.simulate.comparator import specific
from crossblock.simulate.shares import with_fraction

MODIFIER = "modifier"


@dataclass(frozen=True, kw_only=True, eq=False)
class Pharmacology:
    """Mechanism with the true fraction and fall, scale of its drives, drug and blocker.

    `given` holds every dose of any condition in one period; who receives which is decided person by
    person. `believed` is the log fall that belief brings to a session with the drug.
    """

    mechanism: Mechanism
    potency: Potency
    scale: float
    believed: float
    given: Treatment

    @property
    def carries_belief(self) -> bool:
        """True where belief itself acts through opioids (H5)."""
        return self.mechanism["sX"] > 0.0


def pharmacology(
    protocol: Protocol,
    truth: Truth,
    mechanism: Mechanism,
    compounds: Mapping[str, Compound],
    banks: Mapping[str, ItemBank],
) -> Pharmacology:
    """Return the pharmacology of a protocol under a truth.

    Raises `InputError` for drugs or routes that the virtual trial cannot carry, and for a fraction
    that the mechanism cannot have.
    """
    reference = compound(mechanism.binding.reference)
    needed = -math.log1p(-truth["fall"])
    share = 1.0 if mechanism["sX"] > 0.0 else specific(protocol, truth, banks)
    own = -math.expm1(-share * needed)
    if own <= 0.0:
        raise InputError(
            Problem(
                what="nothing of the response needs the drug",
                value=f"specific {truth['specific']:g}",
                fix="choose specific above 0, or the Gaussian generator",
            )
        )
    tuned = mechanism.with_values(fall=own)
    if "fraction" in truth.set:
        tuned = with_fraction(tuned, truth["fraction"], reference)
    given = union(protocol, compounds, tuned)
    if not modal(given):
        raise InputError(
            Problem(
                what="virtual trials carry drugs given into a vein and one model of the blocker",
                where=f"protocol {protocol.id}",
                why="other routes are solved person by person, too slowly for many trials",
                fix="use --generator gaussian for this protocol",
            )
        )
    return Pharmacology(
        mechanism=tuned,
        potency=potency(tuned, given.drug),
        scale=drive_scales(tuned, reference)["exponential"],
        believed=(1.0 - share) * needed,
        given=given,
    )


def union(protocol: Protocol, compounds: Mapping[str, Compound], mechanism: Mechanism) -> Treatment:
    """Return every dose of any condition of one period, and the window in which people believe."""
    drugs = [a for a in protocol.administrations if a.role == "drug" and a.compound]
    blockers = [
        a
        for a in protocol.administrations
        if a.role == "blocker" and a.compound and compounds[a.compound].kind != MODIFIER
    ]
    for kind, rows in (("drug", drugs), ("blocker", blockers)):
        names = sorted({a.compound for a in rows if a.compound})
        if len(names) > 1:
            raise InputError(
                Problem(
                    what=f"more than one {kind} in a virtual trial",
                    value=", ".join(names),
                    why="the mechanisms of the catalog explain one drug and one blocker",
                    fix="use --generator gaussian for this protocol",
                )
            )
    _check_known(protocol, drugs, blockers, compounds)
    start = protocol.drug_start_h
    return Treatment(
        drug=compounds[drugs[0].compound or ""] if drugs else None,
        drug_doses=tuple(d for a in drugs for d in a.doses()),
        blocker=compounds[blockers[0].compound or ""] if blockers else None,
        blocker_doses=tuple(d for a in blockers for d in a.doses()),
        belief=(Window(start_h=start, stop_h=start + mechanism["belief_h"]),),
    )


def _check_known(
    protocol: Protocol,
    drugs: Sequence[Administration],
    blockers: Sequence[Administration],
    compounds: Mapping[str, Compound],
) -> None:
    """Refuse a drug without kinetics and a blocker without a blockade model."""
    wrong = [
        (a.compound or "", what)
        for rows, what in ((drugs, "kinetics of the drug"), (blockers, "blockade by the blocker"))
        for a in rows
        if not _known(compounds[a.compound or ""], what)
    ]
    if wrong:
        raise InputError(
            *(
                Problem(
                    what=f"no sourced {what}",
                    where=f"protocol {protocol.id}",
                    value=name,
                    why="the pharmacology of a virtual trial needs it, and none is invented",
                    fix="use --generator gaussian for this protocol",
                )
                for name, what in dict.fromkeys(wrong)
            )
        )


def _known(found: Compound, what: str) -> bool:
    if what.startswith("kinetics"):
        return found.default_set in found.sets
    return bool(found.blockades)
