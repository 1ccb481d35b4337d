"""What is to be done, for whom, by when: the today list, and how complete the forms are."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from crossblock.domain.protocol import Protocol
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
    """Return where many participants stand, by id, in two queries (without the steps' details)."""
    marks: dict[int, set[Mark]] = {p.pk: set() for p in people}
    started: dict[int, dict[int, datetime]] = {pk: {} for pk in marks}
    rows = Step.objects.filter(participant_id__in=list(marks)).order_by()
    for pk, name, period in rows.values_list("participant_id", "name", "period"):
        marks[pk].add((name, period))
    begun = rows.filter(name="started").order_by("period")
    for pk, period, occurred in begun.values_list("participant_id", "period", "occurred"):
        started[pk][period] = occurred
    periods = study.current().protocol.periods
    return {
        pk: Standing(done=frozenset(done), started=started[pk], detail={}, periods=periods)
        for pk, done in marks.items()
    }


def filled(people: Iterable[Participant]) -> dict[int, set[Key]]:
    """Return which forms are filled, by participant, in one query."""
    found: dict[int, set[Key]] = defaultdict(set)
    rows = Entry.objects.filter(participant__in=list(people)).order_by()
    columns = ("participant_id", "form", "visit", "period", "rater")
    for pk, *key in rows.values_list(*columns).distinct():
        found[pk].add((key[0], key[1], key[2], key[3]))
    return dict(found)


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
    every = [p for p in places(current.protocol, current.conduct) if fills(actor, p, person)]
    found = []
    for due in _from_zero(current.protocol):
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
    people: list[Participant],
    now: datetime,
    here: Mapping[int, Standing] | None = None,
) -> list[Task]:
    """Return what this person has to fill until a week from now, what expires first before.

    Participants who are in no period now, or for whom this person fills nothing, have no tasks; for
    the others one query finds what is filled already. `here`: where they stand, if known.
    """
    here = standings(people) if here is None else here
    rows: dict[tuple[str, bool], tuple[Row, ...]] = {}
    active = []
    for person in people:
        alike = (person.site, actor.participant_code == person.code)
        if here[person.pk].next is None or not _open_periods(here[person.pk]):
            continue
        if alike not in rows:
            rows[alike] = rows_of(actor, person)
        if rows[alike]:
            active.append((person, rows[alike]))
    done = filled(person for person, _ in active) if active else {}
    found = []
    for person, mine in active:
        begun, ended = here[person.pk].started, here[person.pk].done
        for row in mine:
            start = begun.get(row.period)
            if start is None or ("finished", row.period) in ended:
                continue
            if start + row.earliest <= now + AHEAD:
                found += _task(person, row, start, done.get(person.pk, set()), now)
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
    ends = [(d.visit.id, d.period, d.latest - ZERO) for d in _from_zero(current.protocol)]
    every: dict[tuple[str, int], list[Place]] = defaultdict(list)
    for place in places(current.protocol, current.conduct):
        every[place.visit, place.period].append(place)
    done, here = filled(people), standings(people)
    there: Counter[tuple[str, str]] = Counter()
    expected: Counter[tuple[str, str]] = Counter()
    for person in people:
        begun, passed, has = here[person.pk].started, here[person.pk].done, done.get(person.pk, ())
        for visit, period, latest in ends:
            start = begun.get(period)
            over = start is not None and (start + latest < now or ("finished", period) in passed)
            for place in every[visit, period]:
                filled_in = (place.form, visit, period, place.rater) in has
                if over or filled_in:
                    expected[person.site, place.form] += 1
                    there[person.site, place.form] += filled_in
    return {k: Cell(there=there[k], expected=n) for k, n in expected.items()}


ZERO = datetime(2000, 1, 1, tzinfo=UTC)


def _from_zero(protocol: Protocol) -> list[Due]:
    """Return when the visits of every period take place if each began at `ZERO`."""
    return [due for p in range(1, protocol.periods + 1) for due in dues(protocol, {p: ZERO})]
