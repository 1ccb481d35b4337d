"""The blockade fraction of one question, with the open effect beside it."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

import numpy as np

from crossblock.core.errors import ConvergenceError, DesignError, Problem
from crossblock.core.streams import Stream
from crossblock.domain.analysis import FractionAnalysis
from crossblock.domain.blockade import CellMeans, Form
from crossblock.domain.result import Estimate
from crossblock.stats.blockade import blockade_fraction, contrasts
from crossblock.stats.blockade_intervals import bootstrap_interval, profile_interval
from crossblock.stats.cells import cell_means
from crossblock.stats.question import Question
from crossblock.stats.student import student
from crossblock.stats.visits import Layout, Model, layout

SEED = 20261121  # of the bootstrap; fixed, so that an analysis is the same bytes again


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
    data = layout({q.visit: q.table})
    means = cell_means(data, cells, Model(), q.visit)
    found = blockade_fraction(means, occupancy=occupancy)
    return FractionAnalysis(
        endpoint=q.endpoint.id,
        instrument_name=q.name,
        visit=q.visit,
        visit_words=q.visit_words,
        fraction=found,
        assay=_assay(means, found.form),
        beside=_beside(q, data, cells, means) if q.visit == q.endpoint.visit else (),
    )


def _beside(
    q: Question, data: Layout, cells: Mapping[str, str], means: CellMeans
) -> tuple[Estimate, ...]:
    """Return the other intervals that these data can carry."""
    asked: tuple[Callable[[], Estimate], ...] = (
        lambda: profile_interval(data, cells, means),
        lambda: bootstrap_interval(q.table, cells, stream=Stream(SEED, f"bootstrap {q.label}")),
    )
    found = []
    for ask in asked:
        try:
            found.append(ask())
        except (DesignError, ConvergenceError):
            continue  # fewer complete people than it needs; the Fieller set stands
    return tuple(found)


def _assay(means: CellMeans, form: Form) -> Estimate:
    """Return the open effect with its interval."""
    _, d = contrasts(means.cells)
    value = float(d @ means.mean)
    se = math.sqrt(float(d @ means.covariance @ d))
    said = "change from baseline" if form is Form.TWO else "drug − no drug"
    model = f"{np.array(means.cells).size} adjusted cell means"
    return student(f"open effect ({said})", value, se, means.df, means.n, model=model)
