"""What a study costs and how long it takes: money where the protocol says so, else sessions.

    cost = fixed + screened per_participant + sessions per_session + visits per_visit

Without costs one drug session is the unit and a participant counts two (screening, consent,
follow-up); these two numbers are assumed and amber. People leave at the rates of the virtual
people, so more are randomized than complete.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from crossblock.core.errors import InputError, Problem
from crossblock.domain.candidate import Candidate
from crossblock.domain.fact import Confidence
from crossblock.domain.protocol import Protocol
from crossblock.domain.response import PlanningValue
from crossblock.domain.trial_plan import Budget
from crossblock.domain.truth import Truth

DAYS_PER_MONTH = 30.44
GLX_SESSION = 0.5  # of a session: what a spectroscopy scan adds
SCREENING = 2.0  # sessions that one participant costs besides the sessions


@dataclass(frozen=True, kw_only=True, slots=True)
class Prices:
    """Prices in one unit, and the rates at which people come and leave."""

    unit: str
    fixed: float
    per_participant: float
    per_session: float
    per_visit: float
    visits: int
    washout_d: float
    last_visit_d: float
    per_month: float
    leave_first: float
    leave_later: float
    values: tuple[PlanningValue, ...]


def prices(protocol: Protocol, truth: Truth, enroll: float | None = None) -> Prices:
    """Return what the protocol's study costs for one person, session and visit.

    `enroll`: people enrolled in a month; None takes one site's pace from the registry.
    """
    c = protocol.costs
    stated = [] if c is None else [c.fixed, c.per_participant, c.per_session, c.per_visit]
    fixed, person, session, visit = [x.value if x else 0.0 for x in stated] or [0.0] * 4
    unit = c.currency if c else "sessions"
    values: list[PlanningValue] = []
    if person + session + visit <= 0.0:
        unit, fixed, person, session, visit = "sessions", 0.0, SCREENING, 1.0, 0.0
        values.append(_assumed("cost of a participant besides the sessions", SCREENING, "sessions"))
    values.append(_assumed("cost of measuring Glx in a session", GLX_SESSION, "sessions"))
    rates = ("dropout_first", "dropout_later", "enrolled_per_month")
    values += [
        PlanningValue(
            name=p.symbol.replace("_", " "),
            value=p.value,
            unit=p.unit,
            source=p.source.text,
            confidence=p.confidence,
            note=p.note,
        )
        for p in (truth.parameter(s) for s in rates)
        if enroll is None or p.symbol != "enrolled_per_month"
    ]
    washout = protocol.design.washout
    return Prices(
        unit=unit,
        fixed=fixed,
        per_participant=person,
        per_session=session,
        per_visit=visit,
        visits=len(protocol.visits),
        washout_d=washout.value.value / 24.0 if washout else 0.0,
        last_visit_d=max(protocol.visit_h(v.id) for v in protocol.visits) / 24.0,
        per_month=truth["enrolled_per_month"] if enroll is None else enroll,
        leave_first=truth["dropout_first"],
        leave_later=truth["dropout_later"],
        values=tuple(values),
    )


def _assumed(name: str, value: float, unit: str) -> PlanningValue:
    return PlanningValue(
        name=name,
        value=value,
        unit=unit,
        source="this project: chosen for order of magnitude",
        confidence=Confidence.ASSUMED,
        note="write [costs] into the protocol to replace it",
    )


def stay(design: Candidate, p: Prices) -> float:
    """Return the share of randomized people who complete every period."""
    later = design.periods + design.extra - 1
    if later == 0:
        return 1.0 - p.leave_later
    return (1.0 - p.leave_first) * (1.0 - p.leave_later) ** (later - 1)


def session_cost(design: Candidate, p: Prices) -> float:
    """Return what one session with its visits costs under a design."""
    return p.per_session * (1.0 + GLX_SESSION * design.glx) + p.per_visit * p.visits


def budget(design: Candidate, p: Prices, completers: int, qualify: float = 1.0) -> Budget:
    """Return cost and calendar of `completers`; `qualify` is the share that passes qualifying."""
    randomized = math.ceil(completers / stay(design, p))
    screened = math.ceil(randomized / qualify) if design.qualifying else randomized
    own = session_cost(design, p)
    extra = screened if design.qualifying else 0
    sessions = randomized * (design.periods + design.extra) + extra
    total = p.fixed + screened * p.per_participant + sessions * own
    periods = design.periods + design.extra + (1 if design.qualifying else 0)
    days = (periods - 1) * p.washout_d + p.last_visit_d
    return Budget(
        unit=p.unit,
        total=total,
        per_person=(total - p.fixed) / randomized,
        screened=screened,
        randomized=randomized,
        completers=completers,
        sessions=sessions,
        months=(screened - 1) / p.per_month + days / DAYS_PER_MONTH,
        per_month=p.per_month,
    )


def affordable(design: Candidate, p: Prices, money: float, qualify: float = 1.0) -> int:
    """Return the completers, a multiple of the sequences, that `money` pays for.

    Raises `InputError` when it does not pay for two people a sequence.
    """
    S = len(design.sequences)
    n = S * int(money / session_cost(design, p) / S + 1)
    while n >= S and budget(design, p, n, qualify).total > money * (1.0 + 1e-12):
        n -= S
    if n - S < 2:
        raise InputError(
            Problem(
                what="the budget does not pay for this design",
                value=f"{money:g} {p.unit}",
                where=design.label,
                why=f"{S} sequences with two people each are the least",
                fix="raise --budget, or leave it out to use the protocol's own size",
            )
        )
    return n
