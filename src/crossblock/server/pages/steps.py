"""Steps: screening, consent, gate, randomization, kit, start, discharge, end."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from crossblock.core.errors import CrossblockError
from crossblock.server import clock, study
from crossblock.server.pages.access import page, participant, refuse, zone_of
from crossblock.server.pages.fields import (
    fields,
    new_key,
    now_text,
    occurred_of,
    shown,
    submission,
    text_in,
    typed_of,
)
from crossblock.server.pages.trouble import typed_in
from crossblock.server.pages.ways import measured_again
from crossblock.server.pages.words import kept_of
from crossblock.server.record import entries
from crossblock.server.record.entries import Spot
from crossblock.server.record.models import Participant, Version
from crossblock.server.record.sheet import read
from crossblock.server.roles import Actor, Thing
from crossblock.server.trial import allocation, clearance, flow, kits, procedures
from crossblock.server.trial.state import Standing, standing

TIME_NOTE = "When did it take place? Give date and time as they were on site."


@page(Thing.PARTICIPANTS, "w", "GET POST")
def procedure(request: HttpRequest, code: str, name: str, period: int = 0) -> HttpResponse:
    """Show or save screening, consent or the gate."""
    actor: Actor = request.actor
    thing = procedures.THINGS[name][0]
    person = participant(request, code, thing)
    periods = study.current().protocol.periods
    if not actor.may("w", thing, person.site) or (name == "gate") != (1 <= period <= periods):
        refuse(actor, request)
    if request.method == "POST":
        return _save(request, person, name, period)
    last = entries.newest(person, Spot(form=name, period=period))
    typed = entries.draft(actor.person_id, request.path)
    if last is not None and not typed:
        stored = entries.content_of(last)["answers"]
        hidden = kept_of(actor, procedures.sheet_of(name), stored)
        typed = {k: shown(v) for k, v in stored.items() if k not in hidden}
    return render(request, "form/procedure.html", _context(request, person, name, period, typed))


def _context(
    request: HttpRequest,
    person: Participant,
    name: str,
    period: int,
    typed: dict[str, str],
    faults: dict[str, str] | None = None,
) -> dict[str, Any]:
    sheet = procedures.sheet_of(name)
    zone = zone_of(person.site)
    last = entries.newest(person, Spot(form=name, period=period))
    here = standing(person, study.current().protocol.periods)
    return {
        "person": person,
        "name": name,
        "period": period,
        "sheet": sheet,
        "fields": fields(sheet, typed, faults or {}, kept=_kept(request, person, name, period)),
        "base": last.number if last else 0,
        "last": last,
        "stops": entries.content_of(last).get("stops", []) if last else [],
        "taken": (procedures.THINGS[name][1], period) in here.done,
        "key": new_key(),
        "zone": zone,
        "occurred": request.POST.get("occurred") or _time_of(name, last, zone),
        "reason": request.POST.get("reason", ""),
    }


def _kept(request: HttpRequest, person: Participant, name: str, period: int) -> dict[str, str]:
    """Return what was saved and is kept from this person: left empty, it stays."""
    last = entries.newest(person, Spot(form=name, period=period))
    stored = entries.content_of(last)["answers"] if last else {}
    return kept_of(request.actor, procedures.sheet_of(name), stored)


def _filled(typed: dict[str, str]) -> dict[str, str]:
    return {k: v for k, v in typed.items() if v}


def _time_of(name: str, last: Version | None, zone: str) -> str:
    """Return the time that a form begins with: of a correction, the old one; a gate is repeated."""
    return now_text(zone) if last is None or name == "gate" else clock.local(last.occurred, zone)


def _save(request: HttpRequest, person: Participant, name: str, period: int) -> HttpResponse:
    actor: Actor = request.actor
    sheet = procedures.sheet_of(name)
    typed = typed_of(request, sheet)
    found = read(sheet, {**_kept(request, person, name, period), **_filled(typed)})
    faults = {**dict.fromkeys(found.unanswered, "Not answered yet."), **found.faults}
    occurred = occurred_of(request, zone_of(person.site))
    note = "" if occurred else TIME_NOTE
    if occurred is not None and not faults:
        try:
            outcome = procedures.take(
                actor, person, name, period, found.answers, submission(request, occurred)
            )
            entries.drop_draft(actor.person_id, request.path)
            if outcome.stops:
                return redirect(request.path)
            return redirect("timeline", code=person.code)
        except CrossblockError as error:
            note = " ".join(f"{p.what}. {p.fix}".strip() for p in error.problems)
    entries.keep_draft(actor.person_id, request.path, typed)
    context = _context(request, person, name, period, typed, faults) | {"note": note}
    return render(request, "form/procedure.html", context, status=422)


@page(Thing.RANDOMIZE, "w", "GET POST")
def randomize(request: HttpRequest, code: str) -> HttpResponse:
    """Confirm, then give the next slot of the list; a second press answers the same."""
    person = participant(request, code, Thing.RANDOMIZE)
    if request.method == "POST":
        allocation.randomize(request.actor, person)
        return redirect("allocation_receipt", code=code)
    here = standing(person, study.current().protocol.periods)
    context = {"person": person, "ready": here.next == ("randomized", 0), "level": kits.level()}
    context["stops"] = clearance.stops(person, ("randomized", 0), clock.now())
    return render(request, "steps/randomize.html", context)


def _of_kit(request: HttpRequest, code: str, period: int) -> tuple[Participant, Standing]:
    """Return whose kit of a period it is, and how far they are; before that there is no page."""
    person = participant(request, code, Thing.KITS)
    here = standing(person, study.current().protocol.periods)
    if not here.randomized or not 1 <= period <= here.periods:
        refuse(request.actor, request)
    return person, here


@page(Thing.KITS, "w", "GET POST")
def dispense(request: HttpRequest, code: str, period: int) -> HttpResponse:
    """Check the label of the kit against the one that is due, and hand it out."""
    person, here = _of_kit(request, code, period)
    typed, note = request.POST.get("kit", ""), ""
    if request.method == "POST":
        try:
            if request.POST.get("what") == "replace":
                kits.replace(request.actor, person, period, text_in(request, "reason"))
                return redirect(request.path)
            occurred = occurred_of(request, zone_of(person.site))
            if occurred is not None or not request.POST.get("occurred"):
                kits.dispense(request.actor, person, period, typed, occurred)
                return redirect("timeline", code=code)
            note = TIME_NOTE
        except CrossblockError as error:
            note = " ".join(f"{p.what}. {p.fix}".strip() for p in error.problems)
    context = {
        "person": person,
        "period": period,
        "kit": kits.kit_of(person, period),
        "kit_typed": typed,
        "zone": zone_of(person.site),
        "occurred": request.POST.get("occurred") or now_text(zone_of(person.site)),
        "reason": request.POST.get("reason", ""),
        "note": note,
        "ready": here.next == ("dispensed", period),
        "stops": _stops(person, here.next == ("dispensed", period), ("dispensed", period)),
        "typed": typed_in(request),
    }
    return render(request, "steps/dispense.html", context, status=422 if note else 200)


@page(Thing.KITS, "w", "GET POST")
def wrong_kit(request: HttpRequest, code: str, period: int) -> HttpResponse:
    """Note that another kit than the due one was in fact given."""
    person, _ = _of_kit(request, code, period)
    typed, note = request.POST.get("kit", ""), ""
    if request.method == "POST":
        try:
            reason = text_in(request, "reason")
            kits.given_wrongly(request.actor, person, period, typed, reason)
            return redirect("timeline", code=code)
        except CrossblockError as error:
            note = " ".join(f"{p.what}. {p.fix}".strip() for p in error.problems)
    context = {
        "person": person,
        "period": period,
        "kit": kits.kit_of(person, period),
        "kit_typed": typed,
        "reason": request.POST.get("reason", ""),
        "note": note,
    }
    return render(request, "steps/wrong_kit.html", context, status=422 if note else 200)


def _stops(person: Participant, ready: bool, wanted: flow.Mark) -> list[str]:
    """Return what stands against the step that comes next, to be seen before anybody tries."""
    return clearance.stops(person, wanted, clock.now()) if ready else []


@page(Thing.DOSING, "w", "GET POST")
def period_step(request: HttpRequest, code: str, period: str, name: str) -> HttpResponse:
    """Begin a period, discharge after the session, or end the period."""
    return _period_step(request, code, int(period), name)


def _period_step(request: HttpRequest, code: str, period: int, name: str) -> HttpResponse:
    actor: Actor = request.actor
    person = participant(request, code, Thing.DOSING)
    here = standing(person, study.current().protocol.periods)
    step = {"start": "started", "discharge": "discharged", "finish": "finished"}[name]
    if not 1 <= period <= here.periods:
        refuse(actor, request)
    note = ""
    if request.method == "POST":
        try:
            note = _take(request, person, period, name)
            if not note:
                return redirect("timeline", code=code)
        except CrossblockError as error:
            note = " ".join(f"{p.what}. {p.fix}".strip() for p in error.problems)
    stops = procedures.discharge_stops(person, period) if name == "discharge" else []
    if name == "start":
        stops = _stops(person, here.next == (step, period), (step, period))
    context = {
        "person": person,
        "period": period,
        "name": name,
        "words": flow.said((step, period)),
        "ready": here.next == (step, period),
        "stops": stops,
        "again": measured_again(actor, person, here) if name == "discharge" else [],
        "may_override": actor.may("w", Thing.SAFETY, person.site),
        "note": note,
        "zone": zone_of(person.site),
        "occurred": request.POST.get("occurred") or now_text(zone_of(person.site)),
        "time_zero": study.current().protocol.time_zero,
        "override": request.POST.get("override", ""),
        "typed": typed_in(request),
    }
    return render(request, "steps/period.html", context, status=422 if note else 200)


def _take(request: HttpRequest, person: Participant, period: int, name: str) -> str:
    actor: Actor = request.actor
    if name == "start":
        occurred = occurred_of(request, zone_of(person.site))
        if occurred is None:
            return TIME_NOTE
        procedures.start(actor, person, period, occurred)
    elif name == "discharge":
        procedures.discharge(actor, person, period, text_in(request, "override"))
    else:
        procedures.finish(actor, person, period)
    return ""


@page(Thing.PARTICIPANTS, "w", "GET POST")
def leave(request: HttpRequest, code: str) -> HttpResponse:
    """End somebody's way: withdrawn, screening failed, or completed."""
    actor: Actor = request.actor
    person = participant(request, code)
    here = standing(person, study.current().protocol.periods)
    complete = here.next == ("completed", 0)
    note = ""
    if request.method == "POST":
        try:
            reason = text_in(request, "reason")
            if complete:
                procedures.complete(actor, person)
            elif ("consented", 0) in here.done:
                procedures.withdraw(actor, person, reason)
            else:
                procedures.screen_failure(actor, person, reason)
            return redirect("timeline", code=code)
        except CrossblockError as error:
            note = " ".join(f"{p.what}. {p.fix}".strip() for p in error.problems)
    context = {
        "person": person,
        "complete": complete,
        "consented": ("consented", 0) in here.done,
        "note": note,
        "reason": request.POST.get("reason", ""),
        "typed": typed_in(request),
    }
    return render(request, "steps/leave.html", context, status=422 if note else 200)
