"""Ratings and opened allocation to the analysis table: the one place where the blind ends.

Everything downstream (models, tests, pictures) sees condition indices and masks and never the
code list; nothing upstream sees a condition.
"""

from __future__ import annotations

import numpy as np

from crossblock.core.errors import DesignError, Problem
from crossblock.domain.analysis import Flow, FlowCell
from crossblock.domain.codelist import CodeList
from crossblock.domain.protocol import Protocol
from crossblock.domain.rating import RatingsBatch
from crossblock.domain.table import AnalysisTable, StudyTables

GUESSES = ("blinding-guess", "blinding-guess.guess")  # the label in a batch: total, or its item


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


def derive_study(protocol: Protocol, ratings: RatingsBatch, codelist: CodeList) -> StudyTables:
    """Join ratings and opened allocation for every endpoint at every visit of its own.

    This is the unblinding of a study: whoever calls it holds the code list.
    """
    baselines = {
        e.id: derive(
            ratings,
            codelist,
            instrument=e.score,
            visit=before,
            conditions=protocol.condition_ids,
        )
        for e in protocol.endpoints
        if (before := protocol.analysis.baseline) and _rated(ratings, before, e.score)
    }
    tables = {
        (e.id, visit): derive(
            ratings,
            codelist,
            instrument=e.score,
            visit=visit,
            conditions=protocol.condition_ids,
            baseline=protocol.analysis.baseline if e.id in baselines else None,
        )
        for e in protocol.endpoints
        for visit in (e.visit, *e.also_at)
        if e.score in ratings.instruments and visit in ratings.visits
    }
    return StudyTables(
        tables=tables,
        baselines=baselines,
        guesses=_guesses(protocol, ratings, codelist),
        flow=_flow(protocol, ratings, codelist),
        ratings_hash=ratings.sha256,
    )


def _guesses(protocol: Protocol, ratings: RatingsBatch, codelist: CodeList) -> AnalysisTable | None:
    """Return the last guess of every period, or None where nobody was asked."""
    for score in GUESSES:
        asked = [v for v in ratings.visits if _rated(ratings, v, score)]
        if asked:
            return derive(
                ratings,
                codelist,
                instrument=score,
                visit=asked[-1],
                conditions=protocol.condition_ids,
            )
    return None


def _rated(ratings: RatingsBatch, visit: str, score: str) -> bool:
    if score not in ratings.instruments or visit not in ratings.visits:
        return False
    return bool(ratings.at(visit, score)[1].any())


def _flow(protocol: Protocol, ratings: RatingsBatch, codelist: CodeList) -> Flow:
    """Count people of the first trial by sequence, period and visit."""
    sequence, enrolled = codelist.sequence[0], ratings.enrolled[0]
    rated = ratings.observed[0].any(axis=-1)
    primary = protocol.endpoints[0].visit
    whole = rated[:, :, ratings.visits.index(primary)].all(axis=-1)
    allocated = enrolled & (sequence >= 0)
    people = [allocated & (sequence == s) for s in range(len(codelist.sequences))]
    cells = tuple(
        FlowCell(
            sequence=name,
            period=p + 1,
            condition=codelist.conditions[s][p],
            visit=visit,
            rated=int((rated[:, p, v] & people[s]).sum()),
        )
        for s, name in enumerate(codelist.sequences)
        for p in range(ratings.n_periods)
        for v, visit in enumerate(ratings.visits)
        if protocol.visit(visit).takes_place(p + 1)
    )
    return Flow(
        enrolled=int(enrolled.sum()),
        not_allocated=int((enrolled & (sequence < 0)).sum()),
        started={n: int(people[s].sum()) for s, n in enumerate(codelist.sequences)},
        completed={n: int((whole & people[s]).sum()) for s, n in enumerate(codelist.sequences)},
        cells=cells,
    )
