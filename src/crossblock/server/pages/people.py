"""People and their roles: invite, ask, give, end, erase; and a participant's own account."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from crossblock.core.errors import CrossblockError
from crossblock.server import study
from crossblock.server.accounts import invitation
from crossblock.server.accounts import people as accounts
from crossblock.server.accounts.models import Grant, GrantRequest, Person
from crossblock.server.pages.access import page, participant, refuse
from crossblock.server.pages.board import sentences
from crossblock.server.pages.fields import text_in
from crossblock.server.pages.trouble import typed_in
from crossblock.server.record.models import Participant
from crossblock.server.roles import EVERY_SITE, Actor, Role, Thing

HANDED = frozenset({"invite", "link"})
"""What ends with an address that is shown once, on the answer itself."""
STAFF: Mapping[Role, str] = {role: str(role) for role in Role if role is not Role.PARTICIPANT}
"""The roles that are asked for here, by what they are called."""


@page(Thing.PEOPLE, "r", "GET POST")
def people(request: HttpRequest, called: Mapping[Role, str] = STAFF) -> HttpResponse:
    """List people, their roles and requests; invite; ask for, give and end roles.

    called: the roles there are, and what they are called here
    """
    actor: Actor = request.actor
    note, handed = "", None
    if request.method == "POST":
        if not actor.may("w", Thing.PEOPLE):
            refuse(actor, request)
        try:
            if request.POST.get("what") in HANDED:
                handed = _hand_over(request, actor)
            else:
                note = _act(request, actor, called)
                if not note:
                    return redirect("people")
        except CrossblockError as error:
            note = sentences(error)
    context = {
        **_listed(called),
        "roles": list(called.items()),
        "sites": study.current().conduct.sites,
        "note": note,
        "handed": handed,
        "may": actor.may("w", Thing.PEOPLE),
        "chosen": {k: request.POST.get(k, "") for k in FIELDS} if not handed else {},
        "typed": typed_in(request),
    }
    return render(request, "office/people.html", context, status=422 if note else 200)


FIELDS = ("what", "number", "role", "site", "reason", "name", "email")


def _listed(called: Mapping[Role, str]) -> dict[str, Any]:
    """Return everybody with the roles in force, who waits for one, and who holds two too many."""
    held = accounts.held_by_all()
    waiting = GrantRequest.objects.filter(grant__isnull=True).select_related("person", "by")
    rows = [
        {
            "person": p,
            "grants": [(g, _called(called, g.request.role)) for g in held.get(p.pk, ())],
            "invited": invitation.is_open(p),
            "may_link": p.is_active
            and not p.participant_id
            and not invitation.at_work(p, p.pk in held),
        }
        for p in Person.objects.order_by("name")
    ]
    return {
        "rows": rows,
        "waiting": [(r, _called(called, r.role)) for r in waiting],
        "both": accounts.both_at_once(),
    }


def _called(called: Mapping[Role, str], role: str) -> str:
    return called.get(Role(role), role)


def _hand_over(request: HttpRequest, actor: Actor) -> dict[str, str] | None:
    """Invite somebody, or open an account anew; return the address to hand over."""
    if request.POST.get("what") == "invite":
        email = text_in(request, "email", 254)
        person = accounts.invite(actor, email, text_in(request, "name", 200) or email, None)
    else:
        found = _row(Person, request)
        if found is None:
            return None
        person = found
    path = invitation.link(actor, person)
    return {"name": person.name, "login": person.email, "url": request.build_absolute_uri(path)}


def _row(model: Any, request: HttpRequest) -> Any:
    """Return the row whose number was sent, or None."""
    number = request.POST.get("number", "")
    known = number.isdecimal() and len(number) < 10
    return model.objects.filter(pk=int(number)).first() if known else None


def _act(request: HttpRequest, actor: Actor, called: Mapping[Role, str]) -> str:
    """Do what the form asks; only the named fields are read, whatever else was sent."""
    what = request.POST.get("what", "")
    if what == "give":
        row = _row(GrantRequest, request)
        if row is not None:
            accounts.give(actor, row)
    elif what == "end":
        grant = _row(Grant, request)
        if grant is not None:
            accounts.end(actor, grant, text_in(request, "reason"))
    elif what == "erase":
        person = _row(Person, request)
        if person is not None and request.POST.get("sure") != "yes":
            return "Say that you are sure: it cannot be taken back."
        if person is not None:
            accounts.erase(actor, person)
    elif what == "ask":
        return _ask(request, actor, called)
    return ""


def _ask(request: HttpRequest, actor: Actor, called: Mapping[Role, str]) -> str:
    person, role = _row(Person, request), request.POST.get("role", "")
    site = request.POST.get("site", "")
    if person is None or role not in called:
        return "Choose a person and a role."
    if site not in {"", *(s.id for s in study.current().conduct.sites)}:
        return "Choose a site."
    site = "" if Role(role) in EVERY_SITE else site
    accounts.ask(actor, person, Role(role), site, text_in(request, "reason"))
    return ""


@page(Thing.PARTICIPANTS, "w", "GET POST")
def own_account(request: HttpRequest, code: str) -> HttpResponse:
    """Say whether a participant has an account of their own; hand over an address that opens it."""
    person = participant(request, code)
    if not request.actor.may("w", Thing.PARTICIPANTS, person.site):
        refuse(request.actor, request)
    return hand_to(request, person)


def hand_to(request: HttpRequest, person: Participant, *, checked: bool = False) -> HttpResponse:
    """Show, and on a sent form make, what opens a participant's own account."""
    note, url = "", ""
    if request.method == "POST" and request.POST.get("what") != "make":
        return redirect("own_account", code=person.code)
    if request.method == "POST":
        try:
            path = invitation.own_link(request.actor, person, checked=checked)
            url = request.build_absolute_uri(path)
        except CrossblockError as error:
            note = sentences(error)
    account = Person.objects.filter(participant=person).first()
    context = {
        "person": person,
        "account": account,
        "invited": account is not None and invitation.is_open(account),
        "url": url,
        "note": note,
    }
    return render(request, "office/own_account.html", context, status=422 if note else 200)
