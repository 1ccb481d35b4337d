"""Many virtual participants at once, for the leak test: through both periods, a few ratings each.

They also guess, fill their own forms, have adverse events, miss visits; some ratings are corrected
and some codes broken. Every act goes through the writer door with its role; nothing knows an arm.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial

from crossblock.server import clock, study
from crossblock.server.accounts.models import Person
from crossblock.server.accounts.people import actor_of
from crossblock.server.record.entries import Submission
from crossblock.server.record.models import Participant
from crossblock.server.rehearsal import (
    CONSENT,
    DAY,
    GATE,
    Raters,
    own_address,
    participant_account,
    screening,
)
from crossblock.server.roles import EVERY_SITE, Actor, Role, Thing
from crossblock.server.stage import address
from crossblock.server.trial import allocation, kits, procedures, rating, safety, unblinding
from crossblock.server.trial.models import Alert
from crossblock.server.trial.schedule import Place, places

APART = timedelta(minutes=9)
WANTED = {Thing.EVENTS: 1, Thing.OUTCOME_FORMS: 2, Thing.SELF_FORMS: 1, Thing.GUESS: 3}
"""So many forms of a kind are filled in a period; guesses in the first only, so that some are due.
"""
ROLES = {Thing.EVENTS: Role.SESSION_RATER, Thing.OUTCOME_FORMS: Role.OUTCOME_RATER}
NOTE = "Read at once; the investigator was told and saw no danger."
WITHOUT = "Asked in conversation; few forms are filled here."
CORRECTED = 20
"""Every so many have their first outcome rating corrected."""
BROKEN = 50
"""Of so many, one has the code broken, in period 1."""
WHY_CORRECTED = "two answers were swapped on paper"
WHY_BROKEN = "severe rash after the capsule; treatment depends on what was given"


def populate(people: int, raters: Raters) -> None:
    """Bring `people` participants through period 1 and into period 2, with a few ratings.

    They come one after another, `APART` from each other; period 2 begins after the washout.
    """
    protocol = study.current().protocol
    washout = protocol.design.washout
    gap = timedelta(hours=washout.value.value if washout else 0) + 10 * DAY
    span = APART * people
    begins = clock.now() - span - gap * (protocol.periods - 1) - 9 * DAY
    cast = _cast()
    with clock.pretending(begins):
        _deliver(next(actor for (role, _), actor in cast.items() if role is Role.PHARMACIST))
    came: list[tuple[Participant, int]] = []
    for index in range(people):
        with clock.pretending(begins + index * APART):
            came.append(_come(cast, index))
    for period in range(1, protocol.periods + 1):
        day = begins + span + gap * (period - 1)
        acts = [
            (day + index * APART + after, index, act)
            for index, (person, slot) in enumerate(came)
            for after, act in _period(cast, person, (index, slot), period, raters)
        ]
        for at, _, act in sorted(acts, key=lambda row: row[:2]):
            with clock.pretending(at):
                act()


def wanted(period: int) -> Sequence[Place]:
    """Return the forms that are filled in a period: vital signs, the first outcome ratings."""
    now = study.current()
    found: list[Place] = []
    count: Counter[Thing] = Counter()
    for place in places(now.protocol, now.conduct):
        kind = now.protocol.visit(place.visit).kind
        if place.period != period or kind == "baseline" or place.thing not in WANTED:
            continue
        if place.thing is Thing.GUESS and period > 1:
            continue
        if count[place.thing] < WANTED[place.thing]:
            count[place.thing] += 1
            found.append(place)
    return found


Cast = dict[tuple[Role, str], Actor]


def _cast() -> Cast:
    found: Cast = {}
    for site in study.current().conduct.sites:
        for role in (Role.COORDINATOR, Role.INVESTIGATOR, Role.PHARMACIST, *ROLES.values()):
            key = "" if role in EVERY_SITE else site.id
            person = Person.objects.get(email=address(role, key))
            found[role, site.id] = actor_of(person)
    return found


def _deliver(pharmacist: Actor) -> None:
    """Receive every kit of the list."""
    every = sorted(kits.listed())
    for k in range(0, len(every), kits.AT_ONCE):
        kits.move(pharmacist, " ".join(every[k : k + kits.AT_ONCE]), "received", "box")


def _come(cast: Cast, index: int) -> tuple[Participant, int]:
    """Register, screen, take consent, open the gate, randomize; return person and slot."""
    sites = study.current().conduct.sites
    coordinator = cast[Role.COORDINATOR, sites[index % len(sites)].id]
    person = procedures.enroll(coordinator, sites[index % len(sites)].id, f"cohort-{index}")
    for name, period, answers in (
        ("screening", 0, screening()), ("consent", 0, CONSENT), ("gate", 1, GATE),
    ):  # fmt: skip
        procedures.take(coordinator, person, name, period, answers, _sent(name, index))
    participant_account(person.code, None)
    return person, int(allocation.randomize(coordinator, person).allocation.slot.number)


Act = tuple[timedelta, Callable[[], object]]


def _period(
    cast: Cast, person: Participant, who: tuple[int, int], period: int, raters: Raters
) -> Iterator[Act]:
    """Yield what happens in a period, and how long after its beginning. `who`: order and slot."""
    index, slot = who
    coordinator = cast[Role.COORDINATOR, person.site]
    investigator = cast[Role.INVESTIGATOR, person.site]
    protocol = study.current().protocol
    broken = index % BROKEN == 1

    def begin() -> None:
        if period > 1:
            procedures.finish(coordinator, person, period - 1)
        # the first gate was passed before randomization, perhaps too long ago to hold
        sent = _sent(f"gate{period}", slot, base=int(period == 1))
        procedures.take(coordinator, person, "gate", period, GATE, sent)
        kits.dispense(coordinator, person, period, kits.kit_of(person, period))
        procedures.start(coordinator, person, period, clock.now())

    def rate(place: Place, again: bool = False) -> None:
        answers = raters.answers(slot, place)
        if answers is None:
            return
        sent = _sent(f"{place.form}{place.visit}{place.rater}{period}{again}", slot)
        if again:
            sent = replace(sent, base=1, reason=WHY_CORRECTED)
        rating.save(_filler(cast, person, place), person, place, answers, sent)
        _note(investigator, person)

    yield timedelta(0), begin
    mine = [p for p in wanted(period) if not (broken and period > 1 and p.thing in SWITCHED_OFF)]
    for place in (*mine, *_events(period)):
        hours = max(0.5, protocol.visit_h(place.visit)) if place.visit else 30.0
        yield timedelta(hours=hours), partial(rate, place)
    yield 8 * DAY, partial(procedures.discharge, investigator, person, period, "seen and well")
    if period == 1 and index % CORRECTED == 0:
        first = next(p for p in mine if p.thing is Thing.OUTCOME_FORMS)
        yield 8 * DAY, partial(_correct, rate, first, person)
    if period == 1 and broken:
        yield 9 * DAY, partial(_break, investigator, person)


SWITCHED_OFF = frozenset({Thing.OUTCOME_FORMS})


def _events(period: int) -> Iterator[Place]:
    form = study.current().conduct.forms.event
    if form:
        yield Place(form=form, visit="", period=period, thing=Thing.EVENTS)


def _filler(cast: Cast, person: Participant, place: Place) -> Actor:
    """Return who fills a form: the participants their own, through their own accounts."""
    role = Role(place.rater) if place.rater else ROLES.get(place.thing, Role.PARTICIPANT)
    if role is Role.PARTICIPANT:
        return actor_of(Person.objects.get(email=own_address(person.code)))
    return cast[role, person.site]


def _correct(rate: Callable[[Place, bool], None], place: Place, person: Participant) -> None:
    if person.entries.filter(form=place.form, visit=place.visit, period=place.period).exists():
        rate(place, True)


def _break(investigator: Actor, person: Participant) -> None:
    made = unblinding.break_code(investigator, person, "emergency", WHY_BROKEN)
    unblinding.release(investigator, made)


def _note(investigator: Actor, person: Participant) -> None:
    for alert in Alert.objects.filter(participant=person, note__isnull=True):
        safety.act(investigator, alert, NOTE, WITHOUT)


def _sent(key: str, number: int, base: int = 0) -> Submission:
    why = "repeated on the day" if base else ""
    return Submission(base=base, key=f"{key}-{number}", occurred=clock.now(), reason=why)
