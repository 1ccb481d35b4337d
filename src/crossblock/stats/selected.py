"""The comparison among responders to the reference condition, as some publications have it.

It is biased toward blockade by regression to the mean. The bias is given beside the estimate, from
the spread of the responses in these very data and for several correlations between sessions, one of
which the data suggest.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from crossblock.core.errors import DesignError, Problem
from crossblock.domain.analysis import SelectedAnalysis
from crossblock.domain.table import AnalysisTable
from crossblock.stats import crossover
from crossblock.stats.comparison import MODEL
from crossblock.stats.question import Question
from crossblock.stats.selection import regression_to_the_mean

ICCS = (0.2, 0.5, 0.8)


def responders_only(q: Question) -> SelectedAnalysis:
    """Return the comparison among those who responded in the reference condition.

    Response is the instrument's own (a fall of its response share from baseline). Raises
    `DesignError` when no baseline was rated or too few responded.
    """
    share = q.instrument.response
    if q.baseline is None or share is None:
        raise DesignError(
            Problem(
                what="responders cannot be told without a baseline and a response rule",
                fix="name the baseline visit in the protocol's analysis plan",
            )
        )
    change, seen = q.table.cell(q.estimand.reference)
    before, rated = _baseline_in(q.baseline, q.table, q.estimand.reference)
    known = seen & rated & (before > 0)
    responder = known & (-change >= share * before)
    both = q.table.observed[0].all(axis=-1)
    kept = replace(q.table, observed=q.table.observed & responder[..., None])
    pairs = crossover.two_periods(kept, q.estimand.test, q.estimand.reference)
    estimate = crossover.estimate(
        crossover.treatment(pairs),
        label=f"{q.label}, responders only",
        n_by_sequence=q.by_sequence(pairs.complete[0]),
        model=f"{MODEL}, responders to {q.estimand.reference} only",
    )
    rate = float(responder[0].sum() / max(int(known[0].sum()), 1))
    sd = float(change[0, known[0]].std(ddof=1))
    usable = 0.0 < rate < 1.0 and sd > 0
    bias = {icc: regression_to_the_mean(icc, rate, sd) for icc in ICCS} if usable else {}
    return SelectedAnalysis(
        endpoint=q.endpoint.id,
        instrument_name=q.name,
        visit=q.visit,
        visit_words=q.visit_words,
        estimate=estimate,
        responders=int((responder[0] & both).sum()),
        people=int((known[0] & both).sum()),
        response_sd=sd,
        bias=bias,
        warning=(
            "Only people who did well in the compared session were kept: part of this difference "
            "would be there if the blocker did nothing."
        ),
    )


def _baseline_in(
    baseline: AnalysisTable, table: AnalysisTable, condition: str
) -> tuple[np.ndarray, np.ndarray]:
    """Return the baseline score of the period in which `condition` was given, and if rated."""
    here = baseline.observed & (table.condition == table.conditions.index(condition))
    count = here.sum(axis=-1)
    return np.where(here, baseline.y, 0.0).sum(axis=-1) / np.maximum(count, 1), count > 0
