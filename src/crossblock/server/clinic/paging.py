"""Paging: who is called when an answer raises a suicide item, and who when nobody answers in time.

A page belongs to a spot (one questionnaire of one patient), not to a version: a draft or a half-
filled form pages as soon as the answer arrives, and saving it later pages nobody again. Nothing
here refuses an answer: when the named person cannot be called, those who care for the patient are,
and failing these the quality leads.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from django.db.models import Q

from crossblock.core.errors import Problem
from crossblock.load import instrument
from crossblock.server import clock
from crossblock.server.accounts.models import Grant, Person
from crossblock.server.accounts.people import actor_of
from crossblock.server.clinic import access, calling, house
from crossblock.server.clinic.access import LEAD, Act
from crossblock.server.clinic.models import Acknowledgment, Call, Care, Page
from crossblock.server.record.appended import canonical
from crossblock.server.record.door import Writing, writing
from crossblock.server.record.entries import Spot
from crossblock.server.record.models import Participant, Version
from crossblock.server.record.sheet import Answer
from crossblock.server.roles import Actor, RefusedError

THING = access.TABLE[Act.RISK][0]
SHORTEST_NOTE = 10
NAMED, CARES, LEADS, SECOND = "named", "cares", "leads", "second"
WHY = {
    NAMED: "named in clinic.toml",
    CARES: "cares for this patient",
    LEADS: "quality lead",
    SECOND: "second person, since nobody had answered",
}
Called = list[tuple[Person, str]]


def raised(form: str, answers: Mapping[str, Answer]) -> dict[str, float]:
    """Return the suicide items that these answers raise; the form may be half filled."""
    if form not in instrument.names():
        return {}
    found = instrument.read(form)
    given = {k: answers.get(k) for k in found.suicide_items}
    numbers = {k: v for k, v in given.items() if isinstance(v, float)}
    alarms = {a.of for a in found.alarms(numbers)}
    return {k: v for k, v in numbers.items() if v >= 1 or k in alarms}


def judge(
    actor: Actor, participant: Participant, spot: Spot, answers: Mapping[str, Answer]
) -> Page | None:
    """Page for answers that are not saved (yet); return the page, None when nothing is raised."""
    wanted = raised(spot.form, answers)
    if not wanted:
        return None
    known = _known(participant, spot, wanted)  # before the door: drafts arrive with every keystroke
    if known is not None:
        return known
    with writing(actor, "risk.page", THING, participant=participant, checked=True) as entry:
        known = _known(participant, spot, wanted)
        if known is not None:
            entry.nothing_new()
            return known
        return _page(entry, participant, spot, wanted, None)


def page(
    entry: Writing, participant: Participant, version: Version, answers: Mapping[str, Answer]
) -> Page | None:
    """Page for answers that are being saved, within their door."""
    row = version.entry
    spot = Spot(form=row.form, visit=row.visit, period=row.period, repeat=row.repeat)
    wanted = raised(spot.form, answers)
    if not wanted:
        return None
    found = _known(participant, spot, wanted)
    return found or _page(entry, participant, spot, wanted, version)


def at(participant: Participant, spot: Spot) -> Any:
    """Return the pages of one questionnaire, newest first."""
    return Page.objects.filter(
        participant=participant,
        form=spot.form,
        visit=spot.visit,
        period=spot.period,
        repeat=spot.repeat,
    ).order_by("-seq", "-pk")


def _known(participant: Participant, spot: Spot, wanted: Mapping[str, float]) -> Page | None:
    """Return the newest page of a spot when these answers were paged already, or graver ones."""
    pages = list(at(participant, spot))
    highest: dict[str, float] = {}
    for one in pages:
        for item, value in json.loads(one.raised).items():
            highest[item] = max(value, highest.get(item, 0.0))
    if all(value <= highest.get(item, 0.0) for item, value in wanted.items()):
        return pages[0] if pages else None
    return None


def _page(
    entry: Writing,
    participant: Participant,
    spot: Spot,
    wanted: Mapping[str, float],
    version: Version | None,
) -> Page:
    now = house.current()
    until = entry.now + timedelta(minutes=now.acknowledge_min)
    made = entry.add(
        Page(
            participant=participant, form=spot.form, visit=spot.visit, period=spot.period,
            repeat=spot.repeat, version=version, raised=canonical(wanted), until=until,
            message=f"{instrument.read(spot.form).short_name}: a suicide item was raised",
        )
    )  # fmt: skip
    called = _call(entry, made, _first(participant))
    entry.say(page=made.pk, raised=sorted(wanted), paged=[c.person.ref for c in called])
    entry.witness()
    return made


def _call(entry: Writing, found: Page, people: Called) -> list[Call]:
    """Call people about a page: each a row here, and each a job where a program is named."""
    until = entry.now + timedelta(minutes=house.current().acknowledge_min)
    rows = [entry.add(Call(page=found, person=p, why=why, until=until)) for p, why in people]
    for row in rows:
        calling.want(row, entry.now)
    return rows


def _first(participant: Participant) -> Called:
    """Return whom to call: the named person, or all who care, or all leads."""
    named = able(house.current().page_to)
    return [(named, NAMED)] if named else _others(participant)


def _others(participant: Participant, but: Iterable[int] = ()) -> Called:
    caring = [(p, CARES) for p in carers(participant) if p.pk not in but]
    return caring or [(p, LEADS) for p in leads() if p.pk not in but]


def can_answer(person: Person) -> bool:
    """Tell whether somebody may come in and acknowledge a page."""
    return bool(person.is_active) and access.may(actor_of(person), "w", Act.RISK)


def able(email: str) -> Person | None:
    """Return the person of an address who can answer a page, or None."""
    found = Person.objects.filter(email=email.strip().lower()).first() if email else None
    return found if found is not None and can_answer(found) else None


def carers(participant: Participant) -> list[Person]:
    """Return everybody who cares for a patient now and can answer a page."""
    rows = Care.objects.filter(participant=participant).select_related("person")
    newest = {row.person_id: row for row in rows.order_by("seq", "pk")}
    return [r.person for r in newest.values() if r.holds and can_answer(r.person)]


def leads() -> list[Person]:
    """Return every active quality lead."""
    held = Grant.objects.filter(request__role=LEAD, grantend__isnull=True).order_by("pk")
    people = {g.request.person_id: g.request.person for g in held.select_related("request__person")}
    return [p for p in people.values() if p.is_active]


def open_to(actor: Actor) -> Any:
    """Return the pages without an answer that concern somebody: own patients', and own calls."""
    mine = Q(participant__in=access.own_patients(actor).values("pk"))
    called = Q(pk__in=Call.objects.filter(person_id=actor.person_id).values("page_id"))
    found = Page.objects.filter(acknowledgment__isnull=True).filter(mine | called)
    return found.select_related("participant").prefetch_related("calls__person")


def concerns(actor: Actor, found: Page) -> bool:
    """Tell whether somebody was called about a page."""
    return bool(found.calls.filter(person_id=actor.person_id).exists())


def acknowledge(actor: Actor, found: Page, text: str) -> Acknowledgment:
    """Say that a page was read and what was done; only who was called or cares may."""
    if not (concerns(actor, found) and access.may(actor, "w", Act.RISK)):
        access.require(actor, Act.RISK, found.participant)
    if len(text.strip()) < SHORTEST_NOTE:
        raise RefusedError(
            Problem(what="the note is too short", fix="say who was reached and what was decided")
        )
    with writing(
        actor, "risk.acknowledge", THING, participant=found.participant, checked=True
    ) as entry:
        if Acknowledgment.objects.filter(page=found).exists():
            raise RefusedError(Problem(what="this page was acknowledged already"))
        entry.say(page=found.pk, late=entry.now > found.until)
        entry.witness()
        return entry.add(Acknowledgment(page=found, text=text.strip()[:1000]))


def escalate() -> int:
    """Call the second person about each page that nobody answered in time; return how many."""
    wanted = house.current().escalate_to
    if not wanted:
        return 0
    late = Page.objects.filter(acknowledgment__isnull=True, until__lt=clock.now())
    count = 0
    for found in late.exclude(calls__why=SECOND).select_related("participant"):
        but = set(found.calls.values_list("person_id", flat=True))
        second = able(wanted)
        people = [second] if second else [p for p, _ in _others(found.participant, but)]
        if people:
            _escalate(found, [(p, SECOND) for p in people])
            count += 1
    return count


def _escalate(found: Page, people: Called) -> None:
    with writing(None, "risk.escalate", THING, participant=found.participant) as entry:
        answered = Acknowledgment.objects.filter(page=found).exists()
        if answered or found.calls.filter(why=SECOND).exists():  # by another worker meanwhile
            entry.nothing_new()
            return
        called = _call(entry, found, people)
        entry.say(page=found.pk, paged=[c.person.ref for c in called])
        entry.witness()


def doubts() -> list[str]:
    """Return what stands in the way of somebody being called, in sentences; said at the start."""
    now = house.current()
    found = [
        f"clinic.toml, {key}: {email or 'nobody'} is no active person with a role that may answer "
        "a page. Whoever cares for the patient is paged instead, failing these the quality lead."
        for key, email in (("page_to", now.page_to), ("escalate_to", now.escalate_to))
        if (email or key == "page_to") and able(email) is None
    ]
    if not now.escalate_to:
        found.append("Nobody second is named (escalate_to): an overdue page calls nobody further.")
    if not now.page_command:
        found.append("Pages are shown here only; nobody is called outside this server.")
    elif shutil.which(now.page_command[0]) is None:
        found.append(f"clinic.toml, page_command: {now.page_command[0]} cannot be run.")
    return found
