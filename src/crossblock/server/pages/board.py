"""Boards: safety, harm count, queries, signatures, code break."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from crossblock.core.errors import CrossblockError, Problem
from crossblock.server import study
from crossblock.server.pages.access import page, participant, refuse, zone_of
from crossblock.server.pages.fields import text_in
from crossblock.server.pages.form import may_read, plain, thing_of_entry
from crossblock.server.pages.trouble import typed_in
from crossblock.server.record import door
from crossblock.server.record.door import writing
from crossblock.server.record.models import Entry, Query, QueryNote, Version
from crossblock.server.record.signing import holds, reauthenticate, sign
from crossblock.server.roles import Actor, RefusedError, Thing
from crossblock.server.trial import safety, unblinding
from crossblock.server.trial.lock import newest_contents
from crossblock.server.trial.models import Alert, CodeBreak
from crossblock.server.trial.state import visible

MOST_TEXT = 1000
MEANINGS = ("I have reviewed this and agree", "I wrote this", "I confirm the correction")


def sentences(error: CrossblockError) -> str:
    """Return what an error says, in one line of sentences."""
    return " ".join(f"{p.what}. {p.fix}".strip() for p in error.problems)


@page(Thing.SAFETY)
def board(request: HttpRequest) -> HttpResponse:
    """Show open and closed alerts, adverse events, and the harm count."""
    actor: Actor = request.actor
    mine = visible(actor, Thing.SAFETY)
    rows = Alert.objects.filter(participant__in=mine).select_related("participant", "note__by")
    form = study.current().conduct.forms.event
    events = [
        (v, c["answers"])
        for v, c in (newest_contents(form) if form else {}).values()
        if actor.may("r", Thing.EVENTS, v.entry.participant.site)
    ]
    context = {
        "open": [a for a in rows if not hasattr(a, "note")],
        "closed": [a for a in rows if hasattr(a, "note")],
        "events": events,
        "harm": safety.harm(),
    }
    return render(request, "board/safety.html", context)


@page(Thing.HARM)
def harm(request: HttpRequest) -> HttpResponse:
    """Show the harm count against the limit at which the study pauses."""
    rules = study.current().protocol.interim
    context = {
        "harm": safety.harm(),
        "rules": [r for r in rules.rules if r.purpose == "harm"] if rules else [],
    }
    return render(request, "board/harm.html", context)


def _readable(actor: Actor, entry: Entry) -> bool:
    thing = thing_of_entry(entry)
    return thing is not None and may_read(actor, thing, entry.participant, entry)


@page(Thing.QUERIES)
def queries(request: HttpRequest) -> HttpResponse:
    """List queries about what this person may read, open ones first."""
    actor: Actor = request.actor
    rows = Query.objects.select_related("entry__participant", "by").prefetch_related("notes")
    mine = visible(actor, Thing.QUERIES)
    rows = rows.filter(entry__participant__in=mine)
    found = [(q, _closed(q)) for q in rows.order_by("-seq") if _readable(actor, q.entry)]
    context = {"rows": sorted(found, key=lambda row: row[1])}
    return render(request, "board/queries.html", context)


def _closed(query: Query) -> bool:
    return any(n.closes for n in query.notes.all())


@page(Thing.QUERIES, "w", "GET POST")
def query(request: HttpRequest, number: int) -> HttpResponse:
    """Show one query; answer it, or (who asked) close it."""
    actor: Actor = request.actor
    found = Query.objects.select_related("entry__participant", "by").filter(pk=number).first()
    if (
        found is None
        or not _readable(actor, found.entry)
        or not visible(actor, Thing.QUERIES).filter(pk=found.entry.participant_id).exists()
    ):
        refuse(actor, request)
    person = found.entry.participant
    may_close = actor.may("w", Thing.ASK, person.site)
    note, closes = "", request.POST.get("closes") == "yes" and may_close
    if request.method == "POST":
        try:
            _answer(actor, found, text_in(request, "text", MOST_TEXT), closes)
            return redirect("query", number=number)
        except CrossblockError as error:
            note = sentences(error)
    context = {
        "note": note,
        "text": request.POST.get("text", ""),
        "closes": closes,
        "typed": typed_in(request),
        "query": found,
        "notes": found.notes.select_related("by").order_by("seq"),
        "closed": _closed(found),
        "may_close": may_close,
        "zone": zone_of(person.site),
    }
    return render(request, "board/query.html", context, status=422 if note else 200)


def _answer(actor: Actor, found: Query, text: str, closes: bool) -> None:
    """Add a note to an open query."""
    if not text:
        raise RefusedError(Problem(what="the answer is empty", fix="write it, then save"))
    act = "query.close" if closes else "query.answer"
    with writing(actor, act, Thing.QUERIES, participant=found.entry.participant) as entry:
        if _closed(found):
            raise RefusedError(Problem(what="this query was closed meanwhile"))
        entry.add(QueryNote(query=found, text=text, closes=closes))
        entry.say(query=found.pk)


@page(Thing.ASK, "w", "POST")
def ask(request: HttpRequest, code: str, entry: int) -> HttpResponse:
    """Ask a question about a written value."""
    actor: Actor = request.actor
    person = participant(request, code)
    found = person.entries.filter(pk=entry).first()
    if found is None or not _readable(actor, found):
        refuse(actor, request)
    text, item = text_in(request, "text", MOST_TEXT), text_in(request, "item", 64)
    if not text:
        raise RefusedError(Problem(what="the question is empty", fix="write it, then ask"))
    with writing(actor, "query.ask", Thing.ASK, participant=person) as entry_:
        made = entry_.add(Query(entry=found, item=item, text=text))
        entry_.say(form=found.form, item=item)
    return redirect("query", number=made.pk)


@page(Thing.SIGN, "w", "GET POST")
def signature(request: HttpRequest, code: str, version: int) -> HttpResponse:
    """Sign one version, with the password typed again."""
    actor: Actor = request.actor
    person = participant(request, code)
    found = Version.objects.filter(pk=version, entry__participant=person).first()
    if found is None or not _readable(actor, found.entry):
        refuse(actor, request)
    note = ""
    if request.method == "POST":
        meaning = request.POST.get("meaning", "")
        try:
            password = request.POST.get("password", "")
            reauthenticate(actor, password, request.POST.get("code", ""))
            sign(actor, found, meaning if meaning in MEANINGS else MEANINGS[0])
            return redirect("history", code=code, entry=found.entry_id)
        except CrossblockError as error:
            note = sentences(error)
    context = {
        "person": person,
        "version": found,
        "content": plain(found.content),
        "meanings": MEANINGS,
        "meaning": request.POST.get("meaning", MEANINGS[0]),
        "signatures": [(s, holds(s)) for s in found.signatures.select_related("by")],
        "note": note,
        "zone": zone_of(person.site),
    }
    return render(request, "board/sign.html", context, status=422 if note else 200)


@page(Thing.CODE_BREAK, "w", "GET POST")
def code_break(request: HttpRequest, code: str) -> HttpResponse:
    """Record a code break; only then the sealed envelope can be taken away."""
    actor: Actor = request.actor
    person = participant(request, code, Thing.CODE_BREAK)
    if not hasattr(person, "allocation"):
        refuse(actor, request)
    note = ""
    if request.method == "POST":
        try:
            password = request.POST.get("password", "")
            reauthenticate(actor, password, request.POST.get("code", ""))
            reason = text_in(request, "reason", MOST_TEXT)
            unblinding.break_code(actor, person, request.POST.get("kind", ""), reason)
            return redirect("code_break", code=code)
        except CrossblockError as error:
            note = sentences(error)
    context = {
        "person": person,
        "made": CodeBreak.objects.filter(participant=person).select_related("by").first(),
        "kinds": unblinding.KINDS,
        "note": note,
        "kind": request.POST.get("kind", unblinding.KINDS[0]),
        "reason": request.POST.get("reason", ""),
        "typed": typed_in(request),
        "zone": zone_of(person.site),
    }
    return render(request, "board/code_break.html", context, status=422 if note else 200)


@page(Thing.CODE_BREAK, "w", "POST")
def envelope(request: HttpRequest, code: str) -> HttpResponse:
    """Hand out the sealed envelope of a recorded code break. It is opened elsewhere."""
    actor: Actor = request.actor
    person = participant(request, code, Thing.CODE_BREAK)
    made = CodeBreak.objects.filter(participant=person, by_id=actor.person_id).first()
    if made is None:
        refuse(actor, request)
    found = unblinding.release(actor, made)
    response = HttpResponse(found.content, content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="{found.name}"'
    return response


@page(Thing.UNBLINDING)
def unblindings(request: HttpRequest) -> HttpResponse:
    """Show the register of unblindings: who, when, why, and never what was found."""
    rows = CodeBreak.objects.select_related("participant", "by").prefetch_related("releases")
    mine = visible(request.actor, Thing.UNBLINDING)
    rows = rows.filter(participant__in=mine).order_by("seq")
    door.note(request.actor, "unblindings.read")
    return render(request, "board/unblindings.html", {"rows": rows})
