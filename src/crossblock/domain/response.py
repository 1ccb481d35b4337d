"""Planning numbers: how people's scores change in a session, with and without drug and blocker.

The change of person i in cell c, in points of the scale, larger is better:

    y_ic = other + p_i + kept_c m_i + e_ic,    kept = 1, 1 - f, 0, 0 in open, blocked, blocker alone
                                               and no drug

with m_i ~ N(drug, var_drug) the person's own response to the drug, p_i ~ N(0, var_person) what
improves without it and e_ic ~ N(0, var_session). The textbook generator of virtual trials is the
case other = 0, var_person = 0.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from crossblock.domain.fact import Confidence

Array = NDArray[np.float64]
OPEN, BLOCKED, ALONE, NONE = "open", "blocked", "blocker_alone", "no_drug"
HIGHER = "blocked_high"
"""The drug after a second, larger dose of the blocker."""
ALONE_HIGHER = "blocker_alone_high"
HARMED = (BLOCKED, HIGHER, ALONE, ALONE_HIGHER)
"""Cells in which the blocker itself may cost points."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PlanningValue:
    """One number that a plan rests on: value, unit, and how it was met."""

    name: str
    value: float
    unit: str
    source: str
    confidence: Confidence
    note: str = ""

    @property
    def amber(self) -> bool:
        return self.confidence.amber


@dataclass(frozen=True, kw_only=True, slots=True)
class Response:
    """How scores change. Means in points, variances in points squared; `values` says from where.

    `drug_se` and `other_se` are the standard errors of the two means: the plan's prior spread.
    `responder` is the fall in points that makes a responder, infinite where none is stated.
    """

    scale: str
    instrument: str
    other: float
    drug: float
    var_person: float
    var_drug: float
    var_session: float
    drug_se: float = 0.0
    other_se: float = 0.0
    responder: float = math.inf
    title: str = ""
    values: tuple[PlanningValue, ...] = ()

    def mean(self, cells: Sequence[str], fraction: float, alone: float = 0.0) -> Array:
        """Return the mean change of `cells`, (C,); `alone` is what the blocker itself takes."""
        hurt = np.array([alone if c in HARMED else 0.0 for c in cells])
        return np.asarray(self.other + kept(cells, fraction) * self.drug - hurt)

    def covariance(self, cells: Sequence[str], fraction: float) -> Array:
        """Return the covariance of one person's changes in `cells`, (C, C), points squared."""
        k = kept(cells, fraction)
        shared = self.var_person + self.var_drug * np.outer(k, k)
        return np.asarray(shared + self.var_session * np.eye(len(cells)))

    def sd_difference(self, fraction: float) -> float:
        """Return the SD of a person's open minus blocked change, points."""
        return math.sqrt(self.var_drug * fraction**2 + 2.0 * self.var_session)

    @property
    def open_sd(self) -> float:
        """Return the SD of a person's change with the drug, points."""
        return math.sqrt(self.var_person + self.var_drug + self.var_session)


def kept(cells: Sequence[str], fraction: float) -> Array:
    """Return the share of the drug's own effect that is left in each cell, (C,)."""
    left = {OPEN: 1.0, BLOCKED: 1.0 - fraction, HIGHER: 1.0 - fraction}
    return np.array([left.get(c, 0.0) for c in cells])
