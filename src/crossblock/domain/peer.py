"""Our numbers beside those of the published planner for opioid-antagonist studies."""

from __future__ import annotations

from dataclasses import dataclass

from crossblock.domain.curve import Curve


@dataclass(frozen=True, kw_only=True, slots=True)
class PeerNumber:
    """One number of both planners. None where a planner has none: then `note` says why."""

    what: str
    unit: str
    theirs: float | None
    ours: float | None
    note: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Defect:
    """One place where the published planner and mass action part, with both numbers."""

    what: str
    theirs: float
    ours: float
    unit: str
    why: str = ""


@dataclass(frozen=True, kw_only=True, eq=False)
class PlannerComparison:
    """Both planners side by side.

    `oral` and `iv` are curves in %, theirs first then ours: naltrexone 50 mg over days, naloxone
    over minutes (time in h). `better` is what the published planner has and ours has not.
    """

    source: str
    doi: str
    oral_numbers: tuple[PeerNumber, ...]
    iv_numbers: tuple[PeerNumber, ...]
    defects: tuple[Defect, ...]
    oral: tuple[Curve, ...]
    iv: tuple[Curve, ...]
    iv_dose_mg_per_kg: float
    better: tuple[str, ...]
