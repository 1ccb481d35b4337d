"""A regimen of repeated use: what is given again and again, how often, and the rules that bend it.

A plain regimen is fixed in advance. Rules make a policy of it: stop without response, follow the
symptoms, escalate, miss sessions. Times in h, doses in mg or mg/kg.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from crossblock.core.errors import InputError, Problem
from crossblock.domain.dose import Dose

DAY = 24.0


class Setting(StrEnum):
    """Where sessions happen: what is learned from a liked dose differs."""

    CLINIC = "clinic"
    UNSUPERVISED = "unsupervised"


@dataclass(frozen=True, kw_only=True, slots=True)
class Phase:
    """A stretch of sessions `every_h` apart; `sessions` None lasts until the horizon."""

    name: str
    every_h: float
    sessions: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Rules:
    """What bends a regimen. Shares are of the own baseline score.

    `stop_after`: stop when this many sessions brought no response (0: never). `ladder_h`: intervals
    that follow the symptoms once the phases are over, shortest first; a rating above `worse_above`
    goes one rung shorter, one at most `well_below` one rung longer. `restart_at`: two ratings in a
    row at this many points or more start the first phase again, in those who had responded (0:
    never). `escalate`: dose factors to climb, one each `escalate_after` sessions without response.
    `missed`: share of sessions that do not take place.
    """

    stop_after: int = 0
    ladder_h: tuple[float, ...] = ()
    worse_above: float = 0.5
    well_below: float = 0.35
    restart_at: float = 0.0
    escalate: tuple[float, ...] = (1.0,)
    escalate_after: int = 3
    missed: float = 0.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Beside:
    """A compound on board all the time: `dose` every `every_h`, or the `odds` of an agonist at mu.

    `odds` is what the user states where no sourced kinetics exist; it is amber.
    """

    compound: str
    dose: Dose | None = None
    every_h: float = DAY
    odds: float | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Regimen:
    """A course as planned. `dose` is one session (starting at 0); `label` its usual range."""

    id: str
    title: str
    summary: str
    drug: str
    dose: Dose
    phases: tuple[Phase, ...]
    setting: Setting = Setting.CLINIC
    label: tuple[float, float] | None = None
    label_source: str = ""
    beside: tuple[Beside, ...] = ()
    rules: Rules = field(default_factory=Rules)

    @property
    def slot_h(self) -> float:
        """Return the clinic's step: the shortest interval anywhere in the regimen."""
        every = [p.every_h for p in self.phases]
        return min([*every, *self.rules.ladder_h])

    @property
    def flags(self) -> tuple[str, ...]:
        """Return what stands out but is allowed, each as a sentence."""
        low, high = self.label or (0.0, math.inf)
        unit = "mg/kg" if self.dose.per_kg else "mg"
        said = []
        for factor in self.rules.escalate:
            amount = self.dose.amount * factor
            if amount > high:
                said.append(
                    f"a dose of {amount:g} {unit} is above the usual range of "
                    f"{low:g} to {high:g} {unit} ({self.label_source}); it is kept and computed"
                )
        return tuple(said)


def check(regimen: Regimen) -> None:
    """Refuse a regimen that cannot be given; InputError lists every problem."""
    problems = [*_phases(regimen), *_rules(regimen)]
    if problems:
        raise InputError(*problems)


def _phases(r: Regimen) -> list[Problem]:
    found = []
    if not r.phases:
        found.append(Problem(what="a regimen without phases", where=r.id, fix="add a [[phase]]"))
    for p in r.phases:
        if not 0 < p.every_h < math.inf:
            found.append(
                Problem(
                    what="sessions go backward in time",
                    where=f"{r.id}, phase {p.name}",
                    value=f"every {p.every_h:g} h",
                    why="the interval between sessions is not a time above 0",
                    fix="write every as a time above 0",
                )
            )
        elif p.every_h < r.dose.duration_h:
            found.append(
                Problem(
                    what="sessions overlap",
                    where=f"{r.id}, phase {p.name}",
                    value=f"every {p.every_h:g} h, each lasting {r.dose.duration_h:g} h",
                    why="the next session would start before the last one ends",
                    fix="lengthen the interval or shorten the infusion",
                )
            )
    before = r.phases if r.rules.ladder_h else r.phases[:-1]
    open_ended = [p.name for p in before if p.sessions is None]
    if open_ended:
        found.append(
            Problem(
                what="a phase without end stands before another phase or a ladder",
                where=f"{r.id}, phase {open_ended[0]}",
                why="what comes next would never start",
                fix="give the number of sessions",
            )
        )
    return found


def _rules(r: Regimen) -> list[Problem]:
    rules = r.rules
    wrong: Sequence[tuple[bool, str, str]] = (
        (not 0 <= rules.missed < 1, "the share of missed sessions", "0 up to, not including, 1"),
        (rules.stop_after < 0, "stop_after", "a count of sessions, 0 for never"),
        (not rules.escalate or min(rules.escalate) <= 0, "escalate", "dose factors above 0"),
        (rules.escalate_after < 1, "escalate_after", "a count of at least 1"),
        (
            list(rules.ladder_h) != sorted(rules.ladder_h) or min(rules.ladder_h, default=1) <= 0,
            "the ladder of intervals",
            "times above 0, the shortest first",
        ),
        (
            not 0 < rules.well_below <= rules.worse_above <= 2,
            "the symptom thresholds",
            "shares of the baseline score, well_below at most worse_above",
        ),
    )
    return [
        Problem(what=f"{name} cannot be used", where=f"{r.id}, rules", fix=f"give {fix}")
        for bad, name, fix in wrong
        if bad
    ]


def times(regimen: Regimen, horizon_h: float) -> tuple[float, ...]:
    """Return the planned session starts of a fixed regimen within [0, horizon_h], in h."""
    found: list[float] = []
    now = 0.0
    for p in regimen.phases:
        k = 0
        while now <= horizon_h and (p.sessions is None or k < p.sessions):
            found.append(now)
            now += p.every_h
            k += 1
    return tuple(found)
