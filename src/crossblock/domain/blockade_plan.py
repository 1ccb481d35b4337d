"""A blockade plan: what a blocker's doses do around a session, and what a wanted blockade takes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from crossblock.domain.coverage import Coverage, DoseAnswer, DoseCurve, DoseRow, LeadAnswer
from crossblock.domain.curve import Curve
from crossblock.domain.dose import Dose
from crossblock.domain.receptor import ReceptorId
from crossblock.domain.result import Reference
from crossblock.domain.scan import ScanFit
from crossblock.domain.washout import Washout

Array = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, slots=True)
class OwnHold:
    """The drug's own hold on a receptor, highest over time: alone and with the blocker, 0-1."""

    receptor: ReceptorId
    alone: float
    blocked: float


@dataclass(frozen=True, kw_only=True, eq=False)
class Shift:
    """What a blocker leaves of an agonist at one receptor (Schild).

    `dose_ratio` is 1 + b_X, each (typical, low, high): that many times the agonist's level is
    needed for the same occupancy. `level` (n,) counts in levels that hold half alone; occupancies
    in 0-1. `at_h` is where blockade in the window is lowest, in h from time_zero.
    """

    receptor: ReceptorId
    at_h: float
    dose_ratio: tuple[float, float, float]
    level: Array
    alone: Array
    blocked: Array
    low: Array
    high: Array
    own: tuple[OwnHold, ...] = ()


@dataclass(frozen=True, kw_only=True, eq=False)
class BlockadePlan:
    """The planner's answer for one protocol.

    Times in h from `time_zero`; `curves` are blockade in %, one a receptor, strongest first, with
    a band between persons. `left` is blockade after the last dose, in h from it. `lead` and `dose`
    are None, with a reason in `open`, where a question has no answer for these doses. `amber`
    maps every assumed or remembered number to the reason for it.
    """

    protocol: str
    title: str
    time_zero: str
    blocker: str
    drug: str
    doses: tuple[Dose, ...]
    window_words: str
    curves: Mapping[ReceptorId, Curve]
    claim: str
    coverage: Coverage
    lead: LeadAnswer | None
    dose: DoseAnswer | None
    by_dose: DoseCurve | None
    table: tuple[DoseRow, ...]
    scans: ScanFit
    scan_curve: DoseCurve | None
    shift: Shift
    left: Curve
    washout: Washout | None
    illustrative: Washout | None = None
    open: tuple[str, ...] = ()
    amber: Mapping[str, str] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    references: tuple[Reference, ...] = ()
