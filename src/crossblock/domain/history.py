"""One person's history: baseline, ratings and sessions, as they were, irregular and with gaps.

What cannot be believed is refused with its place; what is unusual but possible is kept and flagged.
Nothing is dropped in silence. Days count from any one origin and may be fractions.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from crossblock.core.errors import InputError, Problem
from crossblock.domain.dose import Dose

DAY = 24.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Rated:
    """A score on a day; `score` None is a rating that was due and is missing."""

    day: float
    score: float | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Session:
    """A session that took place: `dose` starts at 0 of its day.

    `usual` is the usual range of such a dose in its own unit, None where nobody gave one. `onboard`
    are classes of medicines taken beside it (ids of the interactions catalog).
    """

    day: float
    dose: Dose
    drug: str = "ketamine"
    usual: tuple[float, float] | None = None
    onboard: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class History:
    """One person. `baseline` is the score before the first session, None when nobody took it.

    `lowest`, `highest` bound the instrument (MADRS 0 to 60); `label` is the usual range of one dose
    in the unit of the doses, for sessions that have none of their own. `notes` are what reading the
    history had to decide.
    """

    baseline: float | None
    ratings: tuple[Rated, ...]
    sessions: tuple[Session, ...]
    weight_kg: float = 75.0
    instrument: str = "MADRS"
    lowest: float = 0.0
    highest: float = 60.0
    label: tuple[float, float] | None = None
    notes: tuple[str, ...] = ()


def checked(history: History) -> tuple[str, ...]:
    """Return what stands out in a history that can be used; InputError lists what cannot be."""
    problems = [
        *_baseline(history),
        *_scores(history),
        *_order("rating", [r.day for r in history.ratings]),
        *_order("session", [s.day for s in history.sessions]),
        *_overlaps(history),
    ]
    if not 20.0 <= history.weight_kg <= 400.0:
        problems.append(
            Problem(
                what="the weight cannot be used",
                value=f"{history.weight_kg:g} kg",
                why="doses per kg need it; 20 to 400 kg can be computed",
                fix="give the weight in kg",
            )
        )
    if problems:
        raise InputError(*problems)
    return _flags(history)


def _baseline(h: History) -> list[Problem]:
    if h.baseline is None:
        return [
            Problem(
                what="no baseline",
                why="response and remission are shares of the score before the first session",
                fix="give the last score before the first session, as in --baseline 34",
            )
        ]
    least = h.lowest + 0.1 * (h.highest - h.lowest)
    if not least <= h.baseline <= h.highest:
        return [
            Problem(
                what="the baseline cannot be used",
                where="baseline",
                value=f"{h.baseline:g}",
                why=f"{h.instrument} runs from {h.lowest:g} to {h.highest:g}, and a course is "
                f"followed from {least:g} points on",
                fix="check the score",
            )
        ]
    return []


def _scores(h: History) -> list[Problem]:
    return [
        Problem(
            what="a score outside the range of its instrument",
            where=f"rating {k}, day {r.day:g}",
            value=f"{r.score:g}",
            why=f"{h.instrument} runs from {h.lowest:g} to {h.highest:g}",
            fix="correct the score, or leave it out as missing",
        )
        for k, r in enumerate(h.ratings, start=1)
        if r.score is not None and not h.lowest <= r.score <= h.highest
    ]


def _order(noun: str, days: list[float]) -> list[Problem]:
    found = [
        Problem(what=f"the day of a {noun} is not a finite number", where=f"{noun} {k}")
        for k, day in enumerate(days, start=1)
        if not math.isfinite(day)
    ]
    for k in range(1, len(days)):
        if days[k] < days[k - 1]:
            found.append(
                Problem(
                    what=f"the {noun}s are out of order",
                    where=f"{noun} {k + 1}",
                    value=f"day {days[k]:g} after day {days[k - 1]:g}",
                    why="a later row cannot be of an earlier day",
                    fix="sort the rows, or correct the date",
                )
            )
    return found


def _overlaps(h: History) -> list[Problem]:
    found = []
    for k in range(1, len(h.sessions)):
        before, now = h.sessions[k - 1], h.sessions[k]
        gap = (now.day - before.day) * DAY
        if 0 <= gap < max(before.dose.duration_h, 1e-9):
            found.append(
                Problem(
                    what="two sessions overlap",
                    where=f"session {k + 1}",
                    value=f"starts {gap * 60:.0f} min after one that lasts "
                    f"{before.dose.duration_h * 60:.0f} min",
                    why="one person has one session at a time",
                    fix="correct the day, or join the two rows",
                )
            )
    return found


def _flags(h: History) -> tuple[str, ...]:
    said = list(h.notes)
    missing = sum(r.score is None for r in h.ratings)
    if missing:
        said.append(
            f"{missing} of {len(h.ratings)} ratings are missing: they carry no weight, and why "
            "they are missing is not modeled"
        )
    said.extend(_high_doses(h))
    said.extend(_beside(h))
    if h.sessions and h.ratings and h.ratings[0].day < h.sessions[0].day - 60.0:
        said.append("the first rating is more than 60 days before the first session")
    if not h.ratings:
        said.append("no rating after the baseline: what follows is the prior, not this person")
    return tuple(said)


def _beside(h: History) -> list[str]:
    """Return one sentence a class of medicines on board: the update does not know it."""
    every = [c for s in h.sessions for c in s.onboard]
    return [
        f"{c.replace('-', ' ')} on board at {every.count(c)} of {len(h.sessions)} sessions: not "
        "modeled, the forecast is made as if it were not there"
        for c in dict.fromkeys(every)
    ]


def _high_doses(h: History) -> list[str]:
    """Return one sentence a usual range that doses go above: they are kept, and said."""
    high: dict[tuple[float, float, str], list[float]] = {}
    for s in h.sessions:
        usual = s.usual or h.label
        if usual is not None and s.dose.amount > usual[1]:
            unit = "mg/kg" if s.dose.per_kg else "mg"
            high.setdefault((*usual, unit), []).append(s.dose.amount)
    return [
        f"{len(found)} of {len(h.sessions)} doses (up to {max(found):g} {unit}) are above the "
        f"usual range of {low:g} to {top:g} {unit}: they are kept and computed"
        for (low, top, unit), found in high.items()
    ]
