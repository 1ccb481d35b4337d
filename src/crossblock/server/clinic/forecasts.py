"""The personal forecast, through the job table: asked for here, made by a worker, shown here.

The server makes no forecast itself. `history` is what the worker gets of a course; `kept` is what
the worker's answer is stored as; `newest` reads it back.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from crossblock.core.errors import CrossblockError, Problem
from crossblock.domain.dose import Dose, Route
from crossblock.domain.history import History, Rated, Session, checked
from crossblock.exposure.arrival import arriving
from crossblock.load import instrument
from crossblock.load.compound import compound
from crossblock.server import clock
from crossblock.server.clinic import access
from crossblock.server.clinic.aboard import aboard
from crossblock.server.clinic.access import Act
from crossblock.server.clinic.course import Course
from crossblock.server.clinic.course import Session as Given
from crossblock.server.clinic.series import day
from crossblock.server.jobs.models import Job
from crossblock.server.record import door
from crossblock.server.record.appended import canonical
from crossblock.server.record.models import Participant
from crossblock.server.roles import Actor, RefusedError

KIND = "clinic-forecast"
RATED_BY = "madrs"
"""The forecast is calibrated on this scale."""
ROUTES = {"iv": Route.IV, "im": Route.IM, "sc": Route.SUBCUTANEOUS, "nasal": Route.NASAL,
          "oral": Route.ORAL}  # fmt: skip
STORIES = {
    "stable": "nothing has changed",
    "illness": "the illness has grown, and each session does as much as before",
    "ceiling": "the illness has grown past what a session can lift",
    "tolerance": "each session does less than before",
}
ESCALATION = "escalation"
EVERY = 2
"""Days between the points of a stored band."""
Row = tuple[float, float, float, float, float, float]
"""A day since the first session, and the quantiles of 2.5, 25, 50, 75 and 97.5 % on it."""


@dataclass(frozen=True, kw_only=True)
class Forecast:
    """A stored forecast. Bands begin at the last rating; `next_day` is the day of the session that
    one of them has; `stories` are probabilities of what is going on under assumed explanations."""

    made: Any
    with_session: tuple[Row, ...]
    without: tuple[Row, ...]
    next_day: float
    points: tuple[float, float, float]
    days: tuple[float, float]
    stories: Mapping[str, float]
    notes: tuple[str, ...]
    flags: tuple[Flagged, ...] = ()

    @property
    def told(self) -> tuple[tuple[str, str], ...]:
        """Return the stories in words with their probabilities, likeliest first."""
        order = sorted(self.stories, key=lambda s: -self.stories[s])
        return tuple((STORIES.get(s, s), share(self.stories[s])) for s in order)


@dataclass(frozen=True, kw_only=True, slots=True)
class Flagged:
    """What stands out in a course by the forecast, with its probability of being noise."""

    words: str
    noise: float
    detail: str

    @property
    def chance(self) -> str:
        return share(self.noise)


def share(p: float) -> str:
    """Return a probability as a percentage, small ones as a bound."""
    return "below 1 %" if p < 0.01 else f"{100 * p:.0f} %"


def want(actor: Actor, participant: Participant) -> Job:
    """Ask a worker for a patient's forecast; one that waits already is given back."""
    access.require(actor, Act.PLAN, participant)
    wanted = canonical({"code": participant.code})
    waiting = Job.objects.filter(kind=KIND, wanted=wanted, state__in=("waiting", "running"))
    found = waiting.first()
    if found is not None:
        return found
    made = Job.objects.create(kind=KIND, wanted=wanted, by_id=actor.person_id, asked=clock.now())
    door.note(actor, "job.want", job=made.pk, kind=KIND, participant=participant.code)
    return made


def history(course: Course) -> History:
    """Return a course as the forecast reads it; CrossblockError when it cannot be read so."""
    rows = [f for f in course.scores(RATED_BY) if f.total is not None]
    if not course.sessions or not rows:
        raise RefusedError(_too_little(course))
    scale = instrument.read(RATED_BY)
    later = [f for f in rows if f.occurred > course.sessions[0].at]
    found = History(
        baseline=course.baseline(RATED_BY),
        ratings=tuple(Rated(day=day(course, f), score=f.total) for f in later),
        sessions=tuple(_session(course, s) for s in course.sessions),
        weight_kg=course.sessions[-1].weight_kg,
        instrument=scale.short_name,
        lowest=scale.minimum,
        highest=scale.maximum,
    )
    checked(found)
    for session in found.sessions:
        arriving(compound(session.drug), session.dose)
    return found


def _session(course: Course, s: Given) -> Session:
    beside = aboard(course, s.at)
    return Session(
        day=day(course, s.filled),
        dose=Dose(
            start_h=0.0,
            amount=s.dose_mg,
            route=ROUTES[s.route],
            duration_h=float(s.filled.answers.get("minutes", 0.0)) / 60,
        ),
        drug=s.drug,
        onboard=beside.ids if beside else (),
    )


def _too_little(course: Course) -> Problem:
    """Say what is missing; no table turns another scale into the MADRS."""
    what = "no forecast yet"
    other = course.rated_by
    if other == RATED_BY or not course.scores(other):
        return Problem(what=what, why="it needs a session and a MADRS", fix="rate first")
    name = instrument.read(other).short_name
    why = f"it is made from the MADRS, and no table here turns {name} into MADRS"
    return Problem(what=what, why=why, fix="rate the MADRS before the first session and after")


def said(error: CrossblockError) -> str:
    """Return in a sentence what is in the way."""
    first = error.problems[0]
    return ": ".join(w for w in (first.what, first.why) if w)


def kept(found: Any) -> str:
    """Return a worker's forecast as the text that the job keeps."""

    def band(b: Any) -> list[list[float]]:
        return [*rows(found.seen)[-1:], *rows(b)[::EVERY]]

    def rows(b: Any) -> list[list[float]]:
        columns = zip(b.days, b.low, b.low_half, b.middle, b.high_half, b.high)
        return [[round(float(x), 1) for x in row] for row in columns]

    gain = found.benefit
    return canonical(
        {
            "with": band(found.with_session),
            "without": band(found.without),
            "next_day": round(float(found.next_day), 1),
            "points": [round(float(x), 1) for x in (gain.points, gain.low, gain.high)],
            "days": [round(float(x), 1) for x in (gain.days_with, gain.days_without)],
            "stories": {k: round(float(v), 3) for k, v in found.stories.items()},
            "notes": [str(n)[:200] for n in found.notes[:3]],
            "flags": [
                [str(f.words)[:200], round(float(f.noise), 4), str(f.detail)[:200]]
                for f in found.flags[:4]
                if f.id == ESCALATION  # the others tell a story, and those are in `stories`
            ],
        }
    )


def newest(participant: Participant) -> Forecast | None:
    """Return the newest forecast that a worker has made for a patient."""
    wanted = canonical({"code": participant.code})
    job = Job.objects.filter(kind=KIND, wanted=wanted, state="done").order_by("-pk").first()
    if job is None:
        return None
    row = json.loads(job.result)
    return Forecast(
        made=job.ended,
        with_session=_band(row["with"]),
        without=_band(row["without"]),
        next_day=row["next_day"],
        points=tuple(row["points"]),
        days=tuple(row["days"]),
        stories=row["stories"],
        notes=tuple(row["notes"]),
        flags=tuple(Flagged(words=w, noise=n, detail=d) for w, n, d in row.get("flags", ())),
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """How it stands with a patient's forecast when there is none, or the newest try failed."""

    waiting: bool
    words: str


def standing(participant: Participant, course: Course) -> Standing:
    """Say what is waited for, what failed, or why no forecast can be made; "" where one stands."""
    wanted = canonical({"code": participant.code})
    job = Job.objects.filter(kind=KIND, wanted=wanted).order_by("-pk").first()
    state = job.state if job else ""
    if job and state in ("waiting", "running"):
        words = "A forecast is asked for; a worker makes it (crossblock clinic FOLDER --work)."
        return Standing(waiting=True, words=words)
    if job and state == "failed":
        return Standing(waiting=False, words=f"The newest forecast failed. {_sentence(job.result)}")
    try:
        history(course)
    except CrossblockError as error:
        why = said(error)
        why = why if why.startswith("no forecast") else f"no forecast can be made: {why}"
        return Standing(waiting=False, words=_sentence(why))
    words = "" if job else "Nobody has asked for a forecast of this course."
    return Standing(waiting=False, words=words)


def _sentence(words: str) -> str:
    return f"{words[:1].upper()}{words[1:].rstrip('.')}."


def _band(rows: Sequence[Sequence[float]]) -> tuple[Row, ...]:
    return tuple((r[0], r[1], r[2], r[3], r[4], r[5]) for r in rows)
