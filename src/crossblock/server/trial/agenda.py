"""What is to be done, for whom, by when: the today list, and how complete the forms are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from crossblock.server import study
from crossblock.server.record.models import Entry, Participant, Step
from crossblock.server.roles import Actor, Role, Thing
from crossblock.server.trial.schedule import FILLS, Due, Place, dues, places
from crossblock.server.trial.state import Standing, of_steps

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
    """Return where many participants stand, by id, in one query."""
    steps: dict[int, list[Step]] = {p.pk: [] for p in people}
    for step in Step.objects.filter(participant_id__in=list(steps)):
        steps[step.participant_id].append(step)
    periods = study.current().protocol.periods
    return {pk: of_steps(rows, periods) for pk, rows in steps.items()}


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


def tasks(actor: Actor, people: list[Participant], now: datetime) -> list[Task]:
    """Return what this person has to fill until a week from now, the latest first to expire first.

    Participants who have left or are through have no tasks.
    """
    current = study.current()
    every = places(current.protocol, current.conduct)
    done = filled(people)
    found = []
    for person, here in zip(people, standings(people).values(), strict=True):
        if here.next is None:
            continue
        for due in dues(current.protocol, here.started):
            if due.earliest > now + AHEAD or ("finished", due.period) in here.done:
                continue
            open_places = tuple(
                p
                for p in every
                if (p.visit, p.period) == (due.visit.id, due.period)
                and (p.form, p.visit, p.period, p.rater) not in done[person.pk]
                and fills(actor, p, person)
            )
            if open_places:
                when = "soon" if now < due.earliest else "overdue" if now > due.latest else "now"
                found.append(Task(participant=person, due=due, places=open_places, when=when))
    return sorted(found, key=lambda t: (t.due.latest, t.participant.code))


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
