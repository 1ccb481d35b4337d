"""Patient-level ratings to shares of the baseline lost, person by condition."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from crossblock.core.errors import InputError, Problem
from crossblock.domain.table import AnalysisTable
from crossblock.domain.weighed import Outcome, WeighedStudy

Array = NDArray[np.float64]


def shares(study: WeighedStudy, baseline: AnalysisTable, after: AnalysisTable) -> Outcome:
    """Return 1 - score / baseline, (people, arms), NaN where not rated.

    A person's baseline is the mean of those that were rated. Both tables come from `stats.derive`.
    """
    seen = baseline.observed[0]
    total = np.where(seen, baseline.y[0], 0.0).sum(axis=1)
    first = np.where(seen.any(axis=1), total / np.maximum(seen.sum(axis=1), 1), np.nan)
    found = []
    for arm in study.arms:
        score, rated = after.cell(arm.label)
        found.append(np.where(rated[0], 1.0 - score[0] / first, np.nan))
    y = np.stack(found, axis=1)
    y = y[~np.isnan(y).all(axis=1)]
    if len(y) < 3:
        raise InputError(
            Problem(
                what="too few people with a baseline and a rating",
                where=study.title,
                value=f"{len(y)} people",
                why="between-person variability cannot be integrated over so few",
                fix="check that the visits of the study are those of the ratings",
            )
        )
    return Outcome(study=study.id, value=np.zeros(()), se=np.zeros(()), ratings=y)
