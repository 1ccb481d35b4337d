"""How large each of a person's sessions was, in reference sessions, under a mechanism.

The typical person's plasticity after a session of this drug, dose and route, over that of the
reference infusion. Sessions that are alike are solved once and kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from crossblock.domain.compound import Compound
from crossblock.domain.dose import Dose
from crossblock.domain.history import History
from crossblock.domain.mechanism import Mechanism
from crossblock.domain.repeated_regimen import Phase, Regimen
from crossblock.exposure.effect import reference_treatment
from crossblock.exposure.engine import grid_for, solve
from crossblock.exposure.system import People, potency, system
from crossblock.exposure.treatment import Treatment
from crossblock.forecast.giving import AFTER_H, entry
from crossblock.kernels.backend import NUMPY

KEPT = 512  # session sizes remembered between calls: (mechanism, drug, dose, weight)


def sizes(
    history: History, mechanism: Mechanism, compounds: Mapping[str, Compound]
) -> tuple[float, ...]:
    """Return the size of every session, and of the next one (like the last; the reference if none).

    A dose a kg is taken at the person's weight, with the typical kinetics.
    """
    weight = round(history.weight_kg, 1)
    by = _Known(mechanism, compounds)
    found = [_size(by, s.drug, s.dose, weight) for s in history.sessions]
    return (*found, found[-1] if found else 1.0)


class _Known:
    """Mechanism and compounds, equal and hashable by the mechanism's numbers."""

    def __init__(self, mechanism: Mechanism, compounds: Mapping[str, Compound]) -> None:
        self.mechanism, self.compounds = mechanism, compounds
        values = tuple((k, p.value) for k, p in mechanism.parameters.items())
        self.key = (mechanism.id, values, tuple(sorted(compounds)))

    def __hash__(self) -> int:
        return hash(self.key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Known) and self.key == other.key


@lru_cache(maxsize=KEPT)
def _size(by: _Known, drug: str, dose: Dose, weight: float) -> float:
    given = Regimen(
        id="own session",
        title="",
        summary="",
        drug=drug,
        dose=dose,
        phases=(Phase(name="once", every_h=168.0),),
    )
    own = _plasticity(by, entry(given, by.mechanism, by.compounds).treatment, weight)
    return own / _reference(by)


@lru_cache(maxsize=KEPT)
def _reference(by: _Known) -> float:
    reference = by.compounds[by.mechanism.binding.reference]
    return _plasticity(by, reference_treatment(by.mechanism, reference), 70.0)


def _plasticity(by: _Known, treatment: Treatment, weight: float) -> float:
    """Return R three days after a session at unit drive, for the typical person of `weight`."""
    bound = potency(by.mechanism, treatment.drug)
    p = system(by.mechanism, scale=1.0, drug=bound, blocker=treatment.blocker)
    one = People(weight_kg=weight)
    found = solve(p, treatment, grid_for(treatment, [AFTER_H]), bound, one, NUMPY)
    return float(found.state.R[-1, 0])
