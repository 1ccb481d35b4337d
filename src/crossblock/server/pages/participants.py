"""Participants: the today list, the list of people, one person's timeline."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Max
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from crossblock.server import clock, study
from crossblock.server.accounts.models import GrantRequest
from crossblock.server.accounts.people import both_at_once
from crossblock.server.pages import alerts
from crossblock.server.pages.access import page, participant, refuse, zone_of
from crossblock.server.pages.fields import new_key
from crossblock.server.pages.form import acts_on, reads, thing_of_form
from crossblock.server.pages.marks import form_name, visit_name, when
from crossblock.server.pages.ways import correction, measured_again
from crossblock.server.record.models import Head, Participant, Query, Review, Step, Version
from crossblock.server.roles import Actor, Role, Thing
from crossblock.server.trial import flow, kits, procedures
from crossblock.server.trial.agenda import (
    AHEAD,
    Task,
    everybodys,
    fills,
    has_forms,
    own_of,
    standings,
    tasks,
    whose,
)
from crossblock.server.trial.models import Alert, Allocation
from crossblock.server.trial.schedule import Place, dues
from crossblock.server.trial.state import Standing, of_steps, open_alerts, rates, under_way, visible

A_PAGE = 50
LANES = {
    Thing.ELIGIBILITY: "eligibility",
    Thing.GATE: "gate",
    Thing.OUTCOME_FORMS: "outcome ratings",
    Thing.SESSION_FORMS: "session ratings",
    Thing.SELF_FORMS: "own answers",
    Thing.SCREENER: "suicide screener",
    Thing.EVENTS: "vitals and events",
    Thing.GUESS: "guesses",
}
STEP_THINGS = {
    "screened": Thing.ELIGIBILITY,
    "consented": Thing.ELIGIBILITY,
    "gated": Thing.GATE,
    "randomized": Thing.RANDOMIZE,
    "dispensed": Thing.KITS,
    "started": Thing.DOSING,
    "discharged": Thing.DOSING,
    "finished": Thing.DOSING,
}


@page(None)
def today(request: HttpRequest) -> HttpResponse:
    """Show what this person has to do today."""
    actor: Actor = request.actor
    if actor.participant_code:
        return redirect("me")
    doses = actor.may("w", Thing.DOSING)
    people, here = Participant.objects.none(), {}
    if actor.may("r", Thing.PARTICIPANTS) and (doses or has_forms(actor)):
        people = under_way(actor)
        here = standings(people)
    runs = actor.may("w", Thing.PARTICIPANTS)
    now = clock.now()
    found = everybodys(people, now, here) if runs else tasks(actor, people, now, here)
    steps = _steps_due(people, here) if doses else []
    shown = found[:A_PAGE]
    context = {
        "waiting": _waiting(actor),
        "alerts": alerts.waiting(actor) if actor.may("w", Thing.ALERTS) else [],
        "fills": actor.may("w", Thing.ALERTS),
        "tasks": [_in_words(actor, t) for t in shown],
        "more": len(found) - len(shown),
        "steps": [(p, words, at, zone_of(p.site)) for p, words, at in steps[:A_PAGE]],
        "counts": {w: sum(t.when == w for t in found) for w in ("overdue", "now", "soon")},
    }
    return render(request, "today.html", context)


def _in_words(actor: Actor, task: Task) -> dict[str, Any]:
    """Return a line of the list of tasks: own forms as links, others' by who fills them."""
    zone = zone_of(task.participant.site)
    mine = [p for p in task.places if fills(actor, p, task.participant)]
    return {
        "code": task.participant.code,
        "visit": task.due.visit.label,
        "period": task.due.period,
        "due": when(task.due.due, zone),
        "until": when(task.due.latest, zone) if task.due.judged else "",
        "when": task.when,
        "places": mine,
        "others": _by_whom([p for p in task.places if p not in mine]),
    }


def _by_whom(places: Iterable[Place]) -> list[tuple[str, str]]:
    """Return who fills which forms, in words."""
    found: dict[str, list[str]] = {}
    for place in places:
        found.setdefault(whose(place), []).append(form_name(place.form))
    return [(who, ", ".join(forms)) for who, forms in found.items()]


def _waiting(actor: Actor) -> list[tuple[int, str, str]]:
    """Return what waits for those who look after the whole: how many, of what, on which page."""
    found = []
    if actor.may("r", Thing.SAFETY):
        mine = visible(actor, Thing.SAFETY)
        open_ones = Alert.objects.filter(participant__in=mine, note__isnull=True).count()
        found.append((open_ones, f"alert{'s' * (open_ones != 1)} open", "/safety/"))
    if actor.may("w", Thing.ASK):
        asked = Query.objects.exclude(notes__closes=True).count()
        found.append((asked, f"quer{'y' if asked == 1 else 'ies'} open", "/queries/"))
    if actor.may("w", Thing.AUDIT):
        head = Head.objects.values_list("seq", flat=True).first() or 0
        read = Review.objects.aggregate(upto=Max("upto"))["upto"] or 0
        found.append((head - read, "audit events not signed off", "/audit/"))
    if actor.may("w", Thing.PEOPLE):
        wanted = GrantRequest.objects.filter(grant__isnull=True).count()
        found.append((wanted, f"role{'s' * (wanted != 1)} asked for", "/people/"))
    if actor.may("r", Thing.PEOPLE):
        both = len(both_at_once())
        words = f"hold{'s' * (both == 1)} two roles that exclude each other"
        found.append((both, f"{'person' if both == 1 else 'people'} {words}", "/people/"))
    return [row for row in found if row[0]]


def _steps_due(
    people: Iterable[Participant], stand: Mapping[int, Standing]
) -> list[tuple[Participant, str, datetime | None]]:
    """Return whose next step is open, with the step in words and when it can be taken."""
    soon = clock.now() + AHEAD
    found = []
    for person in people:
        here = stand[person.pk]
        upcoming = here.next
        if upcoming is None:
            continue
        since = open_since(here)
        if since is None or since <= soon:
            found.append((person, flow.said(upcoming), since))
    return found


def open_since(here: Standing) -> datetime | None:
    """Return when the next step can be taken: after the last visit, after the washout."""
    assert here.next is not None
    name, period = here.next
    protocol = study.current().protocol
    if name == "finished":
        return max(
            (d.due for d in dues(protocol, here.started) if d.period == period), default=None
        )
    if name in {"gated", "dispensed", "started"}:
        return flow.earliest_start(protocol, here.started, period)
    return None


@page(Thing.PARTICIPANTS, "r", "GET POST")
def people(request: HttpRequest) -> HttpResponse:
    """List the participants of one's sites, or add one."""
    actor: Actor = request.actor
    sites = [s for s in study.current().conduct.sites if actor.may("w", Thing.PARTICIPANTS, s.id)]
    if request.method == "POST":
        site = request.POST.get("site", "")
        if site not in {s.id for s in sites}:
            refuse(actor, request)
        added = procedures.enroll(actor, site, request.POST.get("key", "")[:64] or new_key())
        return redirect("timeline", code=added.code)
    number = request.GET.get("page", "1")
    current = max(1, int(number)) if number.isdecimal() and len(number) < 6 else 1
    found = list(visible(actor)[(current - 1) * A_PAGE : current * A_PAGE + 1])
    here = standings(found[:A_PAGE])
    context = {
        "rows": [(p, here[p.pk].words) for p in found[:A_PAGE]],
        "page": current,
        "before": current - 1,
        "after": current + 1 if len(found) > A_PAGE else 0,
        "sites": sites,
        "key": new_key(),
    }
    return render(request, "participants.html", context)


@dataclass(frozen=True, kw_only=True, slots=True)
class Mark:
    """One thing on a participant's axis."""

    at: datetime
    lane: str
    words: str
    path: str = ""
    state: str = "done"
    correct: str = ""


@page(Thing.PARTICIPANTS)
def timeline(request: HttpRequest, code: str) -> HttpResponse:
    """Show one participant: what was, what is due, what can be done next."""
    actor: Actor = request.actor
    person = participant(request, code)
    protocol = study.current().protocol
    steps = list(person.steps.all())
    here = of_steps(steps, protocol.periods)
    runs = actor.may("r", Thing.COMPLETENESS, person.site)
    every = everybodys([person], clock.now(), {person.pk: here}) if runs else []
    own = own_of(actor, every) if runs else tasks(actor, [person], clock.now(), {person.pk: here})
    marks = [*_marks(actor, person, here, steps), *_overdue(every)]
    marks.sort(key=lambda m: m.at)
    waiting = alerts.with_screener(
        open_alerts(person).select_related("version__entry", "participant")
    )
    context = {
        "person": person,
        "state": here.words,
        "marks": [(m.at, m.words, m.path, m.lane, m.state == "open", m.correct) for m in marks],
        "axis": axis(marks),
        "tasks": own,
        "next": _next(actor, person, here),
        "leave": _may_leave(actor, person, here),
        "alerts": [a for a in waiting if acts_on(actor, a.alert)],
        "held": any(a.alert.action == "block" and not acts_on(actor, a.alert) for a in waiting),
        "zone": zone_of(person.site),
        "events": _event_forms(actor, person, here),
        "again": measured_again(actor, person, here),
        "may_break": actor.may("w", Thing.CODE_BREAK, person.site) and here.randomized,
        "kits": _kits(actor, person, here),
        "may_kits": actor.may("w", Thing.KITS, person.site),
        "may_account": actor.may("w", Thing.PARTICIPANTS, person.site),
    }
    return render(request, "timeline.html", context)


def _next(actor: Actor, person: Participant, here: Standing) -> dict[str, Any] | None:
    """Return the next step, where this person may take it."""
    if here.next is None:
        return None
    name, period = here.next
    thing = STEP_THINGS.get(name, Thing.PARTICIPANTS)
    if not actor.may("w", thing, person.site):
        return None
    return {"name": name, "period": period, "words": flow.said(here.next)}


def _may_leave(actor: Actor, person: Participant, here: Standing) -> bool:
    return here.next is not None and actor.may("w", Thing.PARTICIPANTS, person.site)


def _event_forms(actor: Actor, person: Participant, here: Standing) -> list[int]:
    """Return the periods for which an event can be noted."""
    if not actor.may("w", Thing.EVENTS, person.site) or ("consented", 0) not in here.done:
        return []
    return sorted(here.started) or [1]


def _kits(actor: Actor, person: Participant, here: Standing) -> list[tuple[int, str]]:
    if not here.randomized or not actor.may("r", Thing.KITS, person.site):
        return []
    return [(p, kits.kit_of(person, p)) for p in range(1, here.periods + 1)]


def _marks(actor: Actor, person: Participant, here: Standing, steps: list[Step]) -> Iterator[Mark]:
    """Yield what this person may see of a participant, on one axis."""
    for step in steps:
        thing = STEP_THINGS.get(step.name, Thing.PARTICIPANTS)
        if step.name != "registered" and actor.may("r", thing, person.site):
            yield Mark(at=step.occurred, lane="steps", words=flow.said((step.name, step.period)))
    yield from _entry_marks(actor, person)
    now = clock.now()
    running = {p: at for p, at in here.started.items() if ("finished", p) not in here.done}
    for due in dues(study.current().protocol, running):
        if due.due > now:
            yield Mark(at=due.due, lane="due", words=f"due: {due.visit.label}", state="due")
    if actor.may("r", Thing.SAFETY, person.site):
        for alert in person.alerts.select_related("note"):
            done = hasattr(alert, "note")
            state = "done" if done else "open"
            yield Mark(
                at=alert.at,
                lane="alerts",
                words=alert.message,
                path=f"/p/{person.code}/alert/{alert.pk}/",
                state=state,
            )


def _overdue(every: Iterable[Task]) -> Iterator[Mark]:
    """Yield the visits whose time is over with a form missing, and who should have filled it."""
    for task in every:
        if task.when == "overdue":
            who = "; ".join(f"{who} {forms}" for who, forms in _by_whom(task.places))
            words = f"overdue: {task.due.visit.label}, {who}"
            yield Mark(at=task.due.due, lane="due", words=words, state="open")


def _entry_marks(actor: Actor, person: Participant) -> Iterator[Mark]:
    """Yield the newest version of every form that this person may read."""
    rows = Version.objects.filter(entry__participant=person).order_by("entry__seq", "number")
    place = ("entry__form", "entry__visit", "entry__period", "entry__rater", "entry__repeat")
    columns = (*place, "entry_id", "number", "occurred")
    newest: dict[int, tuple[tuple[str, str, int, str, int], int, datetime]] = {}
    own: set[int] = set()
    for *where, entry, number, at, by in rows.values_list(*columns, "by_id"):
        newest[entry] = (tuple(where), number, at)
        if by == actor.person_id:
            own.add(entry)
    rating = Role.OUTCOME_RATER not in actor.roles or rates(actor, person)
    for entry, (where, number, at) in newest.items():
        form, visit, _, rater, repeat = where
        thing = thing_of_form(form, visit)
        if not reads(actor, thing, person.site, own=entry in own):
            continue
        named = visit_name(visit) if visit else ""
        again = f"no. {repeat}" if repeat > 1 else ""
        words = ", ".join(filter(None, (form_name(form), named, rater, again)))
        yield Mark(
            at=at,
            lane=LANES[thing],
            words=f"{words}, version {number}",
            path=f"/p/{person.code}/entry/{entry}/",
            correct=correction(actor, person, where, rating=rating),
        )


WIDTH, LEFT, LANE = 760.0, 150.0, 26.0


def axis(marks: list[Mark]) -> dict[str, Any] | None:
    """Return the picture of a timeline: one lane per kind, positions in pixels."""
    if len(marks) < 2:
        return None
    first, last = marks[0].at, marks[-1].at
    span = max((last - first).total_seconds(), 1.0)
    lanes = list(dict.fromkeys(m.lane for m in marks))
    height = {name: LANE * i + LANE / 2 for i, name in enumerate(lanes)}
    wide = (WIDTH - LEFT - 20) / span
    points = [
        {
            "x": round(LEFT + 10 + wide * (m.at - first).total_seconds(), 1),
            "y": height[m.lane],
            "mark": m,
        }
        for m in marks
    ]
    return {
        "points": points,
        "lanes": list(height.items()),
        "height": LANE * len(lanes) + 22,
        "foot": LANE * len(lanes) + 16,
        "width": WIDTH,
        "left": LEFT,
        "first": first,
        "last": last,
    }


@page(Thing.KITS)
def allocation_receipt(request: HttpRequest, code: str) -> HttpResponse:
    """Show the signed receipt of randomization, to print and keep outside the server."""
    person = participant(request, code, Thing.KITS)
    found = Allocation.objects.filter(participant=person).first()
    if found is None:
        refuse(request.actor, request)
    context = {"person": person, "allocation": found, "zone": zone_of(person.site)}
    return render(request, "allocation_receipt.html", context)
