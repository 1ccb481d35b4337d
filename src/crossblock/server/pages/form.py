"""The visit form: one instrument a screen, drafts, conflicts, receipts, versions."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from crossblock.core.errors import CrossblockError, Problem
from crossblock.server import clock, study
from crossblock.server.pages.access import page, participant, refuse, zone_of
from crossblock.server.pages.fields import (
    fields,
    new_key,
    now_text,
    occurred_of,
    shown,
    submission,
    typed_of,
)
from crossblock.server.pages.ways import correction_of, is_measured_again, number_of, place_at
from crossblock.server.pages.words import kept_of
from crossblock.server.record import entries
from crossblock.server.record.entries import ConflictError, Spot
from crossblock.server.record.models import Entry, Participant, Version
from crossblock.server.record.sheet import Sheet, of_instrument, read
from crossblock.server.roles import Actor, RefusedError, Role, Thing
from crossblock.server.trial import clearance, rating
from crossblock.server.trial.agenda import fills
from crossblock.server.trial.models import Alert
from crossblock.server.trial.schedule import Place, places_at, thing_at
from crossblock.server.trial.state import rates


def _open(
    request: HttpRequest, code: str, period: int, visit: str, form: str, rater: str
) -> tuple[Participant, Place]:
    """Return participant and place, or say there is no such page (to whom it does not belong)."""
    actor: Actor = request.actor
    person = participant(request, code)
    place = place_at(person, period, visit, form, rater)
    if place is None or not fills(actor, place, person):
        refuse(actor, request)
    return person, place


def _spot(place: Place, repeat: int) -> Spot:
    return Spot(
        form=place.form,
        visit=place.visit,
        period=place.period,
        rater=place.rater,
        repeat=repeat,
    )


@page(None, "w", "GET POST")
def fill(
    request: HttpRequest,
    code: str,
    period: str,
    visit: str,
    form: str,
    rater: str | None = None,
    repeat: str | None = None,
) -> HttpResponse:
    """Show a form, or save what was typed into it."""
    person, place = _open(request, code, int(period), visit, form, rater or "")
    actor: Actor = request.actor
    if place.thing is Thing.OUTCOME_FORMS and not rates(actor, person):
        raise RefusedError(Problem(what="another rater takes over this participant"))
    if request.method == "GET" and clearance.waits(actor, place.thing):
        mine = next((a for a in clearance.blocking(person) if acts_on(actor, a)), None)
        if mine is not None:
            return redirect("alert", code=code, alert=mine.pk)
        clearance.check_alerts(person)
    number = number_of(request, person, place, int(repeat or 0))
    if number > 1 and not repeat and place.visit:
        return redirect(f"{request.path}{number}/")
    sheet = _sheet(person, place)
    if request.method == "POST":
        return _save(request, person, place, sheet, number)
    spot = _spot(place, number)
    last = entries.newest(person, spot)
    draft = entries.draft(actor.person_id, request.path)
    typed = {k: v for k, v in draft.items() if k in {q.id for q in sheet.questions}}
    if last is not None and not typed and _own_is_shown(last, place):
        stored = entries.content_of(last)["answers"]
        hidden = kept_of(actor, sheet, stored)
        typed = {k: shown(v) for k, v in stored.items() if k not in hidden}
    context = _context(request, person, place, sheet, typed, {}, last, number=number)
    context |= {"draft": bool(draft), "occurred": draft.get("occurred", context["occurred"])}
    return render(request, "form/fill.html", context)


def _sheet(person: Participant, place: Place) -> Sheet:
    """Return the form in the words of the participant's site."""
    now = study.current()
    return of_instrument(now.instrument(place.form), now.conduct.site(person.site).language or "")


def _own_is_shown(last: Version, place: Place) -> bool:
    """Tell whether what was saved earlier is put into the fields again.

    Outcome ratings stay hidden where the conduct file says so: a rater who sees the last score
    rates it again.
    """
    hidden = study.current().conduct.earlier_scores == "hidden"
    return not (hidden and place.thing is Thing.OUTCOME_FORMS)


def _unseen(actor: Actor, last: Version | None, place: Place, sheet: Sheet) -> dict[str, str]:
    """Return what was saved and is not put into the fields: left empty there, it stays."""
    stored = entries.content_of(last)["answers"] if last is not None else {}
    if last is not None and not _own_is_shown(last, place):
        return {k: shown(v) for k, v in stored.items()}
    return kept_of(actor, sheet, stored)


def _context(
    request: HttpRequest,
    person: Participant,
    place: Place,
    sheet: Sheet,
    typed: Mapping[str, str],
    faults: Mapping[str, str],
    last: Version | None,
    others: Mapping[str, Any] | None = None,
    number: int = 1,
) -> dict[str, Any]:
    zone = zone_of(person.site)
    protocol = study.current().protocol
    visit = protocol.visit(place.visit) if place.visit else None
    return {
        "person": person,
        "place": place,
        "visit": visit,
        "sheet": sheet,
        "fields": fields(sheet, typed, faults, others, _kept(request.actor, last, sheet)),
        "answered": sum(1 for q in sheet.questions if typed.get(q.id)),
        "base": last.number if last else 0,
        "last": last,
        "number": number,
        "hidden": last is not None and not _own_is_shown(last, place),
        "key": new_key(),
        "zone": zone,
        "occurred": request.POST.get("occurred")
        or (clock.local(last.occurred, zone) if last else now_text(zone)),
        "reason": request.POST.get("reason", ""),
        "self_filled": bool(request.actor.participant_code),
    }


def _kept(actor: Actor, last: Version | None, sheet: Sheet) -> set[str]:
    return set(kept_of(actor, sheet, entries.content_of(last)["answers"])) if last else set()


def _save(
    request: HttpRequest, person: Participant, place: Place, sheet: Sheet, repeat: int
) -> HttpResponse:
    actor: Actor = request.actor
    typed = typed_of(request, sheet)
    spot = _spot(place, repeat)
    last = entries.newest(person, spot)
    unseen = _unseen(actor, last, place, sheet)
    found = read(sheet, {**unseen, **{k: v for k, v in typed.items() if v or k not in unseen}})
    occurred = occurred_of(request, zone_of(person.site))
    faults = dict(found.faults)
    note, others = "", None
    incomplete = request.POST.get("incomplete") == "yes"
    if occurred is None:
        note = "When did it take place? Give date and time as they were on site."
    elif not faults and found.unanswered and not incomplete:
        faults = dict.fromkeys(found.unanswered, "Not answered yet.")
    elif not faults:
        try:
            saved = rating.save(
                actor, person, place, found.answers, submission(request, occurred),
                unanswered=found.unanswered, repeat=repeat,
            )  # fmt: skip
            entries.drop_draft(actor.person_id, request.path)
            return _after(request, person, place, saved)
        except ConflictError as clash:
            others = entries.content_of(clash.newest)["answers"]
            note, last = "; ".join(p.what for p in clash.problems), clash.newest
        except CrossblockError as error:
            note = " ".join(f"{p.what}. {p.fix}".strip() for p in error.problems)
    entries.keep_draft(actor.person_id, request.path, typed)
    context = _context(request, person, place, sheet, typed, faults, last, others, repeat)
    context |= {"note": note, "conflict": others is not None, "left_out": found.unanswered}
    return render(request, "form/fill.html", context, status=409 if others is not None else 422)


def _after(
    request: HttpRequest, person: Participant, place: Place, saved: rating.Saved
) -> HttpResponse:
    """Go where the saved form leads: to help, to an alert, to the screener, or to the receipt."""
    if saved.alerts and request.actor.participant_code:
        return redirect("crisis")
    blocking = next((a for a in saved.alerts if a.action == "block"), None)
    if blocking is not None:
        return redirect("alert", code=person.code, alert=blocking.pk)
    screen = any(a.action == "screen" for a in saved.alerts)
    screener = study.current().conduct.forms.screener
    if screen and screener and place.visit:
        then = Place(form=screener, visit=place.visit, period=place.period, thing=Thing.SCREENER)
        asked = person.entries.filter(form=screener, visit=then.visit, period=then.period)
        if not asked.exists():
            return redirect(f"/p/{person.code}/{then.path}?why=screen")
    return redirect("receipt", code=person.code, version=saved.version.pk)


@page(None, "w", "POST")
def draft(
    request: HttpRequest,
    code: str,
    period: str,
    visit: str,
    form: str,
    rater: str | None = None,
    repeat: str | None = None,
) -> HttpResponse:
    """Keep what is being typed, and say when it was kept."""
    person, place = _open(request, code, int(period), visit, form, rater or "")
    sheet = _sheet(person, place)
    typed = {k: v for k, v in typed_of(request, sheet).items() if v}
    typed["occurred"] = request.POST.get("occurred", "")[:40]
    path = request.path.removesuffix("draft/")
    at = entries.keep_draft(request.actor.person_id, path, typed)
    return render(request, "form/kept.html", {"at": at, "zone": zone_of(person.site)})


@page(None, "r")
def receipt(request: HttpRequest, code: str, version: int) -> HttpResponse:
    """Say that a form was saved, when, as which version, and what comes next in this visit."""
    actor: Actor = request.actor
    person = participant(request, code)
    found = (
        Version.objects.filter(pk=version, entry__participant=person, by_id=actor.person_id)
        .select_related("entry")
        .first()
    )
    if found is None:
        refuse(actor, request)
    entry = found.entry
    content = entries.content_of(found)
    now = study.current()
    context = {
        "person": person,
        "version": found,
        "entry": entry,
        "instrument": now.instrument(entry.form),
        "content": content,
        "own": bool(actor.participant_code),
        "correct": correction_of(actor, person, entry, rating=_rates(actor, person, entry)),
        "again": _again_path(person, entry, actor),
        "left": _left(actor, person, entry.visit, entry.period),
        "zone": zone_of(person.site),
    }
    return render(request, "form/receipt.html", context)


def _rates(actor: Actor, person: Participant, entry: Entry) -> bool:
    return thing_of_entry(entry) is not Thing.OUTCOME_FORMS or rates(actor, person)


def _again_path(person: Participant, entry: Entry, actor: Actor) -> str:
    """Return where another measurement of the same form is added, or ""."""
    place = place_at(person, entry.period, entry.visit, entry.form, entry.rater)
    if place is None or not is_measured_again(place) or not fills(actor, place, person):
        return ""
    return f"/p/{person.code}/{place.path}"


def _left(actor: Actor, person: Participant, visit: str, period: int) -> list[Place]:
    """Return the forms of the same visit that this person has still to fill."""
    now = study.current()
    if not visit:
        return []
    done = set(person.entries.filter(visit=visit, period=period).values_list("form", "rater"))
    every = places_at(now.protocol, now.conduct, now.protocol.visit(visit), period)
    return [p for p in every if (p.form, p.rater) not in done and fills(actor, p, person)]


@page(None, "r")
def history(request: HttpRequest, code: str, entry: int) -> HttpResponse:
    """Show every version of a form: who, when, why, and what changed."""
    actor: Actor = request.actor
    person = participant(request, code)
    found = person.entries.filter(pk=entry).first()
    thing = thing_of_entry(found) if found else None
    if found is None or thing is None or not may_read(actor, thing, person, found):
        refuse(actor, request)
    rows = list(found.versions.select_related("by").prefetch_related("signatures__by"))
    contents = [entries.content_of(v) for v in rows]
    changes = [_changes(contents[i - 1] if i else {}, c) for i, c in enumerate(contents)]
    hidden = (
        thing is Thing.OUTCOME_FORMS
        and Role.OUTCOME_RATER in actor.roles
        and (study.current().conduct.earlier_scores == "hidden")
    )
    context = {
        "person": person,
        "entry": found,
        "rows": [
            {"version": v, "changes": c, "content": x}
            for v, c, x in zip(rows, changes, contents, strict=True)
        ],
        "hidden": hidden,
        "correct": correction_of(actor, person, found, rating=_rates(actor, person, found)),
        "zone": zone_of(person.site),
        "may_sign": actor.may("w", Thing.SIGN, person.site),
        "queries": found.queries.prefetch_related("notes"),
        "may_ask": actor.may("w", Thing.ASK, person.site),
    }
    return render(request, "form/history.html", context)


def thing_of_entry(entry: Any) -> Thing:
    """Return what kind of information an entry holds."""
    return thing_of_form(entry.form, entry.visit)


def thing_of_form(form: str, visit: str) -> Thing:
    """Return what kind of information a form of a visit ("" for none) holds."""
    now = study.current()
    if form in {"screening", "consent"}:
        return Thing.ELIGIBILITY
    if form == "gate":
        return Thing.GATE
    kind = now.protocol.visit(visit).kind if visit else "session"
    return thing_at(now.conduct, now.instrument(form), kind)


def may_read(actor: Actor, thing: Thing, person: Participant, entry: Any) -> bool:
    """Tell whether somebody may read an entry: by the table, and own guesses only by oneself."""
    own = thing is Thing.GUESS and entry.versions.filter(by_id=actor.person_id).exists()
    return reads(actor, thing, person.site, own=own)


def reads(actor: Actor, thing: Thing, site: str, *, own: bool) -> bool:
    """Tell whether somebody may read what is a thing; `own`: they wrote a version themselves."""
    if thing is Thing.GUESS:
        return own
    if actor.participant_code:
        return thing is Thing.SELF_FORMS
    return actor.may("r", thing, site)


def acts_on(actor: Actor, alert: Alert) -> bool:
    """Tell whether somebody acts on an alert: who reads the form that raised it, or looks after the
    safety of the site.
    """
    person, entry = alert.participant, alert.version.entry
    if not actor.may("w", Thing.ALERTS, person.site):
        return False
    return actor.may("r", Thing.SAFETY, person.site) or reads(
        actor, thing_of_entry(entry), person.site, own=False
    )


def _changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    old, new = before.get("answers", {}), after.get("answers", {})
    keys = [*new, *(k for k in old if k not in new)]
    return [
        (k, shown(old.get(k, "")), shown(new.get(k, ""))) for k in keys if old.get(k) != new.get(k)
    ]


def plain(content: str) -> dict[str, Any]:
    """Return stored content."""
    return dict(json.loads(content))
