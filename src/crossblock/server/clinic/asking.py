"""What is asked before a form is saved: doubts that the record raises, and what settles them."""

from __future__ import annotations

from collections.abc import Mapping
from statistics import median

from crossblock.server.clinic import references
from crossblock.server.clinic.alarms import SHORTEST, at_discharge
from crossblock.server.clinic.course import SESSION, Course
from crossblock.server.clinic.doubts import Before, Doubt, doubts
from crossblock.server.clinic.findings import at_start
from crossblock.server.record.entries import Spot
from crossblock.server.record.sheet import MOST_TEXT, Answer

NEWEST = 5
"""Weights that a new one is measured against."""


def before(known: Course, spot: Spot) -> Before:
    """Return what other forms say that makes a number likely or not."""
    diagnosis = known.last("diagnosis")
    rows = [f for f in known.forms if f.form in ("diagnosis", "dose")]
    rows = [f for f in rows if (f.form, f.period) != (spot.form, spot.period)]
    weights = [(f, f.answers["weight"]) for f in rows if "weight" in f.answers]
    past: dict[tuple[str, str], list[float]] = {}
    for s in known.sessions:
        if s.number != spot.period:
            past.setdefault((s.drug, s.route), []).append(s.mg_per_kg)
    return Before(
        height=diagnosis.answers.get("height") if diagnosis else None,
        weight=median(w for _, w in weights[-NEWEST:]) if weights else None,
        confirmed=tuple(w for f, w in weights if "weight" in f.content.get("sure", ())),
        doses={k: tuple(v) for k, v in past.items()},
        reference=lambda drug, route: references.reference(drug, route, known.house),
    )


def asked(
    known: Course, spot: Spot, answers: Mapping[str, Answer], typed: Mapping[str, str]
) -> dict[str, Doubt]:
    """Return every question that this form raises, by the key that settles it."""
    numbers = doubts(spot.form, answers, before(known, spot))
    found = {k: Doubt(words=v, text=typed.get(k, "")) for k, v in numbers.items()}
    here = next((s for s in known.sessions if s.number == spot.period), None)
    if spot.visit != SESSION:
        return found
    if spot.form == "dose" and here is None:
        over = at_start(known)
        if over:
            found["start"] = _reasoned("Before this session begins", over)
    if spot.form == "discharge" and here is not None:
        signs = [v.answers for v in here.vitals]
        against = at_discharge(answers, signs, known.house.watch_min)
        if against:
            found["discharge"] = _reasoned("This discharge", against)
    return found


def _reasoned(head: str, over: tuple[str, ...]) -> Doubt:
    return Doubt(words=f"{head}: {'; '.join(over)}. Go on all the same?", reason=True)


def settled(asked: Mapping[str, Doubt], post: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """Return the doubts that were answered, each with what was asked and the reason given."""
    found = {}
    for key, doubt in asked.items():
        reason = reason_of(key, post)
        if post.get(f"sure-{key}") != doubt.text:
            continue
        if not doubt.reason:
            found[key] = {"asked": doubt.words}
        elif SHORTEST <= len(reason) <= MOST_TEXT:
            found[key] = {"asked": doubt.words, "reason": reason}
    return found


def reason_of(key: str, post: Mapping[str, str]) -> str:
    """Return the reason typed beside a doubt; of a discharge, what was done serves as one."""
    return (post.get(f"why-{key}") or (post.get("q-why", "") if key == "discharge" else "")).strip()
