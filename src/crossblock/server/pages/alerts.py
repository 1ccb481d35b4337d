"""Alerts: which wait for somebody, and the page on which one is closed with what was done."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from crossblock.core.errors import CrossblockError
from crossblock.server.pages.access import page, participant, refuse, zone_of
from crossblock.server.pages.fields import text_in
from crossblock.server.pages.form import acts_on
from crossblock.server.pages.trouble import typed_in
from crossblock.server.record.models import Participant
from crossblock.server.roles import Actor, Thing
from crossblock.server.trial import safety
from crossblock.server.trial.models import Alert
from crossblock.server.trial.state import open_alerts, visible

MOST = 50
MOST_TEXT = 1000


@dataclass(frozen=True, kw_only=True, slots=True)
class Waiting:
    """One open alert; `screener` is where the suicide screener that it asks for is filled."""

    alert: Alert
    screener: str


def waiting(actor: Actor) -> list[Waiting]:
    """Return the open alerts that somebody may act on, the oldest first."""
    rows = Alert.objects.filter(participant__in=visible(actor), note__isnull=True)
    rows = rows.select_related("participant", "version__entry").order_by("seq")
    return with_screener(list(islice((a for a in rows if acts_on(actor, a)), MOST)))


def with_screener(found: Iterable[Alert]) -> list[Waiting]:
    """Return alerts with the way to their screener, where that is still to be filled."""
    rows = list(found)
    left = {a.pk for a in safety.unscreened(rows)}
    return [Waiting(alert=a, screener=_screener(a) if a.pk in left else "") for a in rows]


def _screener(alert: Alert) -> str:
    place = safety.screener_of(alert)
    return f"/p/{alert.participant.code}/{place.path}?why=screen" if place else ""


def _next(actor: Actor, person: Participant) -> str:
    """Return the way to a suicide screener that is still to be filled, "" for none."""
    rows = open_alerts(person).select_related("participant", "version__entry")
    left = with_screener(a for a in rows if acts_on(actor, a))
    return next((w.screener for w in left if w.screener), "")


@page(Thing.ALERTS, "w", "GET POST")
def alert(request: HttpRequest, code: str, alert: int) -> HttpResponse:
    """Show one alert; it closes with a note of what was done, and with nothing else.

    One that asks for the suicide screener closes when that is filled, or with the reason why not.
    """
    actor: Actor = request.actor
    person = participant(request, code)
    found = person.alerts.filter(pk=alert).select_related("version__entry", "participant").first()
    if found is None or not acts_on(actor, found):
        refuse(actor, request)
    note = ""
    if request.method == "POST":
        try:
            text, without = text_in(request, "text", MOST_TEXT), text_in(request, "without")
            safety.act(actor, found, text, without)
            return redirect(_next(actor, person) or f"/p/{code}/")
        except CrossblockError as error:
            note = " ".join(f"{p.what}. {p.fix}".strip() for p in error.problems)
    context = {
        "person": person,
        "alert": found,
        "unscreened": bool(safety.unscreened([found])),
        "screener": with_screener([found])[0].screener,
        "note": note,
        "typed": typed_in(request),
        "text": request.POST.get("text", ""),
        "without": request.POST.get("without", ""),
        "zone": zone_of(person.site),
    }
    return render(request, "board/alert.html", context, status=422 if note else 200)
