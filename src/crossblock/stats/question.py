"""One question put to the ratings: an estimand, for one endpoint, at one visit, with its tables."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from crossblock.domain.endpoint import Endpoint
from crossblock.domain.estimand import Estimand
from crossblock.domain.instrument import Instrument
from crossblock.domain.protocol import Protocol
from crossblock.domain.table import AnalysisTable, StudyTables


@dataclass(frozen=True, kw_only=True, eq=False)
class Question:
    """What is asked, of which scores. `table` holds scores, or changes when a baseline is planned.

    `baseline` holds the scores that were subtracted, None where none were. `total` is the total of
    the same instrument at the same visit, where the endpoint is one item of it.
    """

    protocol: Protocol
    estimand: Estimand
    endpoint: Endpoint
    instrument: Instrument
    visit: str
    table: AnalysisTable
    baseline: AnalysisTable | None
    total: AnalysisTable | None = None

    @property
    def name(self) -> str:
        """The instrument, or the item of it, as people call it."""
        item = f" {self.endpoint.item}" if self.endpoint.item else ""
        return f"{self.instrument.short_name}{item}"

    @property
    def label(self) -> str:
        return f"{self.name}, {self.estimand.test} − {self.estimand.reference}"

    @property
    def visit_words(self) -> str:
        return self.protocol.visit(self.visit).label

    def cell(self, condition: str) -> str:
        """Return where a condition stands in drug x blocker: open, blocked and so on."""
        return self.protocol.condition(condition).cell

    def by_sequence(self, mask: NDArray[np.bool_]) -> dict[str, int]:
        """Count the people of `mask` (n,) by sequence."""
        return {
            name: int((mask & (self.table.sequence[0] == s)).sum())
            for s, name in enumerate(self.table.sequences)
        }


def questions(
    protocol: Protocol, study: StudyTables, instruments: dict[str, Instrument], estimand: Estimand
) -> tuple[Question, ...]:
    """Return every question of an estimand, endpoint by endpoint, its own visit first."""
    return tuple(
        Question(
            protocol=protocol,
            estimand=estimand,
            endpoint=endpoint,
            instrument=instruments[endpoint.instrument],
            visit=visit,
            table=study.tables[endpoint.id, visit],
            baseline=study.baselines.get(endpoint.id),
            total=_total(protocol, study, endpoint, visit),
        )
        for endpoint in (protocol.endpoint(e) for e in estimand.endpoints)
        for visit in (endpoint.visit, *endpoint.also_at)
        if (endpoint.id, visit) in study.tables
    )


def _total(
    protocol: Protocol, study: StudyTables, endpoint: Endpoint, visit: str
) -> AnalysisTable | None:
    if endpoint.item is None:
        return None
    whole = next((e for e in protocol.endpoints if e.score == endpoint.instrument), None)
    return None if whole is None else study.tables.get((whole.id, visit))
