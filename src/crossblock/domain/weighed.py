"""A weighed study: who was given what and how it was looked at, apart from what was found.

Design and outcome are two types on purpose. A prediction sees the design alone; the outcome of a
held-out study is read only after the prediction has been written and hashed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from crossblock.core.errors import InputError, Problem
from crossblock.domain.evidence import EvidenceRow
from crossblock.domain.regimen import Regimen

Array = NDArray[np.float64]


class Kind(StrEnum):
    """What a study reports, and so how it enters."""

    RATINGS = "ratings"
    FALLS = "falls"
    RESPONSES = "responses"
    EVENT = "event"
    TEST = "test"
    SIGNAL = "signal"
    ASSAY = "assay"
    DIFFERENCE = "difference"


class Role(StrEnum):
    """Whether a study may be fitted."""

    FIT = "fit"
    MECHANISM = "mechanism"
    HELD_OUT = "held out"


@dataclass(frozen=True, kw_only=True, slots=True)
class Arm:
    """One condition or arm. `n` people (0: not stated), `baseline` points (0: not needed).

    `drug`, `pretreatment` are the words of the evidence rows that carry its results.
    """

    label: str
    regimen: str
    setting: str
    n: int = 0
    baseline: float = 0.0
    drug: str = ""
    pretreatment: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class WeighedStudy:
    """The design of a study. `family` names studies that a split holds out together."""

    id: str
    title: str
    evidence: str
    kind: Kind
    role: Role
    arms: tuple[Arm, ...]
    times_h: tuple[float, ...]
    family: str = ""
    endpoint: str = ""
    statistic: str = ""
    statements: tuple[str, ...] = ()
    protocol: str = ""
    ratings: str = ""
    instrument: str = ""
    baseline_visit: str = ""
    visit: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, eq=False)
class Outcome:
    """What a study found. `value` and `se` are (arms, times) shares, or one number as () arrays.

    falls: mean share of the baseline that was lost; responses: share of people; test and signal:
    the signed root of F, positive where less was seen under the blocker; event: the number of
    responders. `ratings`: shares lost, (people, arms), NaN where not rated, of patient-level data.
    """

    study: str
    value: Array
    se: Array
    rows: tuple[EvidenceRow, ...] = ()
    ratings: Array | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Weighing:
    """Every regimen and study of a studies file."""

    regimens: tuple[Regimen, ...]
    studies: tuple[WeighedStudy, ...]

    @property
    def families(self) -> tuple[str, ...]:
        """Return the families of studies that speak to mechanism, in order."""
        found = (s.family or s.id for s in self.studies if s.role is Role.MECHANISM)
        return tuple(dict.fromkeys(found))

    def study(self, id: str) -> WeighedStudy:
        """Return a study by id; InputError names the known ones."""
        found = [s for s in self.studies if s.id == id]
        if not found:
            known = ", ".join(s.id for s in self.studies)
            raise InputError(Problem(what="no such study", value=id, fix=f"use one of: {known}"))
        return found[0]


@dataclass(frozen=True, kw_only=True, slots=True)
class Split:
    """Which studies are fitted and which are predicted. A held-out study in `fit` is an error."""

    name: str
    words: str
    fit: tuple[str, ...]
    held: tuple[str, ...]


def split(weighing: Weighing, fitted: Sequence[str]) -> Split:
    """Return the split that fits all calibrating studies and the named families of mechanism.

    A family left out of `fitted` is held out with the studies that always are.
    """
    fit = [
        s
        for s in weighing.studies
        if s.role is Role.FIT or (s.role is Role.MECHANISM and (s.family or s.id) in fitted)
    ]
    known = (s.title.split(",")[0] for s in fit if s.role is Role.MECHANISM)
    names = " and ".join(dict.fromkeys(known)) or "no blockade study"
    return Split(
        name="-".join(fitted) or "calibration",
        words=f"fitted to the calibrating studies and {names}",
        fit=tuple(s.id for s in fit),
        held=tuple(s.id for s in weighing.studies if s not in fit),
    )


def check_fit(weighing: Weighing, names: Sequence[str]) -> tuple[WeighedStudy, ...]:
    """Return the studies to fit; InputError when one of them is held out."""
    studies = tuple(weighing.study(n) for n in names)
    held = [s for s in studies if s.role is Role.HELD_OUT]
    if held:
        raise InputError(
            *(
                Problem(
                    what="a held-out study was asked to be fitted",
                    where="studies.toml",
                    value=f"{s.id}: {s.title}",
                    why="a prediction is worth nothing once its result has shaped the model",
                    fix="leave it out of the fit; its prediction stands in the hold-out table",
                )
                for s in held
            )
        )
    return studies


Outcomes = Mapping[str, Outcome]
