"""How people get in for the first time: an account, and an address that opens it once.

The server sends no mail. Whoever invites hands the address over, in person or in a way they trust,
and its holder chooses a password that nobody else has seen. The key in the address is signed; it is
void after `settings.PASSWORD_RESET_TIMEOUT` seconds, as soon as a password is set, and as soon as
somebody comes in.
"""

from __future__ import annotations

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from django.db import transaction
from django.urls import reverse

from crossblock.core.errors import Problem
from crossblock.server.accounts.models import GrantRequest, Person
from crossblock.server.accounts.people import give, in_force
from crossblock.server.record.door import Writing, writing
from crossblock.server.record.models import Participant
from crossblock.server.roles import Actor, RefusedError, Role, Thing

OWN = "the role opens nothing but the holder's own forms"


def link(actor: Actor, person: Person) -> str:
    """Return the path of an address at which a member of the staff chooses a password, once.

    Also for whoever lost password or second factor, which is taken away. Refused of somebody who
    holds a role and has come in: with a new password an administrator would act as they. End their
    roles first; to give them again takes a second person.
    """
    _check(person)
    if person.participant_id:
        raise RefusedError(
            Problem(
                what="this is a participant's own account",
                fix="whoever looks after them makes the address, on their page",
            )
        )
    if at_work(person, in_force(person).exists()):
        raise RefusedError(
            Problem(
                what="this person holds a role and has come in",
                value=person.name,
                why="whoever uses the address would act as they",
                fix="end the role first; a second person then gives it again",
            )
        )
    with writing(actor, "person.link", Thing.PEOPLE) as entry:
        return _once(entry, person)


def own_link(actor: Actor, participant: Participant, *, checked: bool = False) -> str:
    """Return the path of an address at which a participant chooses a password, once.

    Makes the account if there is none. The role opens nothing but their own forms, so the server
    gives it and no second person is asked. `checked`: as `door.writing` has it.
    """
    with transaction.atomic():
        person = Person.objects.filter(participant=participant).first()
        thing = Thing.PARTICIPANTS
        with writing(
            actor, "participant.link", thing, participant=participant, checked=checked
        ) as entry:
            if person is None:
                person = Person.objects.create_user(
                    own_email(participant), f"Participant {participant.code}"
                )
                person.participant = participant
                person.save(update_fields=("participant",))
            _check(person)
            asked = None
            if not in_force(person).exists():
                site = participant.site
                asked = GrantRequest(person=person, role=Role.PARTICIPANT, site=site, reason=OWN)
                entry.add(asked)
            path = _once(entry, person)
        if asked is not None:
            give(None, asked)
    return path


def own_email(participant: Participant) -> str:
    """Return the address that stands for a participant: it says the code and reaches nobody."""
    return f"{participant.code.lower()}@participant.invalid"


def at_work(person: Person, holds: bool) -> bool:
    """Tell whether somebody holds a role and has come in, so that nobody else may open it."""
    return holds and person.last_login is not None


def is_open(person: Person) -> bool:
    """Tell whether somebody was invited and has not come in yet."""
    return person.last_login is None and not person.has_usable_password()


def _check(person: Person) -> None:
    if not person.is_active:
        raise RefusedError(Problem(what="this account was erased", fix="invite the person anew"))


def _once(entry: Writing, person: Person) -> str:
    """Take away what opened the account, and return the path of an address that opens it."""
    Authenticator.objects.filter(user=person).delete()
    person.set_unusable_password()
    person.save(update_fields=("password",))
    entry.say(person=person.ref)
    entry.witness()
    key = default_token_generator.make_token(person)
    named = {"uidb36": user_pk_to_url_str(person), "key": key}
    return reverse("account_reset_password_from_key", kwargs=named)
