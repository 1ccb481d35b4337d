"""One study, analyzed as its protocol planned: every endpoint, at every visit of its own.

The plan is the protocol's; nothing here looks at the data before it chooses a method.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from crossblock.core.errors import DesignError
from crossblock.domain.analysis import CellMean, EndpointAnalysis, PairedScore, StudyAnalysis
from crossblock.domain.endpoint import Endpoint
from crossblock.domain.estimand import Estimand
from crossblock.domain.instrument import Instrument
from crossblock.domain.protocol import Protocol
from crossblock.domain.result import Estimate, Method
from crossblock.domain.table import AnalysisTable
from crossblock.stats import crossover
from crossblock.stats.derive import StudyTables
from crossblock.stats.participants import all_participants


@dataclass(frozen=True, kw_only=True, eq=False)
class Question:
    """One estimand for one endpoint at one visit, with its table."""

    protocol: Protocol
    estimand: Estimand
    endpoint: Endpoint
    instrument: Instrument
    visit: str
    table: AnalysisTable

    @property
    def label(self) -> str:
        return f"{self.instrument.short_name}, {self.estimand.test} − {self.estimand.reference}"


def analyze(
    protocol: Protocol, study: StudyTables, instruments: dict[str, Instrument]
) -> StudyAnalysis:
    """Run the protocol's plan on one study.

    Raises `DesignError` when the primary analysis of the primary endpoint cannot be carried; an
    endpoint or sensitivity analysis that cannot is reported as a warning and the rest goes on.
    """
    done: list[EndpointAnalysis] = []
    warnings: list[str] = []
    for estimand in protocol.estimands:
        for endpoint in (protocol.endpoint(e) for e in estimand.endpoints):
            for visit in (endpoint.visit, *endpoint.also_at):
                question = Question(
                    protocol=protocol,
                    estimand=estimand,
                    endpoint=endpoint,
                    instrument=instruments[endpoint.instrument],
                    visit=visit,
                    table=study.tables[endpoint.id, visit],
                )
                try:
                    done.append(_answer(question))
                except DesignError as error:
                    if not done:
                        raise
                    warnings.append(f"{question.label} at {visit}: {error.problems[0].what}")
    return StudyAnalysis(
        protocol_id=protocol.id,
        protocol_hash=protocol.sha256,
        ratings_hash=study.ratings_hash,
        flow=study.flow,
        endpoints=tuple(done),
        methods=_methods(done),
        warnings=tuple(warnings),
    )


def _answer(q: Question) -> EndpointAnalysis:
    test, reference = q.estimand.test, q.estimand.reference
    pairs = crossover.two_periods(q.table, test, reference)
    counts = _by_sequence(q, pairs.complete[0])
    model = "period-adjusted difference of complete pairs"
    primary, carry, period = (
        crossover.estimate(t, label=label, n_by_sequence=counts, model=model, method=method)
        for t, label, method in (
            (crossover.treatment(pairs), q.label, crossover.PAIRS),
            (crossover.carryover(pairs), "carryover (difference of totals)", crossover.CARRYOVER),
            (crossover.period(pairs), "period 1 − period 2", None),
        )
    )
    sensitivity, warnings = _sensitivity(q)
    return EndpointAnalysis(
        instrument=q.instrument.id,
        instrument_name=q.instrument.short_name,
        family=q.endpoint.family,
        visit=q.visit,
        visit_words=q.protocol.visit(q.visit).label,
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


def _by_sequence(q: Question, mask: NDArray[np.bool_]) -> dict[str, int]:
    return {
        name: int((mask & (q.table.sequence[0] == s)).sum())
        for s, name in enumerate(q.table.sequences)
    }


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
            sd = float(y.std(ddof=1)) if y.size > 1 else 0.0
            cells.append(
                CellMean(
                    sequence=name,
                    period=p + 1,
                    condition=given,
                    mean=float(y.mean()),
                    sd=sd,
                    n=int(mask.sum()),
                )
            )
    return tuple(cells)


def _methods(done: list[EndpointAnalysis]) -> tuple[Method, ...]:
    """Return the methods that ran, each once, in the order in which they ran."""
    ran = [
        e.method
        for a in done
        for e in (a.primary, *a.sensitivity, a.carryover)
        if e is not None and e.method is not None
    ]
    return tuple({m.name: m for m in ran}.values())
