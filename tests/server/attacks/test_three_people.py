"""Each view of the table of addresses, opened as an outcome rater, a pharmacist and an outsider.

What must come is worked out from the visibility table and from who fills a form, never listed here:
a page that somebody adds is tried as well, and one that forgets its check is found.
"""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from crossblock.server import addresses
from crossblock.server.addresses import Address
from crossblock.server.pages.form import thing_of_entry
from crossblock.server.record.models import Event, Participant, Query, Version
from crossblock.server.roles import BLINDED, TABLE, Role, Thing
from crossblock.server.trial.models import Alert
from crossblock.server.trial.schedule import FILLS
from tests.server.attacks.test_typed import filled
from tests.server.web import client
from tests.server.world import World

PEOPLE: dict[str, tuple[Role, str] | None] = {
    "outcome rater": (Role.OUTCOME_RATER, "a"),
    "pharmacist": (Role.PHARMACIST, "a"),
    "outsider": None,
    "outcome rater of another site": (Role.OUTCOME_RATER, "b"),
}


def browser(world: World, who: str) -> Client:
    role = PEOPLE[who]
    return client(world, *role) if role else Client()


def may(role: Role, here: bool, found: Address) -> bool:
    """Tell from the table whether a page opens for somebody. `here`: at the participant's site."""
    return (here or not about(found)) and all(
        (TABLE[thing].get(role, "") or "-") in ("w" if verb == "w" else "rw")
        for thing, verb in needed(found)
    ) and role in fillers(found)  # fmt: skip


def about(found: Address) -> bool:
    """Tell whether a page is about one participant."""
    return bool(found.code) or found.name == "query"


def needed(found: Address) -> list[tuple[Thing, str]]:
    """Return what a page needs; entries by what they hold, steps by what they do."""
    stated = [(found.thing, found.verb)] if found.thing is not None else []
    if found.name in {"history", "receipt", "sign", "ask"}:
        entry = addresses.entry_of(found)
        thing = thing_of_entry(entry) if entry else None
        return [*stated, (thing, "r")] if thing else stated
    if found.name == "alert":
        raised = Alert.objects.filter(pk=found.kwargs["alert"]).first()
        return [*stated, (thing_of_entry(raised.version.entry), "r")] if raised else stated
    steps = {"screening": Thing.ELIGIBILITY, "consent": Thing.ELIGIBILITY, "gate": Thing.GATE}
    return [(steps[found.name], "w")] if found.name in steps else stated


def fillers(found: Address) -> tuple[Role, ...]:
    """Return who fills the form that a page is; everybody where it is no form."""
    place = addresses.place_of(found)
    if place is None:
        return tuple(Role)
    return (Role(place.rater),) if place.rater else FILLS[place.thing]


def there(found: Address, person: Participant, me: int | None) -> bool:
    """Tell whether what the address names is there at all, for this person."""
    if addresses.NOBODY in found.kwargs.values():
        return False
    if found.name == "receipt":  # only of one's own saving
        return Version.objects.filter(pk=found.kwargs["version"], by_id=me).exists()
    if found.name == "query":
        query = Query.objects.get(pk=found.kwargs["number"])
        return thing_of_entry(query.entry) is Thing.OUTCOME_FORMS
    if found.name == "code_break":
        return hasattr(person, "allocation")
    return True


@pytest.mark.parametrize("who", PEOPLE)
def test_every_address_opens_as_the_table_says(lite: World, who: str) -> None:
    person = filled(lite)
    web, role = browser(lite, who), PEOPLE[who]
    me = lite.actor(*role).person_id if role else None
    wrong, opened = [], 0
    for found in addresses.every(person):
        if found.path.startswith("/accounts/") or "GET" not in found.methods:
            continue
        status = web.get(found.path).status_code
        if found.name == "health":
            expected = {200}
        elif role is None:
            expected = {302}
        elif may(role[0], role[1] == person.site, found) and there(found, person, me):
            expected = {200, 302, 409}
        else:
            expected = {404}
        opened += status == 200
        if status not in expected:
            wrong.append((found.name, found.path, status, expected))
    assert wrong == []
    assert opened >= {"outsider": 1, "pharmacist": 5}.get(who, 6)


@pytest.mark.parametrize("who", PEOPLE)
def test_every_form_that_is_not_theirs_is_refused_and_changes_nothing(
    lite: World, who: str
) -> None:
    person = filled(lite)
    web, role = browser(lite, who), PEOPLE[who]
    before = _rows()
    sent = {"reason": "x" * 20, "text": "y" * 20, "kit": "AAAA-AAAA", "site": "a", "key": "k",
            "what": "ask", "role": "sponsor", "number": "1", "password": "x"}  # fmt: skip
    wrong = []
    for found in addresses.every(person):
        if found.path.startswith("/accounts/") or "POST" not in found.methods:
            continue
        if role and may(role[0], role[1] == person.site, found):
            continue
        with transaction.atomic():
            status = web.post(found.path, sent).status_code
            changed = {k: v for k, v in _rows().items() if v != before[k]}
            transaction.set_rollback(True)
        if status != (404 if role else 403) or changed:
            wrong.append((found.name, found.path, status, changed))
    assert wrong == []


def _rows() -> dict[str, int]:
    """Return how many rows every appended table has, events of refusals left out."""
    models: list[Any] = [m for m in _appended() if m is not Event]
    return {m.__name__: m.objects.count() for m in models}


def _appended() -> list[Any]:
    from_base = Version.__mro__[1].__subclasses__()
    return [m for m in from_base if not m._meta.abstract]


@pytest.mark.parametrize("role", sorted(BLINDED - {Role.PARTICIPANT}))
def test_no_method_but_those_stated_is_taken(lite: World, role: Role) -> None:
    person = lite.started()
    web = client(lite, role)
    for found in addresses.every(person):
        if found.path.startswith("/accounts/") or found.name in {"health", "form", "draft"}:
            continue
        for method in ("put", "patch", "delete", "trace"):
            status = getattr(web, method)(found.path).status_code
            assert status == 405, (method, found.path, status)
        if "POST" not in found.methods:
            assert web.post(found.path).status_code == 405, found.path


def test_a_refusal_looks_the_same_whether_or_not_something_is_there(lite: World) -> None:
    """Not found for what is hidden, and not a byte that differs (no oracle for codes and ids)."""
    person = filled(lite)
    web = client(lite, Role.PHARMACIST)
    bodies = set()
    for found in addresses.every(person):
        if found.code and "GET" in found.methods:
            hidden = web.get(found.path)
            missing = web.get(found.path.replace(person.code, "Z-999"))
            if hidden.status_code == 404:
                bodies |= {hidden.content, missing.content}
                assert dict(hidden.items()) == dict(missing.items())
    assert len(bodies) == 1
