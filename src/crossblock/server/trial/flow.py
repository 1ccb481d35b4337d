"""The order of steps: what comes next for a participant, and why something cannot come yet."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from functools import cache

from crossblock.core.errors import Problem
from crossblock.domain.protocol import Protocol
from crossblock.server.roles import RefusedError

Mark = tuple[str, int]
"""A step and its period; 0 for what belongs to no period."""
ENDS = frozenset({"screen failed", "withdrawn", "completed"})
WORDS = {
    "screened": "screening",
    "consented": "consent",
    "gated": "the gate before the blocker",
    "randomized": "randomization",
    "dispensed": "handing out the kit",
    "started": "the start",
    "discharged": "discharge after the session",
    "finished": "the end",
    "completed": "completion",
    "withdrawn": "withdrawal",
    "screen failed": "screening (failed)",
}


@cache
def course(periods: int) -> tuple[Mark, ...]:
    """Return all steps of somebody who goes the whole way, in order.

    Screening, consent, then in each period gate, kit, start, discharge and end; randomization comes
    once, after the first gate and before the first kit.
    """
    steps: list[Mark] = [("screened", 0), ("consented", 0)]
    for period in range(1, periods + 1):
        steps.append(("gated", period))
        if period == 1:
            steps.append(("randomized", 0))
        steps += [(name, period) for name in ("dispensed", "started", "discharged", "finished")]
    return (*steps, ("completed", 0))


def next_step(done: Collection[Mark], periods: int) -> Mark | None:
    """Return the step that comes next; None for somebody who has left or is through."""
    if any(name in ENDS for name, _ in done):
        return None
    return next((mark for mark in course(periods) if mark not in done), None)


def check(done: Collection[Mark], wanted: Mark, periods: int) -> None:
    """Raise `RefusedError` when `wanted` is not what comes next (or an end that is open)."""
    expected = next_step(done, periods)
    if wanted == expected:
        return
    if expected is not None and wanted[0] == "withdrawn" and ("consented", 0) in done:
        return
    if expected is not None and wanted[0] == "screen failed" and ("randomized", 0) not in done:
        return
    raise RefusedError(
        Problem(
            what=f"{said(wanted)} is not the next step",
            why="steps follow the protocol's order, and each is taken once",
            fix=f"next comes {said(expected)}"
            if expected
            else "this participant has left or is through",
        )
    )


def said(mark: Mark) -> str:
    """Return a step in words."""
    name, period = mark
    return f"{WORDS[name]} of period {period}" if period else WORDS[name]


def earliest_start(
    protocol: Protocol, started: Mapping[int, datetime], period: int
) -> datetime | None:
    """Return when `period` may begin: one washout after the start of the period before."""
    before = started.get(period - 1)
    washout = protocol.design.washout
    if before is None or washout is None:
        return None
    return before + timedelta(hours=washout.value.value)


def state(done: Collection[Mark], periods: int) -> str:
    """Return in a word where somebody stands: screening, in period 1, washout, completed …"""
    for name in ("screen failed", "withdrawn", "completed"):
        if (name, 0) in done:
            return name
    upcoming = next_step(done, periods)
    assert upcoming is not None
    name, period = upcoming
    if name in {"screened", "consented"} or (period == 1 and name == "gated"):
        return "screening"
    if name in {"discharged", "finished"}:
        return f"in period {period}"
    return "before period 1" if period <= 1 else f"washout before period {period}"
