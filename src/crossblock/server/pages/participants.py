"""Participants: the today list, the list of people, one person's timeline."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Max
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from crossblock.server import clock, study
from crossblock.server.accounts.models import GrantRequest
from crossblock.server.pages.access import page, participant, refuse, zone_of
from crossblock.server.pages.fields import new_key
from crossblock.server.pages.form import may_read, thing_of_entry
from crossblock.server.pages.marks import form_name, visit_name
from crossblock.server.record.models import Head, Participant, Query, Review, Version
from crossblock.server.roles import Actor, Thing
from crossblock.server.trial import flow, kits, procedures
from crossblock.server.trial.agenda import AHEAD, has_forms, standings, tasks
from crossblock.server.trial.models import Alert, Allocation
from crossblock.server.trial.schedule import dues
from crossblock.server.trial.state import Standing, open_alerts, standing, under_way, visible

A_PAGE = 50
LANES = {
    Thing.ELIGIBILITY: "eligibility",
    Thing.GATE: "gate",
    Thing.OUTCOME_FORMS: "outcome ratings",
    Thing.SESSION_FORMS: "session ratings",
    Thing.SELF_FORMS: "own answers",
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
    people, here = [], {}
    if actor.may("r", Thing.PARTICIPANTS) and (doses or has_forms(actor)):
        people = list(under_way(actor))
        here = standings(people)
    found = tasks(actor, people, clock.now(), here)
    steps = _steps_due(people, here) if doses else []
    shown = found[:A_PAGE]
    context = {
        "waiting": _waiting(actor),
        "fills": actor.may("w", Thing.ALERTS),
        "tasks": [(t, zone_of(t.participant.site)) for t in shown],
        "more": len(found) - len(shown),
        "steps": [(p, words, at, zone_of(p.site)) for p, words, at in steps[:A_PAGE]],
        "counts": {w: sum(t.when == w for t in found) for w in ("overdue", "now", "soon")},
    }
    return render(request, "today.html", context)


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
    return [row for row in found if row[0]]


def _steps_due(
    people: list[Participant], stand: Mapping[int, Standing]
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


@page(Thing.PARTICIPANTS)
def timeline(request: HttpRequest, code: str) -> HttpResponse:
    """Show one participant: what was, what is due, what can be done next."""
    actor: Actor = request.actor
    person = participant(request, code)
    protocol = study.current().protocol
    here = standing(person, protocol.periods)
    marks = sorted(_marks(actor, person, here), key=lambda m: m.at)
    mine = tasks(actor, [person], clock.now())
    context = {
        "person": person,
        "state": here.words,
        "marks": marks,
        "axis": axis(marks),
        "tasks": mine,
        "next": _next(actor, person, here),
        "leave": _may_leave(actor, person, here),
        "alerts": [a for a in open_alerts(person) if actor.may("w", Thing.ALERTS, person.site)],
        "zone": zone_of(person.site),
        "events": _event_forms(actor, person, here),
        "may_break": actor.may("w", Thing.CODE_BREAK, person.site) and here.randomized,
        "kits": _kits(actor, person, here),
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


def _marks(actor: Actor, person: Participant, here: Standing) -> Iterator[Mark]:
    """Yield what this person may see of a participant, on one axis."""
    for step in person.steps.all():
        thing = STEP_THINGS.get(step.name, Thing.PARTICIPANTS)
        if step.name != "registered" and actor.may("r", thing, person.site):
            yield Mark(at=step.occurred, lane="steps", words=flow.said((step.name, step.period)))
    newest = {
        v.entry_id: v
        for v in Version.objects.filter(entry__participant=person)
        .only("entry_id", "number", "occurred")
        .order_by("number")
    }
    for entry in person.entries.all():
        found = thing_of_entry(entry)
        last = newest.get(entry.pk)
        if found is None or last is None or not may_read(actor, found, person, entry):
            continue
        visit = visit_name(entry.visit) if entry.visit else ""
        words = ", ".join(filter(None, (form_name(entry.form), visit, entry.rater)))
        yield Mark(
            at=last.occurred,
            lane=LANES[found],
            words=f"{words}, version {last.number}",
            path=f"/p/{person.code}/entry/{entry.pk}/",
        )
    for due in dues(study.current().protocol, here.started):
        if due.due > clock.now() and ("finished", due.period) not in here.done:
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


WIDTH, LEFT, LANE = 760.0, 150.0, 26.0


def axis(marks: list[Mark]) -> dict[str, Any] | None:
    """Return the picture of a timeline: one lane per kind, positions in pixels."""
    if len(marks) < 2:
        return None
    first, last = marks[0].at, marks[-1].at
    span = max((last - first).total_seconds(), 1.0)
    lanes = list(dict.fromkeys(m.lane for m in marks))
    points = [
        {
            "x": round(LEFT + 10 + (WIDTH - LEFT - 20) * (m.at - first).total_seconds() / span, 1),
            "y": LANE * lanes.index(m.lane) + LANE / 2,
            "mark": m,
        }
        for m in marks
    ]
    return {
        "points": points,
        "lanes": [(name, LANE * i + LANE / 2) for i, name in enumerate(lanes)],
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
