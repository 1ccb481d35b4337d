"""What is to be done, for whom, by when: the today list, and how complete the forms are."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from django.db.models import Case, QuerySet, When

from crossblock.domain.visit import Visit
from crossblock.server import study
from crossblock.server.record.models import Entry, Participant, Step
from crossblock.server.roles import Actor, Role, Thing
from crossblock.server.study import Study
from crossblock.server.trial.flow import Mark
from crossblock.server.trial.schedule import FILLS, ZERO, Due, Place, dues_of, places_of
from crossblock.server.trial.state import Standing

AHEAD = timedelta(days=7)
Key = tuple[str, str, int, str]
"""A form at a visit of a period, and the role that fills it."""
Visited = tuple[str, int]
"""A visit and its period."""
Grants = frozenset[tuple[Role, str]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Task:
    """One visit of one participant with the forms that are still to be filled."""

    participant: Participant
    due: Due
    places: tuple[Place, ...]
    when: str
    """overdue, now, or soon"""


def standings(people: Collection[Participant]) -> dict[int, Standing]:
    """Return where many participants stand, by id, in one query (without the steps' details).

    Of the times only the beginnings of periods are read: reading a time costs more than a name.
    """
    marks: dict[int, set[Mark]] = {p.pk: set() for p in people}
    started: dict[int, dict[int, datetime]] = {pk: {} for pk in marks}
    begun = Case(When(name="started", then="occurred"))
    rows = Step.objects.filter(participant__in=_whose(people)).order_by("period")
    for pk, name, period, at in rows.values_list("participant_id", "name", "period", begun):
        if pk not in marks:
            continue  # came in between the two queries
        marks[pk].add((name, period))
        if at is not None:
            started[pk][period] = at
    periods = study.current().protocol.periods
    return {
        pk: Standing(done=frozenset(done), started=started[pk], detail={}, periods=periods)
        for pk, done in marks.items()
    }


def _whose(people: Collection[Participant]) -> Any:
    """Return whom a query is about: a query of people as it is, some people by their ids.

    A list of hundreds of ids makes a new statement with each participant who is added, and the
    database could not keep its plan.
    """
    return people if isinstance(people, QuerySet) else [p.pk for p in people]


def filled(people: Collection[Participant]) -> Iterator[tuple[int, Key]]:
    """Yield which forms are filled: participant and key, each once, in one query."""
    rows = Entry.objects.filter(participant__in=_whose(people)).order_by()
    columns = ("participant_id", "form", "visit", "period", "rater")
    for row in rows.values_list(*columns).distinct():
        yield row[0], row[1:]


def fills(actor: Actor, place: Place, person: Participant) -> bool:
    """Tell whether somebody fills this form of this participant."""
    return _fills(actor.grants, place, person.site, actor.participant_code == person.code)


def _fills(grants: Grants, place: Place, site: str, own: bool) -> bool:
    if place.thing is Thing.GUESS:
        role = Role(place.rater)
        return own if role is Role.PARTICIPANT else _has(grants, role, site)
    if place.thing is Thing.SELF_FORMS and own:
        return True
    return any(_has(grants, role, site) for role in FILLS[place.thing])


def _has(grants: Grants, role: Role, site: str) -> bool:
    return any(r is role and s in {"", site} for r, s in grants)


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """A visit of a period with the forms that one person fills there, and its times from start."""

    visit: Visit
    period: int
    due: timedelta
    earliest: timedelta
    latest: timedelta
    judged: bool
    places: tuple[Place, ...]


def rows_of(actor: Actor, person: Participant) -> tuple[Row, ...]:
    """Return the visits at which somebody fills a form of people like this one (same site)."""
    own = actor.participant_code == person.code
    return _rows(study.current(), actor.grants, person.site, own)


def has_forms(actor: Actor) -> bool:
    """Tell whether somebody fills a scheduled form of anybody at any site."""
    sites = study.current().conduct.sites
    return any(_rows(study.current(), actor.grants, s.id, False) for s in sites)


@lru_cache(maxsize=1024)
def _rows(current: Study, grants: Grants, site: str, own: bool) -> tuple[Row, ...]:
    """Return what follows from files and grants alone; grants are read anew at every request."""
    return _by_visit(current, [p for p in places_of(current) if _fills(grants, p, site, own)])


@lru_cache(maxsize=4)
def _every_row(current: Study) -> tuple[Row, ...]:
    return _by_visit(current, places_of(current))


def _by_visit(current: Study, every: Collection[Place]) -> tuple[Row, ...]:
    found = []
    for due in dues_of(current):
        mine = tuple(p for p in every if (p.visit, p.period) == (due.visit.id, due.period))
        if mine:
            found.append(
                Row(
                    visit=due.visit,
                    period=due.period,
                    due=due.due - ZERO,
                    earliest=due.earliest - ZERO,
                    latest=due.latest - ZERO,
                    judged=due.judged,
                    places=mine,
                )
            )
    return tuple(found)


def tasks(
    actor: Actor,
    people: Iterable[Participant],
    now: datetime,
    here: Mapping[int, Standing] | None = None,
) -> list[Task]:
    """Return what this person has to fill until a week from now, what expires first before.

    Participants who are in no period now, or for whom this person fills nothing, have no tasks; for
    the others one query finds what is filled already. `here`: where they stand, if known.
    """
    own = [(person, rows) for person in people if (rows := rows_of(actor, person))]
    return _tasks(own, now, here)


def everybodys(
    people: Iterable[Participant], now: datetime, here: Mapping[int, Standing] | None = None
) -> list[Task]:
    """Return what is to be filled until a week from now, whoever fills it."""
    rows = _every_row(study.current())
    return _tasks([(person, rows) for person in people], now, here)


def own_of(actor: Actor, every: Iterable[Task]) -> list[Task]:
    """Return of everybody's tasks those with forms that somebody fills, with these forms."""
    found = []
    for task in every:
        mine = tuple(p for p in task.places if fills(actor, p, task.participant))
        if mine:
            found.append(replace(task, places=mine))
    return found


def whose(place: Place) -> str:
    """Return who fills a form, in words."""
    return place.rater or " or ".join(FILLS[place.thing])


def _tasks(
    own: list[tuple[Participant, tuple[Row, ...]]],
    now: datetime,
    here: Mapping[int, Standing] | None,
) -> list[Task]:
    """Return what is left of these rows of these people, in the order in which it expires."""
    if not own:
        return []
    here = standings([person for person, _ in own]) if here is None else here
    active = [(p, rows) for p, rows in own if here[p.pk].next and _open_periods(here[p.pk])]
    done: dict[int, set[Key]] = {person.pk: set() for person, _ in active}
    for pk, key in filled([person for person, _ in active]) if active else ():
        done[pk].add(key)
    found = []
    for person, mine in active:
        begun, ended = here[person.pk].started, here[person.pk].done
        for row in mine:
            start = begun.get(row.period)
            if start is None or ("finished", row.period) in ended:
                continue
            if start + row.earliest <= now + AHEAD:
                found += _task(person, row, start, done[person.pk], now)
    return sorted(found, key=lambda t: (t.due.latest, t.participant.code))


def _open_periods(here: Standing) -> bool:
    return any(("finished", period) not in here.done for period in here.started)


def _task(
    person: Participant, row: Row, begun: datetime, done: set[Key], now: datetime
) -> list[Task]:
    left = tuple(p for p in row.places if (p.form, p.visit, p.period, p.rater) not in done)
    if not left:
        return []
    due = Due(
        visit=row.visit,
        period=row.period,
        due=begun + row.due,
        earliest=begun + row.earliest,
        latest=begun + row.latest,
        judged=row.judged,
    )
    when = "soon" if now < due.earliest else "overdue" if now > due.latest else "now"
    return [Task(participant=person, due=due, places=left, when=when)]


@dataclass(frozen=True, kw_only=True, slots=True)
class Cell:
    """How many of the forms that should be there are there."""

    there: int
    expected: int

    @property
    def share(self) -> int:
        """Percent, rounded down; 100 only when nothing is missing."""
        return 100 * self.there // self.expected if self.expected else 100


def completeness(people: Collection[Participant], now: datetime) -> dict[tuple[str, str], Cell]:
    """Return (site, form) to how complete it is: visits whose window is over count as expected."""
    forms: dict[Visited, list[str]] = defaultdict(list)
    scheduled: set[Key] = set()
    for place in places_of(study.current()):
        forms[place.visit, place.period].append(place.form)
        scheduled.add((place.form, place.visit, place.period, place.rater))
    here, sites = standings(people), {person.pk: person.site for person in people}
    over = {pk: _over(standing, now) for pk, standing in here.items()}
    there: Counter[tuple[str, str]] = Counter()
    expected: Counter[tuple[str, str]] = Counter()
    alike = Counter((sites[pk], visits) for pk, visits in over.items())
    for (site, visits), count in alike.items():
        for visited in visits:
            for form in forms[visited]:
                expected[site, form] += count
    for pk, key in filled(people):
        if pk in sites and key in scheduled:
            cell = sites[pk], key[0]
            there[cell] += 1
            expected[cell] += key[1:3] not in over[pk]
    return {k: Cell(there=there[k], expected=n) for k, n in expected.items()}


def _over(here: Standing, now: datetime) -> frozenset[Visited]:
    """Return the visits of a participant whose window, or whose period, is over."""
    return frozenset(
        (due.visit.id, due.period)
        for due in dues_of(study.current())
        if (start := here.started.get(due.period)) is not None
        and (start + (due.latest - ZERO) < now or ("finished", due.period) in here.done)
    )
