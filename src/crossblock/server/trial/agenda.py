"""What is to be done, for whom, by when: the today list, and how complete the forms are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from crossblock.domain.visit import Visit
from crossblock.server import study
from crossblock.server.record.models import Entry, Participant, Step
from crossblock.server.roles import Actor, Role, Thing
from crossblock.server.trial.flow import Mark
from crossblock.server.trial.schedule import FILLS, Due, Place, dues, places
from crossblock.server.trial.state import Standing

AHEAD = timedelta(days=7)
Key = tuple[str, str, int, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Task:
    """One visit of one participant with the forms that are still to be filled."""

    participant: Participant
    due: Due
    places: tuple[Place, ...]
    when: str
    """overdue, now, or soon"""


def standings(people: Iterable[Participant]) -> dict[int, Standing]:
    """Return where many participants stand, by id, in one query (without the steps' details)."""
    marks: dict[int, set[Mark]] = {p.pk: set() for p in people}
    started: dict[int, dict[int, datetime]] = {pk: {} for pk in marks}
    rows = Step.objects.filter(participant_id__in=list(marks)).order_by()
    for pk, name, period, occurred in rows.values_list(
        "participant_id", "name", "period", "occurred"
    ):
        marks[pk].add((name, period))
        if name == "started":
            started[pk][period] = occurred
    periods = study.current().protocol.periods
    return {
        pk: Standing(
            done=frozenset(done), started=dict(sorted(started[pk].items())), detail={},
            periods=periods,
        )
        for pk, done in marks.items()
    }  # fmt: skip


def filled(people: Iterable[Participant]) -> dict[int, set[Key]]:
    """Return which forms are filled, by participant, in one query."""
    found: dict[int, set[Key]] = defaultdict(set)
    rows = Entry.objects.filter(participant__in=list(people))
    for pk, *key in rows.values_list("participant_id", "form", "visit", "period", "rater"):
        found[pk].add((key[0], key[1], key[2], key[3]))
    return found


def fills(actor: Actor, place: Place, person: Participant) -> bool:
    """Tell whether somebody fills this form of this participant."""
    own = actor.participant_code == person.code
    if place.thing is Thing.GUESS:
        role = Role(place.rater)
        return own if role is Role.PARTICIPANT else _has(actor, role, person.site)
    if place.thing is Thing.SELF_FORMS and own:
        return True
    return any(_has(actor, role, person.site) for role in FILLS[place.thing])


def _has(actor: Actor, role: Role, site: str) -> bool:
    return any(r is role and s in {"", site} for r, s in actor.grants)


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
    current = study.current()
    zero = datetime(2000, 1, 1, tzinfo=UTC)
    every = [p for p in places(current.protocol, current.conduct) if fills(actor, p, person)]
    found = []
    for period in range(1, current.protocol.periods + 1):
        for due in dues(current.protocol, {period: zero}):
            mine = tuple(p for p in every if (p.visit, p.period) == (due.visit.id, period))
            if mine:
                found.append(
                    Row(
                        visit=due.visit,
                        period=period,
                        due=due.due - zero,
                        earliest=due.earliest - zero,
                        latest=due.latest - zero,
                        judged=due.judged,
                        places=mine,
                    )
                )
    return tuple(found)


def tasks(actor: Actor, people: list[Participant], now: datetime) -> list[Task]:
    """Return what this person has to fill until a week from now, what expires first before.

    Participants who are in no period now have no tasks; for the others one query finds what is
    filled already.
    """
    here = standings(people)
    active = [p for p in people if here[p.pk].next is not None and _open_periods(here[p.pk])]
    done = filled(active)
    by_site: dict[tuple[str, str], tuple[Row, ...]] = {}
    found = []
    for person in active:
        own = person.code if actor.participant_code == person.code else ""
        if (person.site, own) not in by_site:
            by_site[person.site, own] = rows_of(actor, person)
        for row in by_site[person.site, own]:
            begun = here[person.pk].started.get(row.period)
            if begun is None or ("finished", row.period) in here[person.pk].done:
                continue
            if begun + row.earliest <= now + AHEAD:
                found += _task(person, row, begun, done[person.pk], now)
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


def completeness(people: list[Participant], now: datetime) -> Mapping[tuple[str, str], Cell]:
    """Return (site, form) to how complete it is: visits whose window is over count as expected."""
    current = study.current()
    every = places(current.protocol, current.conduct)
    done = filled(people)
    there: dict[tuple[str, str], int] = defaultdict(int)
    expected: dict[tuple[str, str], int] = defaultdict(int)
    for person, here in zip(people, standings(people).values(), strict=True):
        over = {
            (d.visit.id, d.period)
            for d in dues(current.protocol, here.started)
            if d.latest < now or ("finished", d.period) in here.done
        }
        for place in every:
            key = (place.form, place.visit, place.period, place.rater)
            has = key in done[person.pk]
            if (place.visit, place.period) in over or has:
                expected[person.site, place.form] += 1
                there[person.site, place.form] += has
    return {k: Cell(there=there[k], expected=n) for k, n in expected.items()}
