"""Filling a form of the clinic: drafts, faults, doubts, conflicts, receipts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from crossblock.core.errors import CrossblockError
from crossblock.server import clock
from crossblock.server.clinic import alarms, asking, course, due, house, paging, saving
from crossblock.server.clinic.access import may, page, patient
from crossblock.server.clinic.doubts import impossible
from crossblock.server.clinic.interactions import found as interactions_found
from crossblock.server.clinic.interactions import unread
from crossblock.server.clinic.sheets import sheet
from crossblock.server.pages.access import refuse
from crossblock.server.pages.fields import (
    fields,
    key_of,
    new_key,
    now_text,
    occurred_of,
    shown,
    submission,
    typed_of,
)
from crossblock.server.record import entries
from crossblock.server.record.entries import ConflictError, Spot, Submission
from crossblock.server.record.models import Participant, Version
from crossblock.server.record.sheet import Answer, Sheet, read
from crossblock.server.roles import Actor

REPEATS = {"session-vitals", "adverse-events"}


def _open(
    request: HttpRequest, code: str, visit: str, period: int, form: str, repeat: int
) -> tuple[Participant, Spot, Sheet]:
    """Return patient, spot and form, or say there is no such page."""
    actor: Actor = request.actor
    person = patient(request, code)
    wanted = sheet(form)
    act = saving.act_of(form, visit)
    closed = form not in due.ALLOWED.get(visit, ()) or (period > 0) != (
        visit in (course.SESSION, course.AFTER)
    )
    own = not actor.participant_code or form in saving.OWN
    if wanted is None or closed or not may(actor, "w", act) or not own:
        refuse(actor, request)
    if not repeat:
        many = form in REPEATS or visit in (course.BETWEEN, course.PLAN)
        held = person.entries.filter(form=form, visit=visit, period=period)
        last = held.order_by("-repeat").first()
        twice = held.filter(versions__key=key_of(request)).first()
        repeat = twice.repeat if twice else (last.repeat + 1 if last else 1) if many else 1
    return person, Spot(form=form, visit=visit, period=period, repeat=repeat), wanted


@page(None, "w", "GET POST")
def fill(
    request: HttpRequest, code: str, visit: str, period: str, form: str, repeat: str | None = None
) -> HttpResponse:
    """Show a form, or save what was typed into it."""
    person, spot, wanted = _open(request, code, visit, int(period), form, int(repeat or 0))
    if request.method == "POST":
        return _save(request, person, spot, wanted)
    last = entries.newest(person, spot)
    known = {q.id for q in wanted.questions}
    draft = entries.draft(request.actor.person_id, request.path)
    typed = {k: v for k, v in draft.items() if k in known}
    if last is not None and not typed:
        typed = {k: shown(v) for k, v in entries.content_of(last)["answers"].items()}
    context = _context(request, person, spot, wanted, typed, {}, last) | {"draft": bool(draft)}
    return render(request, "fill.html", context)


def _context(
    request: HttpRequest,
    person: Participant,
    spot: Spot,
    wanted: Sheet,
    typed: Mapping[str, str],
    faults: Mapping[str, str],
    last: Version | None,
    others: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    now = house.current()
    return {
        "person": person,
        "spot": spot,
        "visit": course.VISITS[spot.visit],
        "sheet": wanted,
        "alarms": _alarms(spot, last),
        "hint": _last_dose(person) if spot.form == "dose" else "",
        "fields": fields(wanted, typed, faults, others),
        "answered": sum(1 for q in wanted.questions if typed.get(q.id)),
        "base": last.number if last else 0,
        "key": new_key(),
        "zone": now.zone,
        "occurred": request.POST.get("occurred")
        or (clock.local(last.occurred, now.zone) if last else now_text(now.zone)),
        "reason": request.POST.get("reason", ""),
        "own": bool(request.actor.participant_code),
    }


def _save(request: HttpRequest, person: Participant, spot: Spot, wanted: Sheet) -> HttpResponse:
    actor: Actor = request.actor
    typed = typed_of(request, wanted)
    found = read(wanted, typed)
    occurred = occurred_of(request, house.current().zone)
    latest = house.current().review_by((occurred or clock.now()).date())
    faults = {**found.faults, **impossible(spot.form, found.answers, latest)}
    last = entries.newest(person, spot)
    context: dict[str, Any] = {}
    asked = {} if faults else asking.asked(course.read(person), spot, found.answers, typed)
    done = asking.settled(asked, request.POST)
    open_doubts = {k: v for k, v in asked.items() if k not in done}
    others = None
    alarm = spot.form == alarms.VITALS and not faults and bool(alarms.raised(found.answers))
    noted = not alarm or alarms.noted(found.answers)
    if occurred is None:
        context["note"] = "When did it take place? Give date and time as they were here."
    elif not (faults or alarm) and found.unanswered and request.POST.get("incomplete") != "yes":
        faults = dict.fromkeys(found.unanswered, "Not answered yet.")
        context["left_out"] = found.unanswered
    elif not faults and not open_doubts:
        try:
            saved = saving.save(
                actor, person, spot, found.answers, _sent(request, occurred, last, found.answers),
                unanswered=(*found.unanswered, *(() if noted else (alarms.ACTION,))),
                sure=tuple(done), said=done,
            )  # fmt: skip
            entries.drop_draft(actor.person_id, request.path)
            if not noted:  # kept at once; the same page now asks for what was done
                return redirect(due.place(person.code, *_place(spot)))
            if saved.page is not None:
                return redirect("help" if actor.participant_code else "risk", saved.page.pk)
            return redirect("receipt", code=person.code, version=saved.version.pk)
        except ConflictError as clash:
            others = entries.content_of(clash.newest)["answers"]
            context |= {"note": clash.problems[0].what, "conflict": True}
            last = clash.newest
        except CrossblockError as error:
            context["note"] = " ".join(f"{p.what}. {p.why} {p.fix}".strip() for p in error.problems)
    entries.keep_draft(actor.person_id, request.path, {k: v for k, v in typed.items() if v})
    context["called"] = paging.judge(actor, person, spot, found.answers)  # though it is not saved
    base = _context(request, person, spot, wanted, typed, faults, last, others)
    rows = [(k, v, asking.reason_of(k, request.POST)) for k, v in open_doubts.items()]
    base |= context | {"doubts": rows, "kept": True}
    base["incomplete"] = request.POST.get("incomplete") == "yes"
    return render(request, "fill.html", base, status=409 if others is not None else 422)


def _alarms(spot: Spot, last: Version | None) -> tuple[str, ...]:
    """Return the alarms of kept vital signs for which no action is noted yet."""
    if spot.form != alarms.VITALS or last is None:
        return ()
    held = entries.content_of(last)["answers"]
    return () if alarms.noted(held) else alarms.raised(held)


def _place(spot: Spot) -> tuple[str, int, str, int]:
    return spot.visit, spot.period, spot.form, spot.repeat


def _sent(
    request: HttpRequest, occurred: datetime, last: Version | None, answers: Mapping[str, Answer]
) -> Submission:
    """Return what came with a form; an action noted for an alarm is its own reason."""
    sent = submission(request, occurred)
    if last is None or sent.reason:
        return sent
    held = dict(entries.content_of(last)["answers"])
    action = {alarms.ACTION: answers.get(alarms.ACTION)}
    if answers.get(alarms.ACTION) and held | action == dict(answers):
        return replace(sent, reason="the action taken is noted")
    return sent


def _last_dose(person: Participant) -> str:
    """Return the last dose with its weight, so that a slip of the decimal point shows."""
    sessions = course.read(person).sessions
    if not sessions:
        return ""
    s = sessions[-1]
    return (
        f"Last session: {s.dose_mg:g} mg {s.drug} ({s.route}) at {s.weight_kg:g} kg, "
        f"{s.mg_per_kg:.2f} mg/kg."
    )


@page(None, "w", "POST")
def draft(
    request: HttpRequest, code: str, visit: str, period: str, form: str, repeat: str | None = None
) -> HttpResponse:
    """Keep what is being typed, and say when it was kept."""
    person, spot, wanted = _open(request, code, visit, int(period), form, int(repeat or 0))
    typed = {k: v for k, v in typed_of(request, wanted).items() if v}
    place = request.path.removesuffix("draft/")
    at = entries.keep_draft(request.actor.person_id, place, typed)
    called = paging.judge(request.actor, person, spot, read(wanted, typed).answers)
    context = {"at": at, "zone": house.current().zone, "called": called}
    return render(request, "kept.html", context)


@page(None, "r")
def receipt(request: HttpRequest, code: str, version: int) -> HttpResponse:
    """Say what was saved, when, and what it led to."""
    person = patient(request, code)
    found = Version.objects.select_related("entry").filter(pk=version).first()
    actor: Actor = request.actor
    if found is None or found.entry.participant_id != person.pk:
        refuse(actor, request)
    entry = found.entry
    own = bool(actor.participant_code)
    if own and entry.form not in saving.OWN:
        refuse(actor, request)
    content = entries.content_of(found)
    now = course.read(person)
    lines = [v for k, v in sorted(content["answers"].items()) if k.startswith("medicine")]
    nexts = [d for d, done in due.intake(now) if not done] if entry.visit == "intake" else []
    if entry.visit == course.SESSION:
        nexts = [d for d, done in due.session(now, entry.period) if not done]
    elif entry.visit == course.AFTER:
        nexts = list(due.after(now, clock.now()))
    context = {
        "person": person,
        "entry": entry,
        "version": found,
        "content": content,
        "own": own,
        "zone": house.current().zone,
        "title": wanted.title if (wanted := sheet(entry.form)) else entry.form,
        "hits": interactions_found(lines) if entry.form == "medicines" and not own else (),
        "unread": unread(lines) if entry.form == "medicines" and not own else (),
        "next": [] if own else nexts[:1],
        "vitals_again": entry.form == "session-vitals",
    }
    return render(request, "saved.html", context)
