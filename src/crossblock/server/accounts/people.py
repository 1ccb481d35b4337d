"""Accounts and grants: asked for by one person, given by another, ended at once."""

from __future__ import annotations

from collections import defaultdict

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import QuerySet

from crossblock.core.errors import Problem
from crossblock.server.accounts.models import Grant, GrantEnd, GrantRequest, Person
from crossblock.server.record import door
from crossblock.server.record.door import writing
from crossblock.server.record.models import Draft, Participant, Signature
from crossblock.server.roles import BLINDED, EVERY_SITE, Actor, RefusedError, Role, Thing, conflicts


def actor_of(person: Person) -> Actor:
    """Return who this person is now, from the grants in force."""
    held = in_force(person).values_list("request__role", "request__site")
    code = person.participant.code if person.participant_id else ""
    return Actor(
        person_id=person.pk,
        name=person.name,
        email=person.email,
        grants=frozenset((Role(role), site) for role, site in held),
        participant_code=code,
    )


def in_force(person: Person) -> QuerySet[Grant]:
    """Return the grants of a person that have not ended."""
    return Grant.objects.filter(request__person=person, grantend__isnull=True)


def held_by_all() -> dict[int, list[Grant]]:
    """Return the grants in force of everybody, by person, in one query."""
    found: dict[int, list[Grant]] = defaultdict(list)
    rows = Grant.objects.filter(grantend__isnull=True).select_related("request").order_by("seq")
    for grant in rows:
        found[grant.request.person_id].append(grant)
    return found


def invite(
    actor: Actor | None, email: str, name: str, password: str | None, code: str = ""
) -> Person:
    """Make an account without any role; `code` ties it to a participant.

    RefusedError when somebody has the address already, or it is none.
    """
    try:
        validate_email(email)
    except ValidationError as error:
        fix = "type it as name@example.org"
        raise RefusedError(
            Problem(what="this is no e-mail address", value=email, fix=fix)
        ) from error
    with writing(actor, "person.invite", Thing.PEOPLE) as entry:
        if Person.objects.filter(email=email.lower()).exists():
            raise RefusedError(Problem(what="somebody has this address already", value=email))
        person = Person.objects.create_user(email, name, password)
        if code:
            person.participant = Participant.objects.get(code=code)
            person.save(update_fields=("participant",))
        entry.say(person=person.ref, participant_account=code)
    return person


def ask(actor: Actor | None, person: Person, role: Role, site: str, reason: str) -> GrantRequest:
    """Ask for a role. RefusedError at once when it cannot go together with a role already held."""
    _check_site(role, site)
    with writing(actor, "grant.ask", Thing.PEOPLE) as entry:
        _check_conflict(person, role)
        row = GrantRequest(person=person, role=role, site=site, reason=reason)
        entry.say(person=person.ref, role=str(role), site=site, reason=reason)
        return entry.add(row)


def give(actor: Actor | None, request: GrantRequest) -> Grant:
    """Approve a request: by somebody who neither asked for it nor gains by it."""
    if actor is not None and actor.person_id in {request.by_id, request.person_id}:
        raise RefusedError(
            Problem(
                what="a role is given by a second person",
                why="whoever asked for it, or would hold it, cannot approve it",
                fix="ask another sponsor administrator",
            )
        )
    with writing(actor, "grant.give", Thing.PEOPLE) as entry:
        if Grant.objects.filter(request=request).exists():
            raise RefusedError(Problem(what="this role was given already"))
        _check_conflict(request.person, Role(request.role))
        entry.say(person=request.person.ref, role=request.role, site=request.site)
        entry.witness()
        return entry.add(Grant(request=request))


def end(actor: Actor | None, grant: Grant, reason: str) -> GrantEnd:
    """End a grant; it holds for the next request already."""
    with writing(actor, "grant.end", Thing.PEOPLE) as entry:
        if GrantEnd.objects.filter(grant=grant).exists():
            raise RefusedError(Problem(what="this role has ended already"))
        entry.say(person=grant.request.person.ref, role=grant.request.role, reason=reason)
        return entry.add(GrantEnd(grant=grant, reason=reason))


def erase(actor: Actor, person: Person) -> None:
    """Blank who somebody is: name, address, password, second factors, sessions, drafts.

    What they did stays, under the account's number. Refused while they hold a role, and of whoever
    signed: a signature keeps its printed name for as long as the record.
    """
    with writing(actor, "person.erase", Thing.PEOPLE) as entry:
        if in_force(person).exists():
            raise RefusedError(Problem(what="this person still holds a role", fix="end it first"))
        if Signature.objects.filter(by=person).exists():
            raise RefusedError(
                Problem(
                    what="this person has signed",
                    why="a signature keeps its printed name for as long as the record is kept",
                )
            )
        for model in (EmailAddress, Authenticator):
            model.objects.filter(user=person).delete()
        Draft.objects.filter(person=person).delete()
        for session in Session.objects.all().iterator():
            if session.get_decoded().get("_auth_user_id") == str(person.pk):
                session.delete()
        person.email, person.name = f"{person.ref}@erased.invalid", f"Erased {person.ref}"
        person.is_active = False
        person.set_unusable_password()
        person.save()
        entry.say(person=person.ref)
        entry.witness()


def both_at_once() -> list[tuple[Person, Role, Role]]:
    """Return everybody who holds two roles that exclude each other."""
    held: dict[Person, set[Role]] = defaultdict(set)
    rows = Grant.objects.filter(grantend__isnull=True).select_related("request__person")
    for grant in rows.order_by("seq"):
        held[grant.request.person].add(Role(grant.request.role))
    return [(who, a, b) for who, roles in held.items() for a, b in conflicts(roles)]


def check_roles() -> int:
    """Note everybody who holds two roles that exclude each other as an event; return how many.

    The grant refuses it; this finds what came in another way. The worker does it every day, and the
    server when it starts.
    """
    found = both_at_once()
    for who, a, b in found:
        door.note(None, "roles.conflict", person=who.ref, roles=[str(a), str(b)])
    return len(found)


def _check_site(role: Role, site: str) -> None:
    if (role in EVERY_SITE) != (site == ""):
        words = "belongs to all sites" if role in EVERY_SITE else "belongs to one site"
        raise RefusedError(Problem(what=f"the role of {role} {words}", value=site))


def _check_conflict(person: Person, role: Role) -> None:
    """Refuse a role beside one that excludes it, or after one that knew arms."""
    held = {Role(r) for r in in_force(person).values_list("request__role", flat=True)}
    found = conflicts({*held, role})
    ever = Grant.objects.filter(request__person=person).values_list("request__role", flat=True)
    knew = {Role(r) for r in ever} - BLINDED
    if knew and role in BLINDED:
        found += [(r, role) for r in sorted(knew)]
    if person.participant_id and role is not Role.PARTICIPANT:
        found.append((Role.PARTICIPANT, role))
    if found:
        a, b = found[0]
        raise RefusedError(
            Problem(
                what="one person cannot hold both roles",
                value=f"{a} and {b}",
                why="what one of them learns, the other must not know",
                fix="end the other role first, or ask somebody else",
            )
        )
