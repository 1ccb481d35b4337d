"""One person's history from a CSV file: one row a rating, a session, or both on one day.

Columns: day, and as needed score, dose ("0.5 mg/kg"), route, duration ("40 min"), drug, onboard
(ids of the interactions catalog with semicolons between, or none). An empty score in a row without
a dose is a rating that was due and is missing. Nothing is dropped: every row becomes something or a
problem with its line.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from crossblock.core.errors import CrossblockError, InputError, Problem, shorten, shorten_path
from crossblock.core.quantity import parse
from crossblock.domain.dose import Dose, Route
from crossblock.domain.history import History, Rated, Session, checked
from crossblock.load.catalog import names
from crossblock.load.table import Columns, Table

COLUMNS = Columns(
    needed=("day",), optional=("score", "dose", "route", "duration", "drug", "onboard")
)


def history(
    path: str | Path,
    *,
    baseline: float | None,
    weight_kg: float = 75.0,
    label: tuple[float, float] | None = None,
) -> History:
    """Return the history in a CSV file; InputError lists every row that cannot be read."""
    where = shorten_path(str(path))
    problems: list[Problem] = []
    table = Table(Path(path), where, COLUMNS, InputError, problems)
    ratings: list[Rated] = []
    sessions: list[Session] = []
    for line, row in table:
        try:
            rated, session = _row(row, table.at(line))
        except CrossblockError as error:
            problems.extend(error.problems)
            continue
        ratings += [rated] if rated else []
        sessions += [session] if session else []
    if not problems and not ratings and not sessions:
        problems.append(
            Problem(
                what="a history without a rating or a session",
                where=where,
                why="there is a header, and no row below it",
                fix="give one row a rating or a session",
            )
        )
    if problems:
        raise InputError(*problems)
    note = ""
    if baseline is None:
        baseline, ratings, note = _before(ratings, sessions)
    found = History(
        baseline=baseline,
        notes=(note,) if note else (),
        ratings=tuple(ratings),
        sessions=tuple(sessions),
        weight_kg=weight_kg,
        label=label,
    )
    try:
        checked(found)
    except InputError as error:
        named = [
            replace(p, where=", ".join(w for w in (where, p.where) if w)) for p in error.problems
        ]
        raise InputError(*named) from None
    return found


def _before(ratings: list[Rated], sessions: list[Session]) -> tuple[float | None, list[Rated], str]:
    """Return the last score before the first session as the baseline, and the ratings after it.

    A row with a score and a dose was rated before its dose. No such score: no baseline, as before.
    """
    if not sessions:
        return None, ratings, ""
    first = min(s.day for s in sessions)
    early = [r for r in ratings if r.day <= first]
    scored = [r for r in early if r.score is not None]
    if not scored:
        return None, ratings, ""
    last = max(scored, key=lambda r: r.day)
    more = len(early) - 1
    others = f"; {more} other rows before it are not used" if more else ""
    note = (
        f"the baseline is the score of {last.score:g} on day {last.day:g}, the last one before the "
        f"first session{others}"
    )
    return last.score, [r for r in ratings if r.day > first], note


def _row(row: Mapping[str, str], where: str) -> tuple[Rated | None, Session | None]:
    day = _number(row["day"], "day", where)
    dose, score = row.get("dose", ""), row.get("score", "")
    session = _session(day, dose, row, where) if dose else None
    stray = [name for name in COLUMNS.optional[2:] if row.get(name, "") and not dose]
    if stray:
        raise InputError(
            Problem(
                what=f"{'an' if stray[0] == 'onboard' else 'a'} {stray[0]} without a dose",
                where=f"{where}, {stray[0]}",
                value=shorten(row[stray[0]]),
                why="a row is a session only by its dose, and nothing is passed over",
                fix="give the dose, or leave the cell empty",
            )
        )
    if score:
        return Rated(day=day, score=_number(score, "score", where)), session
    return (None if session else Rated(day=day, score=None)), session


def _session(day: float, dose: str, row: Mapping[str, str], where: str) -> Session:
    amount = parse(dose, dimension="dose", where=f"{where}, dose")
    route = row.get("route", "") or "iv"
    if route not in tuple(Route):
        raise InputError(
            Problem(
                what="no such route",
                where=f"{where}, route",
                value=shorten(route),
                fix=f"use one of: {', '.join(Route)}",
            )
        )
    drug = row.get("drug", "") or "ketamine"
    if drug not in names("compounds"):
        raise InputError(
            Problem(
                what="the catalog has no such compound",
                where=f"{where}, drug",
                value=shorten(drug),
                fix=f"use one of: {', '.join(names('compounds'))}",
            )
        )
    text = row.get("duration", "") or ("40 min" if route == Route.IV else "")
    hours = parse(text, dimension="time", where=f"{where}, duration").value if text else 0.0
    return Session(
        day=day,
        dose=Dose(
            start_h=0.0,
            amount=amount.value,
            route=Route(route),
            duration_h=hours,
            per_kg=amount.unit == "mg/kg",
        ),
        drug=drug,
        onboard=_onboard(row.get("onboard", ""), where),
    )


def _onboard(text: str, where: str) -> tuple[str, ...]:
    found = tuple(c.strip() for c in text.split(";") if c.strip() not in ("", "none"))
    strange = [c for c in found if c not in names("interactions")]
    if strange:
        raise InputError(
            Problem(
                what="the catalog has no such class of medicines",
                where=f"{where}, onboard",
                value=shorten(strange[0]),
                fix=f"use none, or: {', '.join(names('interactions'))}",
            )
        )
    return found


def _number(text: str, name: str, where: str) -> float:
    try:
        value = float(text.replace("−", "-"))
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise InputError(
            Problem(
                what=f"the {name} is not a number",
                where=f"{where}, {name}",
                value=shorten(text),
                fix="write a number; leave a missing score empty",
            )
        )
    return value
