"""The blockade fraction of one question, with the open effect beside it."""

from __future__ import annotations

import math

import numpy as np
from scipy.special import stdtr, stdtrit

from crossblock.core.errors import DesignError, Problem
from crossblock.domain.analysis import FractionAnalysis
from crossblock.domain.blockade import CellMeans, Form
from crossblock.domain.result import Estimate
from crossblock.stats.blockade import blockade_fraction, contrasts
from crossblock.stats.cells import cell_means
from crossblock.stats.question import Question
from crossblock.stats.visits import Model, layout


def fraction(q: Question, *, occupancy: float | None = None) -> FractionAnalysis:
    """Return the blockade fraction of everybody's changes at the question's visit.

    `occupancy` is the share of receptors that the blocker reached, when the caller states one.
    Raises `DesignError` without a blocked condition, or when two cells have no baseline.
    """
    cells = {c.id: c.cell for c in q.protocol.conditions}
    if "no_drug" not in cells.values() and q.baseline is None:
        raise DesignError(
            Problem(
                what="a blockade fraction from two cells needs changes from a baseline",
                why="without a no-drug condition, no change stands for no drug",
                fix="name the baseline visit in the protocol's analysis plan",
            )
        )
    means = cell_means(layout({q.visit: q.table}), cells, Model(), q.visit)
    found = blockade_fraction(means, occupancy=occupancy)
    return FractionAnalysis(
        endpoint=q.endpoint.id,
        instrument_name=q.name,
        visit=q.visit,
        visit_words=q.visit_words,
        fraction=found,
        assay=_assay(means, found.form),
    )


def _assay(means: CellMeans, form: Form) -> Estimate:
    """Return the open effect with its interval."""
    _, d = contrasts(means.cells)
    value = float(d @ means.mean)
    se = math.sqrt(float(d @ means.covariance @ d))
    margin = float(stdtrit(means.df, 0.975)) * se
    said = "change from baseline" if form is Form.TWO else "drug − no drug"
    return Estimate(
        label=f"open effect ({said})",
        value=value,
        se=se,
        df=means.df,
        statistic=value / se if se else None,
        p=2.0 * float(stdtr(means.df, -abs(value / se))) if se else None,
        lower=value - margin,
        upper=value + margin,
        n=means.n,
        model=str(np.array(means.cells).size) + " adjusted cell means",
    )
