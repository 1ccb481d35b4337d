"""Which forms belong to which visit, who fills them, and when they are due."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from crossblock.domain.conduct import Conduct
from crossblock.domain.instrument import Family, Instrument
from crossblock.domain.protocol import Protocol
from crossblock.domain.visit import Visit
from crossblock.load import instrument as instrument_file
from crossblock.server.roles import Role, Thing
from crossblock.server.study import Study

ZERO = datetime(2000, 1, 1, tzinfo=UTC)
"""A beginning from which the times of visits are told when none has begun."""
LOOSE = timedelta(hours=12)
"""Shown around a visit for which the protocol sets no window; nothing is judged by it."""
REVEALING = frozenset({Family.DISSOCIATION, Family.OPIOID_LIKE})
FILLS: dict[Thing, tuple[Role, ...]] = {
    Thing.SESSION_FORMS: (Role.SESSION_RATER,),
    Thing.OUTCOME_FORMS: (Role.OUTCOME_RATER,),
    Thing.SELF_FORMS: (Role.PARTICIPANT, Role.COORDINATOR),
    Thing.EVENTS: (Role.SESSION_RATER, Role.COORDINATOR, Role.INVESTIGATOR),
    Thing.SCREENER: (
        Role.OUTCOME_RATER,
        Role.SESSION_RATER,
        Role.COORDINATOR,
        Role.INVESTIGATOR,
    ),
    Thing.GUESS: (Role.PARTICIPANT, Role.SESSION_RATER, Role.OUTCOME_RATER),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """One form at one visit of one period. `rater` is set where several roles fill the form."""

    form: str
    visit: str
    period: int
    thing: Thing
    rater: str = ""

    @property
    def path(self) -> str:
        tail = f"{self.rater.replace(' ', '-')}/" if self.rater else ""
        return f"{self.period}/{self.visit or 'unscheduled'}/{self.form}/{tail}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Due:
    """When a visit takes place for one participant."""

    visit: Visit
    period: int
    due: datetime
    earliest: datetime
    latest: datetime
    judged: bool
    """False where the protocol sets no window."""


def thing_of(found: Instrument, kind: str) -> Thing:
    """Return what kind of information an instrument yields at a visit of `kind`.

    What could tell the condition (dissociation, liking, vital signs, adverse events) is kept from
    the outcome rater, whenever it is asked.
    """
    if found.family is Family.BLINDING and found.rater != "self":
        return Thing.GUESS  # what only the participant expects is their own questionnaire
    if found.family is Family.SAFETY and found.rater != "self":
        return Thing.EVENTS
    if found.rater == "self":
        return Thing.SELF_FORMS
    if kind == "session" or found.family in REVEALING:
        return Thing.SESSION_FORMS
    return Thing.OUTCOME_FORMS


def thing_at(conduct: Conduct, found: Instrument, kind: str) -> Thing:
    """Return what kind of information a form yields in a study.

    The suicide screener belongs to everybody who looks after the participant: whoever hears the
    answer that calls for it asks it there and then.
    """
    return Thing.SCREENER if found.id == conduct.forms.screener else thing_of(found, kind)


def places(protocol: Protocol, conduct: Conduct) -> tuple[Place, ...]:
    """Return every scheduled form of a participant, by period and visit."""
    return tuple(
        place
        for period in range(1, protocol.periods + 1)
        for visit in protocol.visits
        if visit.takes_place(period)
        for place in places_at(protocol, conduct, visit, period)
    )


@lru_cache(maxsize=4)
def places_of(current: Study) -> tuple[Place, ...]:
    """Return every scheduled form of an opened study, whose files are read once a process."""
    return places(current.protocol, current.conduct)


@lru_cache(maxsize=4)
def dues_of(current: Study) -> tuple[Due, ...]:
    """Return when the visits of every period would be if each period began at `ZERO`."""
    every = range(1, current.protocol.periods + 1)
    return tuple(due for p in every for due in dues(current.protocol, {p: ZERO}))


def places_at(protocol: Protocol, conduct: Conduct, visit: Visit, period: int) -> Iterator[Place]:
    """Yield the forms of one visit: the protocol's, and what the conduct of the study adds."""
    names = list(visit.instruments)
    if visit.kind == "session":
        names += [n for n in conduct.forms.session if n not in names]
    for name in names:
        found = instrument_file.read(name)
        if found.repeats == "event":
            continue  # one record per event, added when there is one
        thing = thing_at(conduct, found, visit.kind)
        raters = [""] if thing is not Thing.GUESS else [str(r) for r in FILLS[Thing.GUESS]]
        for rater in raters:
            yield Place(form=name, visit=visit.id, period=period, thing=thing, rater=rater)
    guess = conduct.forms.guess
    if guess and guess not in names and visit.id == last_visit(protocol, period):
        for role in FILLS[Thing.GUESS]:
            yield Place(
                form=guess, visit=visit.id, period=period, thing=Thing.GUESS, rater=str(role)
            )


def last_visit(protocol: Protocol, period: int) -> str:
    """Return the last outcome visit of a period: before anything is revealed, guesses are asked."""
    mine = [v for v in protocol.visits if v.takes_place(period)]
    outcomes = [v for v in mine if v.kind == "outcome"] or mine
    return max(outcomes, key=lambda v: protocol.visit_h(v.id)).id


def dues(protocol: Protocol, started: Mapping[int, datetime]) -> tuple[Due, ...]:
    """Return when the visits of the periods that have begun take place, in time order."""
    found = [
        due_at(protocol, visit, period, start)
        for period, start in started.items()
        for visit in protocol.visits
        if visit.takes_place(period)
    ]
    return tuple(sorted(found, key=lambda d: (d.due, d.visit.id)))


def due_at(protocol: Protocol, visit: Visit, period: int, start: datetime) -> Due:
    """Return when one visit is due after its period began at `start`."""
    origin = protocol.drug_start_h if visit.after == "drug" else 0.0
    due = start + timedelta(hours=origin + visit.time.value.value)
    if visit.window is None:
        earliest, latest = due - LOOSE, due + LOOSE
    else:
        window = visit.window.value
        earliest = start + timedelta(hours=origin + window.earliest.value)
        latest = start + timedelta(hours=origin + window.latest.value)
    return Due(
        visit=visit,
        period=period,
        due=due,
        earliest=earliest,
        latest=latest,
        judged=visit.window is not None,
    )
