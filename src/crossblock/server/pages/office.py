"""The office: audit trail, rollback, kit stock, amendments, sealed results, jobs, lock."""

from __future__ import annotations

import base64
import json
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from crossblock.core.errors import CrossblockError
from crossblock.server import study
from crossblock.server.accounts.models import Person
from crossblock.server.jobs import work
from crossblock.server.jobs.models import Job
from crossblock.server.pages.access import page, refuse
from crossblock.server.pages.board import sentences
from crossblock.server.pages.fields import text_in
from crossblock.server.pages.trouble import typed_in
from crossblock.server.record import audit, door, witness
from crossblock.server.record.door import writing
from crossblock.server.record.models import Event, Reconciliation, Review
from crossblock.server.record.signing import reauthenticate
from crossblock.server.record.standing import standing
from crossblock.server.roles import Actor, Thing
from crossblock.server.trial import kits, lock, opening, sealed
from crossblock.server.trial.models import Lock, Opening, SealedResult

ROWS = 25


@page(Thing.AUDIT, "r", "GET POST")
def trail(request: HttpRequest) -> HttpResponse:
    """Show the audit trail by participant, person or action; sign off that it was read."""
    actor: Actor = request.actor
    if request.method == "POST":
        last = Event.objects.order_by("-seq").values_list("seq", flat=True).first() or 0
        note = text_in(request, "note", 1000)
        with writing(actor, "audit.review", Thing.AUDIT) as entry:
            entry.add(Review(upto=last, note=note))
        return redirect("audit")
    found = Event.objects.order_by("-seq")
    asked = {k: request.GET.get(k, "")[:254] for k in ("participant", "actor", "action")}
    wanted = {k: text.replace("\0", "") for k, text in asked.items()}  # no text in PostgreSQL
    for key, column in (
        ("participant", "participant"),
        ("action", "action__startswith"),
    ):
        if wanted[key]:
            found = found.filter(**{column: wanted[key]})
    if wanted["actor"]:
        found = found.filter(actor__in=_called(wanted["actor"]))
    before = request.GET.get("before", "")
    if before.isdecimal() and len(before) < 12:
        found = found.filter(seq__lt=int(before))
    # pairs made here: in a template, a fact named "items" would hide the method of that name
    rows = [(e, list(json.loads(e.body)["facts"].items())) for e in found[:ROWS]]
    context = {
        "rows": rows,
        "names": {p.ref: p.name for p in Person.objects.all()},
        "wanted": wanted,
        "before": rows[-1][0].seq if len(rows) == ROWS else 0,
        "later": before.isdecimal(),
        "reviews": Review.objects.select_related("by").order_by("-seq")[:5],
        "standing": standing(study.current()),
    }
    return render(request, "office/audit.html", context)


def _called(words: str) -> list[str]:
    """Return what the record calls those whose name, address or reference holds these words."""
    low = words.casefold()
    rows = Person.objects.only("name", "email")
    found = [p.ref for p in rows if low in f"{p.ref}\n{p.name}\n{p.email}".casefold()]
    return [*found, *(["server"] if low in "server" else [])]


@page(Thing.AUDIT, "r", "POST")
def trail_check(request: HttpRequest) -> HttpResponse:
    """Verify the chain and say what was found."""
    found = audit.verify(study.current())
    door.note(request.actor, "audit.verify", faults=len(found.faults))
    return render(request, "office/audit_check.html", {"found": found})


@page(Thing.RECONCILE, "r", "GET POST")
def rollback(request: HttpRequest) -> HttpResponse:
    """Show where the database stands against its witness; two people clear a difference up."""
    actor: Actor = request.actor
    now = study.current()
    note = ""
    if request.method == "POST":
        try:
            reauthenticate(actor, request.POST.get("password", ""), request.POST.get("code", ""))
            size, digest = witness.extent(now.witness)
            site = next(iter(actor.sites("w", Thing.RECONCILE)))
            found = text_in(request, "note", 1000)
            with writing(actor, "rollback.clear", Thing.RECONCILE, site=site) as entry:
                entry.add(
                    Reconciliation(
                        witness_bytes=size,
                        witness_sha256=digest,
                        note=found,
                    )
                )
            return redirect("rollback")
        except CrossblockError as error:
            note = sentences(error)
    context = {
        "standing": standing(now),
        "cleared": Reconciliation.objects.select_related("by").order_by("-seq")[:10],
        "note": note,
        "words": request.POST.get("note", ""),
        "typed": typed_in(request),
    }
    return render(request, "office/rollback.html", context, status=422 if note else 200)


@page(Thing.STOCK, "r", "GET POST")
def stock(request: HttpRequest) -> HttpResponse:
    """Count kits over all, and note what came, went and was destroyed."""
    note = ""
    if request.method == "POST":
        try:
            what = request.POST.get("what", "")
            kits.move(request.actor, request.POST.get("kit", ""), what, text_in(request, "note"))
            return redirect("stock")
        except CrossblockError as error:
            note = sentences(error)
    context = {
        "counts": kits.stock(),
        "moves": kits.STOCK_MOVES,
        "at_once": kits.AT_ONCE,
        "note": note,
        "kit": request.POST.get("kit", ""),
        "what": request.POST.get("what", kits.STOCK_MOVES[0]),
        "words": request.POST.get("note", ""),
    }
    return render(request, "office/stock.html", context, status=422 if note else 200)


@page(Thing.AMEND, "r", "GET POST")
def amendments(request: HttpRequest) -> HttpResponse:
    """List protocols; enter an amendment, or let a site work by one."""
    actor: Actor = request.actor
    note = ""
    if request.method == "POST":
        try:
            _act_on_amendment(request, actor)
            return redirect("amendments")
        except CrossblockError as error:
            note = "\n".join(str(p) for p in error.problems)
    context = {
        "rows": Opening.objects.select_related("by").order_by("seq"),
        "sites": [(s, opening.protocol_at(s.id)) for s in study.current().conduct.sites],
        "may_enter": actor.may("w", Thing.AMEND, ""),
        "note": note,
        "text": request.POST.get("text", ""),
        "words": request.POST.get("note", ""),
    }
    return render(request, "office/amendments.html", context, status=422 if note else 200)


def _act_on_amendment(request: HttpRequest, actor: Actor) -> None:
    if request.POST.get("what") == "enter":
        text = request.POST.get("text", "").replace("\r\n", "\n")
        opening.amend(actor, text, text_in(request, "note"))
        return
    number = request.POST.get("number", "")
    row = Opening.objects.filter(pk=int(number)).first() if number.isdecimal() else None
    site = request.POST.get("site", "")
    if row is None or site not in {s.id for s in study.current().conduct.sites}:
        refuse(actor, request)
    opening.activate(actor, row, site)


@page(Thing.SEALED, "r", "GET POST")
def sealed_results(request: HttpRequest) -> HttpResponse:
    """List results that were computed offline and sealed; store another. Nobody reads them here."""
    actor: Actor = request.actor
    note = ""
    if request.method == "POST":
        try:
            file = request.FILES.get("file")
            content = file.read() if file is not None else b""
            sealed.store(actor, text_in(request, "name", 200), content)
            return redirect("sealed")
        except CrossblockError as error:
            note = sentences(error)
    context: dict[str, Any] = {
        "rows": SealedResult.objects.select_related("by").order_by("seq"),
        "may": actor.may("w", Thing.SEALED),
        "note": note,
        "name": request.POST.get("name", ""),
    }
    return render(request, "office/sealed.html", context, status=422 if note else 200)


@page(Thing.SEALED, "w")
def sealed_file(request: HttpRequest, number: int) -> HttpResponse:
    """Give a sealed result back, as it was stored."""
    row = SealedResult.objects.filter(pk=number).first()
    if row is None:
        refuse(request.actor, request)
    door.note(request.actor, "sealed.read", name=row.name)
    response = HttpResponse(base64.b64decode(row.ciphertext), content_type="application/age")
    response["Content-Disposition"] = f'attachment; filename="result-{row.pk}.age"'
    return response


@page(Thing.JOBS, "r", "GET POST")
def jobs(request: HttpRequest) -> HttpResponse:
    """List work for the worker process; ask for some."""
    if request.method == "POST":
        kind = request.POST.get("kind", "")
        if kind in work.KINDS and work.may_have(request.actor, kind):
            work.want(request.actor, kind)
        return redirect("jobs")
    kinds = {k: words for k, words in work.KINDS.items() if work.may_have(request.actor, k)}
    rows = Job.objects.select_related("by").order_by("-id")[:50]
    context = {"rows": [(r, work.may_have(request.actor, r.kind)) for r in rows], "kinds": kinds}
    return render(request, "office/jobs.html", context)


@page(Thing.JOBS, "r")
def job_file(request: HttpRequest, number: int) -> HttpResponse:
    """Give the file that a job made; who took it is an event."""
    row = Job.objects.filter(pk=number, state="done").first()
    found = work.result_file(row) if row is not None else None
    if row is None or found is None or not work.may_have(request.actor, row.kind):
        refuse(request.actor, request)
    door.note(request.actor, "export.read", job=row.pk, kind=row.kind)
    response = HttpResponse(found.read_bytes(), content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="{found.name}"'
    return response


@page(Thing.LOCK, "r", "GET POST")
def lock_page(request: HttpRequest) -> HttpResponse:
    """Show what stands in the way of the lock; lock with the password typed again."""
    actor: Actor = request.actor
    note = ""
    if request.method == "POST":
        try:
            reauthenticate(actor, request.POST.get("password", ""), request.POST.get("code", ""))
            lock.lock(actor, text_in(request, "note"))
            return redirect("lock")
        except CrossblockError as error:
            note = sentences(error)
    made = Lock.objects.select_related("by").order_by("seq").first()
    context = {"points": lock.open_points(), "made": made, "note": note}
    context |= {"words": request.POST.get("note", ""), "typed": typed_in(request)}
    return render(request, "office/lock.html", context, status=422 if note else 200)
