"""Overviews: schedule, flow, completeness, deviations, who sees what. Never by condition."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from crossblock.server import clock, study
from crossblock.server.pages.access import page
from crossblock.server.pages.grid import grid
from crossblock.server.record.models import Participant
from crossblock.server.roles import TABLE, Actor, Role, Thing
from crossblock.server.trial.agenda import completeness, standings, tasks
from crossblock.server.trial.models import Deviation
from crossblock.server.trial.state import Standing, visible


@page(Thing.SCHEDULE)
def schedule(request: HttpRequest) -> HttpResponse:
    """Show visits by form: the protocol's schedule with what the conduct of the study adds."""
    now = study.current()
    context = grid(now) | {
        "time_zero": now.protocol.time_zero,
        "washout": now.protocol.design.washout,
        "periods": now.protocol.periods,
        "assumed": now.conduct.assumptions(),
    }
    return render(request, "overview/schedule.html", context)


@page(Thing.FLOW)
def flow_diagram(request: HttpRequest) -> HttpResponse:
    """Show how many people are where, by period; totals only, since sequences are not known."""
    here = list(standings(visible(request.actor, Thing.FLOW)).values())
    return render(request, "overview/flow.html", {"stages": _flow(here)})


def _flow(here: list[Standing]) -> list[dict[str, Any]]:
    """Return the stages: who came so far, and who of them left there or is there now.

    Who came so far is who left, who is there and who came further: nobody is counted twice.
    """
    stages = _stages(study.current().protocol.periods)
    marks = [mark for mark, _, _, _ in stages]
    last = [max((k for k, m in enumerate(marks) if m in s.done), default=0) for s in here]
    fate = Counter(zip(last, map(_fate, here), strict=True))
    out: list[dict[str, Any]] = []
    for k, (_, words, left, now) in enumerate(stages):
        ways = [("screening failed", fate[k, "failed"]), (now, fate[k, "here"])]
        lines = [(left, fate[k, "left"])] if left else []
        lines += [(w, n) for w, n in ways if n and w]
        out.append({"words": words, "n": sum(x >= k for x in last), "out": lines})
    return out


def _stages(periods: int) -> list[tuple[tuple[str, int], str, str, str]]:
    """Return mark, words, and what is said of those who left there and of those who are there."""
    out = [
        (("registered", 0), "Registered", "left before consent", "in screening now"),
        (("consented", 0), "Consented", "left before randomization", "not yet randomized"),
        (("randomized", 0), "Randomized", "left before period 1", "waiting for period 1"),
    ]
    for p in range(1, periods + 1):
        out.append((("started", p), f"Began period {p}", f"left in period {p}", "in it now"))
        after = f"in the washout before period {p + 1}" if p < periods else "before the close"
        out.append((("finished", p), f"Finished period {p}", f"left {after}", f"{after} now"))
    return [*out, (("completed", 0), "Completed", "", "")]


def _fate(here: Standing) -> str:
    if ("screen failed", 0) in here.done:
        return "failed"
    return "left" if ("withdrawn", 0) in here.done else "here"


@page(Thing.COMPLETENESS)
def complete(request: HttpRequest) -> HttpResponse:
    """Show site by form: what share of the forms that should be there are there."""
    actor: Actor = request.actor
    people = visible(actor, Thing.COMPLETENESS)
    cells = completeness(people, clock.now())
    forms = sorted({form for _, form in cells})
    sites = [s for s in study.current().conduct.sites if any(p.site == s.id for p in people)]
    rows = [(s, [cells.get((s.id, f)) for f in forms]) for s in sites]
    return render(request, "overview/completeness.html", {"forms": forms, "rows": rows})


@page(Thing.DEVIATIONS)
def deviations(request: HttpRequest) -> HttpResponse:
    """List what did not go by the protocol."""
    actor: Actor = request.actor
    rows = Deviation.objects.filter(participant__in=visible(actor, Thing.DEVIATIONS))
    found = rows.select_related("participant").order_by("-seq", "-id")[:500]
    return render(request, "overview/deviations.html", {"rows": found})


@page(None)
def visibility(request: HttpRequest) -> HttpResponse:
    """Show the table of who sees and does what; it is the one that the server goes by."""
    words = {"": "", "r": "sees", "w": "writes"}
    rows = [(thing, [words[TABLE[thing].get(r, "")] for r in Role]) for thing in Thing]
    return render(request, "overview/visibility.html", {"roles": list(Role), "rows": rows})


@page(None)
def me(request: HttpRequest) -> HttpResponse:
    """Show a participant's own page: what is due, what was stored."""
    actor: Actor = request.actor
    person = Participant.objects.filter(code=actor.participant_code).first()
    context: dict[str, Any] = {"person": person}
    if person is not None:
        context |= _own(actor, person)
    return render(request, "me.html", context)


@page(None)
def crisis(request: HttpRequest) -> HttpResponse:
    """Show a participant whom to call now; to the people of the study, what participants see."""
    actor: Actor = request.actor
    conduct = study.current().conduct
    person = Participant.objects.filter(code=actor.participant_code).first()
    sites = [conduct.site(person.site)] if person else conduct.sites
    context = {"contacts": [c for site in sites for c in site.crisis], "person": person}
    return render(request, "crisis.html", context)


def _own(actor: Actor, person: Participant) -> dict[str, Any]:
    from_agenda = tasks(actor, [person], clock.now())
    entries = person.entries.prefetch_related("versions")
    mine = [
        (e, max(e.versions.all(), key=lambda v: v.number))
        for e in entries
        if any(v.by_id == actor.person_id for v in e.versions.all())
    ]
    return {
        "tasks": [t for t in from_agenda if t.when != "soon"],
        "soon": [t for t in from_agenda if t.when == "soon"],
        "stored": mine,
        "zone": study.current().conduct.site(person.site).zone,
    }
