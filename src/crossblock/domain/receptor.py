"""A receptor: the site that a drug or blocker occupies."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ReceptorId(StrEnum):
    """The receptors that catalog files may name."""

    NMDA = "NMDA"
    MU = "mu"
    KAPPA = "kappa"
    DELTA = "delta"
    SEROTONIN_2A = "5-HT2A"
    DOPAMINE_2 = "D2"


@dataclass(frozen=True, kw_only=True, slots=True)
class Receptor:
    """One receptor with the words a reader sees. `family` is what a blocker study can claim."""

    id: ReceptorId
    title: str
    family: str


RECEPTORS: dict[ReceptorId, Receptor] = {
    r.id: r
    for r in (
        Receptor(id=ReceptorId.NMDA, title="NMDA glutamate receptor", family="glutamate"),
        Receptor(id=ReceptorId.MU, title="mu-opioid receptor", family="opioid"),
        Receptor(id=ReceptorId.KAPPA, title="kappa-opioid receptor", family="opioid"),
        Receptor(id=ReceptorId.DELTA, title="delta-opioid receptor", family="opioid"),
        Receptor(id=ReceptorId.SEROTONIN_2A, title="serotonin 2A receptor", family="serotonin"),
        Receptor(id=ReceptorId.DOPAMINE_2, title="dopamine D2 receptor", family="dopamine"),
    )
}
