"""Ratings and opened allocation to the analysis table: the one place where the blind ends.

Everything downstream (models, tests, pictures) sees condition indices and masks and never the
code list; nothing upstream sees a condition.
"""

from __future__ import annotations

import numpy as np

from crossblock.core.errors import DesignError, Problem
from crossblock.domain.codelist import CodeList
from crossblock.domain.rating import RatingsBatch
from crossblock.domain.table import AnalysisTable


def derive(
    ratings: RatingsBatch,
    codelist: CodeList,
    *,
    instrument: str,
    visit: str,
    conditions: tuple[str, ...],
    baseline: str | None = None,
) -> AnalysisTable:
    """Join ratings to the opened allocation at one visit of one instrument.

    With `baseline`, the visit of the same period that is subtracted (change from the period's own
    baseline); people without it are unobserved. Raises `DesignError` when the two do not describe
    the same study.
    """
    B, n, P = ratings.score.shape[:3]
    if codelist.sequence.shape != (B, n):
        raise DesignError(
            Problem(
                what="the allocation and the ratings describe different studies",
                value=f"allocation for {codelist.sequence.shape}, ratings for {(B, n)}",
                why="they are joined by trial and participant",
                fix="open the allocation that was locked together with these ratings",
            )
        )
    score, observed = ratings.at(visit, instrument)
    if baseline is not None:
        before, seen = ratings.at(baseline, instrument)
        score, observed = score - before, observed & seen
    condition = codelist.condition_index(conditions)[..., :P]
    observed = observed & (condition >= 0) & ratings.enrolled[..., None]
    return AnalysisTable(
        y=np.where(observed, score, 0.0),
        observed=observed,
        condition=condition,
        sequence=codelist.sequence,
        participants=ratings.participants,
        conditions=conditions,
        sequences=codelist.sequences,
    )
