"""A patient's course, read from the record: newest version of every form, sessions in order."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

from crossblock.load import instrument
from crossblock.server.clinic import house
from crossblock.server.clinic.alarms import out_of_order
from crossblock.server.record.models import Participant, Version

INTAKE, SESSION, AFTER, BETWEEN, PLAN = "intake", "session", "day1", "between", "plan"
VISITS = {
    INTAKE: "Intake",
    SESSION: "Session",
    AFTER: "The day after",
    BETWEEN: "Between sessions",
    PLAN: "Long-term plan",
}
BASELINE_SETS = (("madrs", "hamd17"), ("qids-sr16", "phq9"))
"""One of each must be there before the first dose."""
SIX = 6


@dataclass(frozen=True, kw_only=True)
class Filled:
    """One filled form as it counts now."""

    form: str
    visit: str
    period: int
    repeat: int
    number: int
    version: int
    entry: int
    occurred: datetime
    by: int | None
    content: Mapping[str, Any]

    @property
    def answers(self) -> Mapping[str, Any]:
        return dict(self.content.get("answers", {}))

    @property
    def total(self) -> float | None:
        return self.content.get("total")

    @property
    def whole(self) -> bool:
        """True when nothing that was asked is left out."""
        return not self.content.get("unanswered")


@dataclass(frozen=True, kw_only=True)
class Session:
    """One session: when, how much, and what was kept beside it."""

    number: int
    at: datetime
    dose_mg: float
    weight_kg: float
    route: str
    drug: str
    filled: Filled
    vitals: tuple[Filled, ...] = ()
    discharge: Filled | None = None
    watch_min: int = 0

    @property
    def mg_per_kg(self) -> float:
        return self.dose_mg / self.weight_kg

    @cached_property
    def concerns(self) -> tuple[str, ...]:
        """What was out of the ordinary: begun over a finding, alarms, an early discharge."""
        left = self.discharge
        return out_of_order(
            self.filled.content.get("doubts", {}).get("start", {}),
            [v.answers for v in self.vitals],
            left.answers if left else None,
            left.content.get("doubts", {}).get("discharge", {}) if left else {},
            self.watch_min,
        )


@dataclass(frozen=True, kw_only=True)
class Course:
    """Everything of one patient that counts, in the order in which it took place."""

    code: str
    forms: tuple[Filled, ...]
    overrides: tuple[int, ...] = ()
    house: house.House = field(default_factory=house.current)

    def all(self, form: str, visit: str = "") -> tuple[Filled, ...]:
        """Return every filled form of a name (at a kind of visit), oldest first."""
        return tuple(f for f in self.forms if f.form == form and visit in ("", f.visit))

    def last(self, form: str, visit: str = "") -> Filled | None:
        """Return the newest filled form of a name, or None."""
        found = self.all(form, visit)
        return found[-1] if found else None

    def at(self, form: str, visit: str, period: int, repeat: int = 1) -> Filled | None:
        """Return the form filled at a place, or None."""
        place = (form, visit, period, repeat)
        return next((f for f in self.forms if (f.form, f.visit, f.period, f.repeat) == place), None)

    @cached_property
    def sessions(self) -> tuple[Session, ...]:
        doses = sorted(self.all("dose", SESSION), key=lambda f: f.occurred)
        vitals: dict[int, list[Filled]] = {}
        for v in self.all("session-vitals", SESSION):
            vitals.setdefault(v.period, []).append(v)
        left = {f.period: f for f in self.all("discharge", SESSION) if f.repeat == 1}
        return tuple(
            Session(
                number=f.period,
                at=f.occurred,
                dose_mg=float(f.answers["dose"]),
                weight_kg=float(f.answers["weight"]),
                route=str(f.answers["route"]),
                drug=str(f.answers["drug"]),
                filled=f,
                vitals=tuple(vitals.get(f.period, ())),
                discharge=left.get(f.period),
                watch_min=self.house.watch_min,
            )
            for f in doses
            if {"dose", "weight", "route", "drug"} <= set(f.answers)
        )

    @cached_property
    def rated_by(self) -> str:
        """The instrument that the course is read by: the house's, or what the baseline has."""
        wanted = (self.house.main_rating, self.house.own_rating, "hamd17", "qids-sr16", "phq9")
        held = {f.form for f in self.forms if f.visit == INTAKE and f.total is not None}
        later = {f.form for f in self.forms if f.visit in (AFTER, BETWEEN)}
        both = [name for name in wanted if name in held and name in later]
        return next(iter(both), next((n for n in wanted if n in held), self.house.main_rating))

    def scores(self, form: str) -> tuple[Filled, ...]:
        """Return the filled forms of an instrument that have a total."""
        return tuple(f for f in self.all(form) if f.total is not None)

    def baseline(self, form: str) -> float | None:
        """Return the last total before the first dose."""
        first = self.sessions[0].at if self.sessions else None
        before = [f for f in self.scores(form) if first is None or f.occurred <= first]
        return before[-1].total if before else None

    @property
    def plan(self) -> Filled | None:
        return self.last("plan", PLAN)

    @property
    def review(self) -> date | None:
        """The next review: what the plan names, but never later than the house allows."""
        text = self.plan.answers.get("review") if self.plan else None
        if not text or self.plan is None:
            return None
        return min(date.fromisoformat(text), self.house.review_by(self.plan.occurred.date()))

    def responded_after(self, number: int) -> bool | None:
        """Tell whether the score after so many sessions was at half the baseline or less.

        None while there are fewer sessions or no score since.
        """
        if len(self.sessions) < number:
            return None
        since = self.sessions[number - 1].at
        until = since + timedelta(days=10)
        form = self.rated_by
        base = self.baseline(form)
        found = [f.total for f in self.scores(form) if since < f.occurred <= until]
        if base is None or not base or not found or found[0] is None:
            return None
        share = instrument.read(form).response or 0.5
        return bool(found[0] <= (1 - share) * base)


def read(participant: Participant) -> Course:
    """Return a patient's course, with one query for the forms and one for the overrides."""
    rows = (
        Version.objects.filter(entry__participant=participant)
        .order_by("number")
        .values_list(
            "entry__form", "entry__visit", "entry__period", "entry__repeat", "number", "pk",
            "entry_id", "occurred", "by_id", "content",
        )
    )  # fmt: skip
    newest = {row[6]: row for row in rows}
    forms = (_filled(row) for row in newest.values())
    numbers = participant.overrides.order_by("session").values_list("session", flat=True)
    return Course(
        code=participant.code,
        forms=tuple(sorted(forms, key=lambda f: (f.occurred, f.version))),
        overrides=tuple(numbers),
    )


def _filled(row: tuple[Any, ...]) -> Filled:
    form, visit, period, repeat, number, version, entry, occurred, by, content = row
    return Filled(
        form=form,
        visit=visit,
        period=period,
        repeat=repeat,
        number=number,
        version=version,
        entry=entry,
        occurred=occurred,
        by=by,
        content=json.loads(content),
    )
