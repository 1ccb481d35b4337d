"""One study, analyzed as its protocol planned, from the primary comparison to the last caveat.

The plan is the protocol's; nothing here looks at the data before it chooses a method. An analysis
that the data cannot carry becomes a warning and the rest goes on, except the first of all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from crossblock.core.errors import ConvergenceError, DesignError
from crossblock.domain.analysis import EndpointAnalysis, PanelRow, StudyAnalysis
from crossblock.domain.instrument import Instrument
from crossblock.domain.protocol import Protocol
from crossblock.domain.result import Method
from crossblock.domain.table import StudyTables
from crossblock.stats.blind import blinding
from crossblock.stats.blockade import FIELLER
from crossblock.stats.comparison import compare
from crossblock.stats.families import verdicts
from crossblock.stats.fraction import fraction
from crossblock.stats.looks import stopping
from crossblock.stats.question import Question, questions
from crossblock.stats.selected import responders_only
from crossblock.stats.visits import Model, difference, layout, panel

Found = TypeVar("Found")
RANKS = {"primary": 0, "sensitivity": 1, "as published": 2}


def analyze(
    protocol: Protocol,
    study: StudyTables,
    instruments: dict[str, Instrument],
    *,
    occupancy: float | None = None,
) -> StudyAnalysis:
    """Run the protocol's plan on one study.

    `occupancy` is the share of receptors that the blocker reached; stated, each blockade fraction
    is also given at full block. Raises `DesignError` when the first comparison cannot be carried.
    """
    warnings: list[str] = []
    compared, selected, fractions = _planned(protocol, study, instruments)
    done = [compare(compared[0])] if compared else []
    done += _each(compare, compared[1:], warnings)
    shares = _each(lambda q: fraction(q, occupancy=occupancy), fractions, warnings)
    chosen = _each(responders_only, selected, warnings)
    return StudyAnalysis(
        protocol_id=protocol.id,
        protocol_hash=protocol.sha256,
        ratings_hash=study.ratings_hash,
        flow=study.flow,
        endpoints=tuple(done),
        fractions=tuple(shares),
        selected=tuple(chosen),
        families=verdicts(protocol, done),
        panel=_panel(compared) if compared else (),
        blinding=blinding(compared[0], study.guesses) if compared and study.guesses else None,
        stopping=stopping(protocol, done[0]) if done else None,
        methods=_methods(done, with_fraction=bool(shares)),
        warnings=tuple(warnings),
    )


def _planned(
    protocol: Protocol, study: StudyTables, instruments: dict[str, Instrument]
) -> tuple[list[Question], list[Question], list[Question]]:
    """Sort the plan's questions: comparisons, responders only, fractions; primary role first."""
    roles = {a.estimand: a for a in reversed(protocol.analysis.analyses)}
    ordered = sorted(
        protocol.estimands, key=lambda e: RANKS.get(roles[e.id].role, 3) if e.id in roles else 3
    )
    compared: list[Question] = []
    selected: list[Question] = []
    fractions: list[Question] = []
    for estimand in ordered:
        asked = questions(protocol, study, instruments, estimand)
        models = {a.model for a in protocol.analysis.analyses if a.estimand == estimand.id}
        if estimand.measure == "blockade fraction":
            fractions += asked
        elif models == {"responders only"}:
            selected += asked
        else:
            compared += asked
    return compared, selected, fractions


def _each(
    answer: Callable[[Question], Found], asked: Iterable[Question], warnings: list[str]
) -> list[Found]:
    """Answer what can be answered and write down what cannot."""
    found = []
    for q in asked:
        try:
            found.append(answer(q))
        except (DesignError, ConvergenceError) as error:
            warnings.append(f"{q.label} at {q.visit}: {error.problems[0].what}")
    return found


def _panel(compared: list[Question]) -> tuple[PanelRow, ...]:
    """Return the first endpoint's own visit under every covariance, fitted over all its visits."""
    first = compared[0]
    mine = [
        q for q in compared if q.endpoint.id == first.endpoint.id and q.estimand is first.estimand
    ]
    data = layout({q.visit: q.table for q in mine})
    weights = difference(data, first.estimand.test, first.estimand.reference, first.visit)
    return panel(data, Model(), weights)


def _methods(done: list[EndpointAnalysis], *, with_fraction: bool) -> tuple[Method, ...]:
    """Return the methods that ran, each once, in the order in which they ran."""
    ran = [
        e.method
        for a in done
        for e in (a.primary, *a.sensitivity, a.carryover)
        if e is not None and e.method is not None
    ]
    ran += [t.method for a in done for t in a.exact if t.method is not None]
    ran += [FIELLER] if with_fraction else []
    return tuple({m.name: m for m in ran}.values())
