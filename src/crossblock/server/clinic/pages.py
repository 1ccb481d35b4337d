"""The clinicians' pages: patients, one patient, gate, course, plan, pages of risk, quality."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from crossblock.core.errors import CrossblockError
from crossblock.server import clock
from crossblock.server.accounts.models import Person
from crossblock.server.clinic import (
    calling,
    course,
    dots,
    due,
    export,
    forecasts,
    gate,
    house,
    options,
    paging,
    projection,
    quality,
    roster,
    saving,
    stoprule,
)
from crossblock.server.clinic.aboard import unmodeled
from crossblock.server.clinic.access import Act, may, page, patient, sees
from crossblock.server.clinic.drawing import NARROW
from crossblock.server.clinic.findings import findings
from crossblock.server.clinic.interactions import found as interactions_found
from crossblock.server.clinic.models import Acknowledgment, Page
from crossblock.server.clinic.onboard import sentences_for
from crossblock.server.clinic.series import FEWEST, RATE, days
from crossblock.server.clinic.sheets import OPTIONS, title
from crossblock.server.clinic.trajectory import DRAWN, across, enlarged, main, pictures
from crossblock.server.clinic.trend import trends
from crossblock.server.clinic.watch import STABLE, watched
from crossblock.server.pages.access import refuse
from crossblock.server.pages.fields import new_key, text_in
from crossblock.server.pages.people import hand_to
from crossblock.server.roles import Actor


@page(None, "r", "GET POST")
def patients(request: HttpRequest) -> HttpResponse:
    """List one's own patients, with what is open; add one. Others are sent to their own page."""
    actor: Actor = request.actor
    if actor.participant_code:
        return redirect("me")
    if not may(actor, "r", Act.PATIENTS):
        return redirect("quality") if may(actor, "r", Act.QUALITY) else redirect("people")
    if request.method == "POST":
        made = saving.enroll(actor, request.POST.get("key", ""))
        return redirect("patient", code=made.code)
    now, open_pages = clock.now(), list(paging.open_to(actor))
    risky = [p.participant_id for p in open_pages]
    sought, number = request.GET.get("q", ""), request.GET.get("page", "1")
    context = {
        "roster": roster.roster(actor, sought, number, now, risky),
        "key": new_key(),
        "may_add": may(actor, "w", Act.CARE),
        "open_pages": open_pages,
        "zone": house.current().zone,
    }
    return render(request, "patients.html", context)


@page(Act.PATIENTS, "r")
def one(request: HttpRequest, code: str) -> HttpResponse:
    """Show where one patient stands and what comes next."""
    actor: Actor = request.actor
    person = patient(request, code)
    known = course.read(person)
    number = len(known.sessions)
    running = (
        known.sessions[-1] if known.sessions and known.sessions[-1].discharge is None else None
    )
    history, medicines = known.last("history"), known.last("medicines")
    lines = [v for k, v in sorted(medicines.answers.items())] if medicines else []
    context = {
        "person": person,
        "intake": due.intake(known),
        "missing": gate.missing(known),
        "open": gate.is_open(known),
        "number": number,
        "running": running,
        "running_forms": due.session(known, running.number) if running else (),
        "dose_path": due.place(code, course.SESSION, number + 1, "dose"),
        "after": due.after(known, clock.now()),
        "before_next": due.before_next(known, clock.now()),
        "incomplete": [(s, rows) for s, rows in due.incomplete(known) if s is not running],
        "unnoted": due.unnoted(known, running) if running else (),
        "odd": [s for s in reversed(known.sessions) if s.concerns and s is not running],
        "findings": [(f, f.path(known.code)) for f in findings(known)],
        "judged": stoprule.judge(known),
        "between": [(title(f), due.place(code, course.BETWEEN, 0, f)) for f in due.BETWEEN_FORMS],
        "staged": history.content.get("staged") if history else None,
        "hits": interactions_found(lines),
        "lines": lines,
        "pictures": main(known),
        "alarms": [w for w in watched(known) if w.alarm],
        "forecast": forecasts.newest(person),
        "plan": known.plan,
        "sessions": known.sessions,
        "pages": paging.open_to(actor).filter(participant=person),
        "may_override": may(actor, "w", Act.OVERRIDE),
        "may_intake": may(actor, "w", Act.INTAKE),
        "zone": house.current().zone,
        "note": "",
    }
    return render(request, "patient.html", context)


@page(Act.OVERRIDE, "w", "POST")
def override(request: HttpRequest, code: str) -> HttpResponse:
    """Open the gate for one session, with a reason that stays on the quality board."""
    person = patient(request, code)
    known = course.read(person)
    gate.override(request.actor, person, known, text_in(request, "reason", 1000))
    return redirect(due.place(code, course.SESSION, len(known.sessions) + 1, "dose"))


@page(Act.PATIENTS, "r")
def course_page(request: HttpRequest, code: str) -> HttpResponse:
    """Show every instrument over the course, and what is watched, each with its rows."""
    person = patient(request, code)
    known = course.read(person)
    series = watched(known)
    forecast = forecasts.newest(person)
    span = across(known, forecast)
    named = {w.id for w in series}
    first = known.rated_by
    forms = (first, *(f for f in DRAWN if f != first and f not in named))
    drawn = pictures(known, forms, forecast, span)
    context = {
        "person": person,
        "pictures": drawn[:1],
        "others": drawn[1:],
        "forecast": forecast,
        "enlarged": enlarged(known, forecast) if forecast else None,
        "trends": trends(series, list(days(known)) if known.sessions else (), span),
        "standing": forecasts.standing(person, known),
        "unmodeled": unmodeled(known, clock.now()),
        "alarms": [w for w in series if w.alarm],
        "rate": f"{100 * RATE:.0f}",
        "early": len(known.sessions) <= STABLE + FEWEST,
        "sessions": known.sessions,
        "zone": house.current().zone,
    }
    return render(request, "course.html", context)


@page(Act.PLAN, "w", "POST")
def want_forecast(request: HttpRequest, code: str) -> HttpResponse:
    """Ask a worker for this patient's forecast."""
    person = patient(request, code)
    forecasts.history(course.read(person))  # says now what would fail later
    forecasts.want(request.actor, person)
    projection.want(request.actor)
    return redirect("plan", code=code)


@page(Act.PATIENTS, "r")
def plan(request: HttpRequest, code: str) -> HttpResponse:
    """Show the options side by side, the plan that stands, and its earlier versions."""
    person = patient(request, code)
    known = course.read(person)
    plans = known.all("plan", course.PLAN)
    projected = projection.newest()
    context = {
        "person": person,
        "options": options.ALL,
        "projected": [(o.name, projected.get(o.id)) for o in options.ALL] if projected else (),
        "plan": known.plan,
        "chosen": dict(OPTIONS).get(str(known.plan.answers.get("option"))) if known.plan else "",
        "earlier": plans[:-1],
        "review_path": due.place(code, course.PLAN, 0, "plan", len(plans) + 1),
        "may": may(request.actor, "w", Act.PLAN),
        "forecast": forecasts.newest(person),
        "rule": stoprule.agreed(known),
        "judged": stoprule.judge(known),
        "standing": forecasts.standing(person, known),
        "unmodeled": unmodeled(known, clock.now()),
        "overdue": known.review is not None and known.review < clock.now().date(),
        "zone": house.current().zone,
    }
    return render(request, "plan.html", context)


@page(None)
def summary(request: HttpRequest, code: str) -> HttpResponse:
    """Show one page in plain words that clinician and patient share."""
    person = patient(request, code)
    known = course.read(person)
    diagnosis = known.last("diagnosis")
    chosen = str(known.plan.answers.get("option", "")) if known.plan else ""
    context = {
        "person": person,
        "diagnosis": diagnosis.answers.get("diagnosis") if diagnosis else "",
        "number": len(known.sessions),
        "first": known.sessions[0].at if known.sessions else None,
        "pictures": main(known),
        "plan": known.plan,
        "rule": stoprule.agreed(known),
        "judged": stoprule.judge(known),
        "option": next((o for o in options.ALL if o.id == chosen), None),
        "own": bool(request.actor.participant_code),
        "zone": house.current().zone,
    }
    return render(request, "summary.html", context)


@page(Act.PATIENTS, "r")
def onboard(request: HttpRequest, code: str) -> HttpResponse:
    """Say what is on board of each medicine that can be computed."""
    person = patient(request, code)
    medicines = course.read(person).last("medicines")
    lines = [v for k, v in sorted(medicines.answers.items())] if medicines else []
    context = {"person": person, "found": sentences_for(interactions_found(lines))}
    return render(request, "onboard.html", context)


@page(Act.CARE, "w", "GET POST")
def care(request: HttpRequest, code: str) -> HttpResponse:
    """Say who cares for a patient; let somebody else in, or end it."""
    person = patient(request, code)
    note = ""
    if request.method == "POST":
        try:
            email = text_in(request, "email", 254).lower()
            found = Person.objects.filter(email=email).first()
            why = text_in(request, "reason")
            if found is not None:
                saving.share(request.actor, person, found, request.POST.get("holds") == "yes", why)
                return redirect("patient", code=code)
            note = "There is nobody of this address."
        except CrossblockError as error:
            note = " ".join(f"{p.what} {p.value}. {p.fix}" for p in error.problems)
    context = {
        "person": person,
        "rows": person.care.select_related("person").order_by("seq"),
        "note": note,
        "typed": request.POST,
    }
    return render(request, "care.html", context, status=422 if note else 200)


@page(Act.CARE, "w", "GET POST")
def own_account(request: HttpRequest, code: str) -> HttpResponse:
    """Hand a patient an address that opens an account of their own."""
    return hand_to(request, patient(request, code), checked=True)


@page(Act.RISK, "r")
def risks(request: HttpRequest) -> HttpResponse:
    """List the pages of risk that concern this person, and what stands in the way of a call."""
    found = paging.open_to(request.actor).order_by("seq")
    now = clock.now()
    context = {
        "rows": [(p, p.until < now) for p in found],
        "doubts": paging.doubts(),
        "zone": house.current().zone,
    }
    return render(request, "risks.html", context)


@page(None, "r", "GET POST")
def risk(request: HttpRequest, number: int) -> HttpResponse:
    """Show one page of risk, and take the word of whoever answers it."""
    actor: Actor = request.actor
    found = Page.objects.select_related("participant", "version").filter(pk=number).first()
    if found is None or actor.participant_code:
        refuse(actor, request)
    own = sees(actor, found.participant)
    if own or not paging.concerns(actor, found):
        patient(request, found.participant.code)
    note = ""
    if request.method == "POST":
        try:
            paging.acknowledge(actor, found, text_in(request, "text", 1000))
            return redirect("risk", number)
        except CrossblockError as error:
            note = " ".join(f"{p.what}. {p.fix}" for p in error.problems)
    answer = Acknowledgment.objects.select_related("by").filter(page=found).first()
    ended, calls = answer.at if answer else clock.now(), found.calls.select_related("person")
    context = {
        "page": found,
        "own": own,
        "answer": answer,
        "late": found.until < ended,
        "calls": [
            (c, paging.WHY[c.why], calling.told(c), c.until < ended) for c in calls.order_by("pk")
        ],
        "note": note,
        "typed": request.POST.get("text", ""),
        "zone": house.current().zone,
    }
    return render(request, "risk.html", context, status=422 if note else 200)


@page(Act.QUALITY, "r")
def quality_board(request: HttpRequest) -> HttpResponse:
    """Show how the clinic does, beside published figures; overrides with their reasons."""
    shares = quality.board()
    context = {
        "shares": shares,
        "groups": quality.groups(shares),
        "finding": quality.finding(shares),
        "wide": dots.dots(shares),
        "narrow": dots.dots(shares, NARROW),
        "overrides": quality.overrides(),
        "late": quality.unanswered(),
        "zone": house.current().zone,
    }
    return render(request, "quality.html", context)


@page(Act.EXPORT, "w", "GET POST")
def export_page(request: HttpRequest) -> HttpResponse:
    """Hand out the courses of those who agreed, without anything that names them."""
    if request.method == "POST":
        answer = HttpResponse(export.made(request.actor), content_type="application/zip")
        answer["Content-Disposition"] = 'attachment; filename="courses.zip"'
        return answer
    return render(request, "export.html", {"fewest": export.FEWEST})
