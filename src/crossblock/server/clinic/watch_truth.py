"""What the watch does on whole courses whose truth is known: every series at once, as it runs here.

A simulated course is put into the shape that the record has, and `watch.watched` is asked after
every session what it would say, as a clinician who opens the page each time would see it.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import get_args

import numpy as np
from numpy.typing import NDArray

from crossblock.server.clinic.course import AFTER, BETWEEN, INTAKE, SESSION, Course, Filled
from crossblock.server.clinic.house import House
from crossblock.server.clinic.watch import STABLE, watched
from crossblock.stats.signal_truth import Kind, Operating, Simulated, Truth, operating, simulate

Array = NDArray[np.float64]
START = datetime(2026, 1, 5, 9, tzinfo=UTC)
WEIGHT = 70.0
GROUPS: dict[Kind, tuple[str, ...]] = {
    "tolerance": ("kept", "stays"),
    "escalation": ("weekly", "doses", "intervals"),
    "craving": ("ketamine-craving", "craving"),
    "bladder": ("frequency",),
    "pressure": ("pressure",),
}
"""Which series of the watch tell each truth."""


def as_course(found: Simulated, house: House) -> Course:
    """Return a simulated course as the record would hold it."""
    number = count(1)
    forms: list[Filled] = []

    def add(form: str, visit: str, period: int, day: float, **content: object) -> None:
        n = next(number)
        forms.append(
            Filled(form=form, visit=visit, period=period, repeat=1, number=1, version=n, entry=n,
                   occurred=START + timedelta(days=float(day)), by=None, content=content)
        )  # fmt: skip

    add("madrs", INTAKE, 0, -3.0, answers={}, total=found.baseline)
    for k, (day, dose) in enumerate(zip(found.session, found.mg_per_kg)):
        answers = {"dose": WEIGHT * dose, "weight": WEIGHT, "route": "iv", "drug": "ketamine"}
        vitals = {"minutes": 0.0, "systolic": found.answers["systolic"][k]}
        add("dose", SESSION, k + 1, day, answers=answers)
        add("session-vitals", SESSION, k + 1, day, answers=vitals)
        for form, id in (("ketamine-craving", "craving"), ("drug-liking", "liking")):
            add(form, AFTER, k + 1, day + 1, answers={}, total=float(found.answers[id][k]))
    for day, score in zip(found.rated, found.score):
        add("madrs", BETWEEN, 0, day, answers={}, total=float(score))
    for k, day in enumerate(found.month):
        said = {item: float(values[k]) for item, values in found.complaints.items()}
        add("monthly", BETWEEN, 0, day, answers={"unsanctioned": 0.0, **said})
    forms.sort(key=lambda f: f.occurred)
    return Course(code="C-VIRTUAL", forms=tuple(forms), house=house)


def first_alarms(course: Course) -> dict[str, float]:
    """Return the day of the first signal of each series that raises one, asked each session."""
    found: dict[str, float] = {}
    for session in course.sessions[STABLE + 2 :]:
        until = tuple(f for f in course.forms if f.occurred <= session.at)
        day = (session.at - course.sessions[0].at).total_seconds() / 86400
        for w in watched(Course(code=course.code, forms=until, house=course.house)):
            if w.alarm:
                found.setdefault(w.id, day)
    return found


def alarms(
    kind: Kind, people: int, seed: int, house: House, truth: Truth
) -> list[dict[str, float]]:
    """Return the first signals of `people` courses of a kind."""
    rng = np.random.default_rng([seed, list(get_args(Kind)).index(kind)])
    one = Truth(**{k: getattr(truth, k) for k in Truth.__slots__} | {"kind": kind})
    return [first_alarms(as_course(simulate(one, rng), house)) for _ in range(people)]


def first_of(found: list[dict[str, float]], ids: Collection[str] = ()) -> Array:
    """Return the day of the first signal of any series, or of `ids`; nan without one."""
    return np.array(
        [min((d for k, d in one.items() if not ids or k in ids), default=np.nan) for one in found]
    )


def judged(
    kind: Kind, quiet: list[dict[str, float]], changed: list[dict[str, float]], truth: Truth
) -> Operating:
    """Return how the whole watch does: any signal on a steady course is a false alarm.

    Detection counts the series that tell this truth alone (`GROUPS`).
    """
    return operating(first_of(quiet), first_of(changed, GROUPS[kind]), truth)
