"""Was the blind kept, and could expectancy explain the result? For one study.

Guesses are counted by period and true condition; a person who believed the blocker was in one
session and not in the other carries a belief of 1 or -1 into the tipping point.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from crossblock.core.errors import CrossblockError
from crossblock.domain.analysis import BlindingAnalysis, GuessRow
from crossblock.domain.table import AnalysisTable
from crossblock.stats.blinding import Guesses, by_period_and_role, james
from crossblock.stats.crossover import two_periods
from crossblock.stats.expectancy import tipping_point
from crossblock.stats.question import Question

UNSURE = "do not know"


def blinding(q: Question, guesses: AnalysisTable) -> BlindingAnalysis | None:
    """Return the blinding analysis beside the primary question, None where it cannot be made."""
    test, reference = q.estimand.test, q.estimand.reference
    tables = [_counts(guesses, test, reference, p) for p in range(guesses.y.shape[-1])]
    try:
        rows = tuple(
            GuessRow(
                period=p + 1,
                condition=b.condition,
                right=g.of(b.condition)[0],
                wrong=g.of(b.condition)[1],
                unsure=g.of(b.condition)[2],
                bang=replace(b.estimate, lower=b.score_lower, upper=b.score_upper),
            )
            for p, (g, _, bangs) in enumerate(by_period_and_role(tables))
            for b in bangs
        )
        pairs = two_periods(q.table, test, reference)
        known = pairs.complete[0] & guesses.observed[0].all(axis=-1)
        sign = np.where(pairs.test_first[0], 1.0, -1.0)
        difference = sign * (pairs.first - pairs.second)[0]
        belief = sign * (guesses.y[0, :, 0] - guesses.y[0, :, 1]) / 2.0
        tipping = tipping_point(
            difference[known].tolist(),
            belief[known].tolist(),
            [q.table.sequences[s] for s in q.table.sequence[0, known]],
        )
        return BlindingAnalysis(
            rows=rows,
            james=james(_both(tables)),
            to_zero=tipping.to_zero,
            to_interval=tipping.to_interval,
            belief_gap=tipping.belief_gap,
            sentence=tipping.sentence,
            pairs=int(known.sum()),
        )
    except CrossblockError:
        return None


def _counts(guesses: AnalysisTable, test: str, reference: str, period: int) -> Guesses:
    believed = {1.0: test, -1.0: reference, 0.0: UNSURE}
    counts: dict[str, dict[str, int]] = {}
    for condition in (test, reference):
        here = guesses.observed[0, :, period] & (
            guesses.condition[0, :, period] == guesses.conditions.index(condition)
        )
        values = np.sign(guesses.y[0, here, period])
        counts[condition] = {name: int((values == value).sum()) for value, name in believed.items()}
    return Guesses(counts=counts, period=str(period + 1), unsure=UNSURE)


def _both(tables: list[Guesses]) -> Guesses:
    """Add up the periods: James' index summarizes the whole study."""
    counts = {
        c: {g: sum(t.counts[c].get(g, 0) for t in tables) for g in tables[0].counts[c]}
        for c in tables[0].counts
    }
    return Guesses(counts=counts, unsure=UNSURE)
