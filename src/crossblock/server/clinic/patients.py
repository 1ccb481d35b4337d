"""The patient's own pages: what is due, the receipt, their curve and plan, and help at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from crossblock.server import clock
from crossblock.server.clinic import course, due, house, sheets, stoprule
from crossblock.server.clinic.access import page
from crossblock.server.clinic.models import Acknowledgment, Page
from crossblock.server.clinic.trajectory import pictures
from crossblock.server.pages.access import refuse
from crossblock.server.record import entries
from crossblock.server.record.entries import Spot
from crossblock.server.record.models import Participant
from crossblock.server.roles import Actor


@page(None)
def me(request: HttpRequest) -> HttpResponse:
    """Show a patient what is due, their own curve, and the plan."""
    actor: Actor = request.actor
    person = Participant.objects.filter(code=actor.participant_code or "-").first()
    if person is None:
        refuse(actor, request)
    known = course.read(person)
    context = {
        "person": person,
        "tasks": due.own(known, clock.now()),
        "pictures": pictures(known, ("qids-sr16", "phq9")),
        "plan": known.plan,
        "rule": stoprule.agreed(known),
        "consent": (consent := known.last("consent", course.INTAKE)),
        "told": consent_lines(consent.answers) if consent else (),
        "stored": [f for f in reversed(known.forms) if f.by == actor.person_id][:5],
        "zone": house.current().zone,
    }
    return render(request, "me.html", context)


def consent_lines(answers: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """Return what was asked in the consent, and the answer as it was given."""
    questions = sheets.CONSENT.questions
    return tuple(
        (q.label, dict(q.choices).get(str(answers.get(q.id)), "not answered")) for q in questions
    )


@page(None)
def help_page(request: HttpRequest, number: int) -> HttpResponse:
    """Show whom to call first; then who was paged and until when they answer."""
    actor: Actor = request.actor
    found = Page.objects.select_related("participant").filter(pk=number).first()
    if found is None or found.participant.code != actor.participant_code:
        refuse(actor, request)
    spot = Spot(form=found.form, visit=found.visit, period=found.period, repeat=found.repeat)
    context = {
        "page": found,
        "stored": entries.newest(found.participant, spot) is not None,
        "form_path": due.place(
            found.participant.code, found.visit, found.period, found.form, found.repeat
        ),
        "answer": Acknowledgment.objects.select_related("by").filter(page=found).first(),
        "zone": house.current().zone,
    }
    return render(request, "help.html", context)
