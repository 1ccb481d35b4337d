"""The analysis table: scores of one instrument at one visit, with what was given.

It is made by `stats.derive`, the one place where ratings and the opened allocation meet, and is all
that a statistical method ever sees: condition indices and masks, never the code list.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from crossblock.domain.analysis import Flow

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]


@dataclass(frozen=True, kw_only=True, eq=False)
class AnalysisTable:
    """One instrument at one visit of every period, with what was given.

    y          float64 (B, n, P), score, or change when a baseline was subtracted; 0 if unobserved
    observed   bool    (B, n, P)
    condition  int64   (B, n, P), index into `conditions`; -1 where never allocated
    sequence   int64   (B, n), index into `sequences`; -1 where never allocated
    """

    y: Floats
    observed: Bools
    condition: Ints
    sequence: Ints
    participants: tuple[str, ...]
    conditions: tuple[str, ...]
    sequences: tuple[str, ...]

    def cell(self, condition: str) -> tuple[Floats, Bools]:
        """Return (score, observed), each (B, n): the score a person has under one condition.

        When a design repeats a condition, the mean over its observed periods is returned.
        """
        here = self.observed & (self.condition == self.conditions.index(condition))
        count = here.sum(axis=-1)
        total = np.where(here, self.y, 0.0).sum(axis=-1)
        return total / np.maximum(count, 1), count > 0


@dataclass(frozen=True, kw_only=True, eq=False)
class StudyTables:
    """Every table that a protocol's plan asks for, and who took part.

    `tables` maps (endpoint id, visit id) to its analysis table: changes where the plan names a
    baseline that was rated, and then `baselines` maps the endpoint to the scores subtracted.
    `guesses` holds what participants believed they got: 1 blocker, -1 none, 0 do not know.
    """

    tables: Mapping[tuple[str, str], AnalysisTable]
    baselines: Mapping[str, AnalysisTable]
    guesses: AnalysisTable | None
    flow: Flow
    ratings_hash: str
