"""Test minus reference for one question: the period-adjusted difference and all that goes with it.

Complete pairs in closed form are the primary analysis; everybody seen at least once stands beside
it (mixed model); carryover and period are shown and choose nothing.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from crossblock.core.errors import DesignError
from crossblock.domain.analysis import CellMean, EndpointAnalysis, PairedScore
from crossblock.domain.result import Estimate
from crossblock.stats import crossover
from crossblock.stats.exact import exact_tests
from crossblock.stats.participants import all_participants
from crossblock.stats.question import Question

MODEL = "period-adjusted difference of complete pairs"


def compare(q: Question) -> EndpointAnalysis:
    """Return the comparison. Raises `DesignError` when too few pairs carry it."""
    test, reference = q.estimand.test, q.estimand.reference
    pairs = crossover.two_periods(q.table, test, reference)
    counts = q.by_sequence(pairs.complete[0])
    primary, carry, period = (
        crossover.estimate(t, label=label, n_by_sequence=counts, model=MODEL, method=method)
        for t, label, method in (
            (crossover.treatment(pairs), q.label, crossover.PAIRS),
            (crossover.carryover(pairs), "carryover (difference of totals)", crossover.CARRYOVER),
            (crossover.period(pairs), "period 1 − period 2", None),
        )
    )
    sensitivity, warnings = _sensitivity(q)
    return EndpointAnalysis(
        instrument=q.endpoint.score,
        instrument_name=q.name,
        family=q.endpoint.family,
        visit=q.visit,
        visit_words=q.visit_words,
        test=test,
        reference=reference,
        lower_is_better=q.instrument.lower_is_better is not False,
        minimum=q.instrument.minimum,
        maximum=q.instrument.maximum,
        primary=primary,
        sensitivity=sensitivity,
        pairs=_pairs(q),
        cells=_cells(q, pairs.complete[0]),
        period_effect=period,
        carryover=carry,
        carryover_detectable=crossover.detectable(carry.df or 1.0) * (carry.se or 0.0),
        detectable_sd=crossover.detectable_sd(primary.n),
        exact=exact_tests(q, pairs),
        warnings=warnings,
    )


def _sensitivity(q: Question) -> tuple[tuple[Estimate, ...], tuple[str, ...]]:
    planned = [
        a
        for a in q.protocol.analysis.analyses
        if a.estimand == q.estimand.id and a.model == "all participants"
    ]
    if not planned:
        return (), ()
    try:
        fit = all_participants(
            q.table, test=q.estimand.test, reference=q.estimand.reference, label=q.label
        )
    except DesignError as error:
        return (), (f"all participants: {error.problems[0].what}",)
    return (fit,), fit.warnings


def _pairs(q: Question) -> tuple[PairedScore, ...]:
    (test, has_test), (reference, has_reference) = (
        q.table.cell(c) for c in (q.estimand.test, q.estimand.reference)
    )
    return tuple(
        PairedScore(
            participant=name,
            sequence=q.table.sequences[q.table.sequence[0, i]],
            test=float(test[0, i]) if has_test[0, i] else None,
            reference=float(reference[0, i]) if has_reference[0, i] else None,
        )
        for i, name in enumerate(q.table.participants)
        if has_test[0, i] or has_reference[0, i]
    )


def _cells(q: Question, complete: NDArray[np.bool_]) -> tuple[CellMean, ...]:
    cells = []
    for s, name in enumerate(q.table.sequences):
        mask = complete & (q.table.sequence[0] == s)
        if not mask.any():
            continue
        for p in range(q.table.y.shape[-1]):
            y = q.table.y[0, mask, p]
            given = q.table.conditions[int(q.table.condition[0, mask, p][0])]
            cells.append(
                CellMean(
                    sequence=name,
                    period=p + 1,
                    condition=given,
                    mean=float(y.mean()),
                    sd=float(y.std(ddof=1)) if y.size > 1 else 0.0,
                    n=int(mask.sum()),
                )
            )
    return tuple(cells)
