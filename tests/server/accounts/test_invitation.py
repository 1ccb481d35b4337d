"""Getting in for the first time: an account, an address that opens it once, one's own password."""

import re
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.test import Client

from crossblock.server import study
from crossblock.server.accounts import invitation, people
from crossblock.server.accounts.models import GrantRequest, Person
from crossblock.server.record.audit import verify
from crossblock.server.record.models import Event
from crossblock.server.roles import RefusedError, Role
from tests.server.web import client, text_of
from tests.server.world import World

MAKE = {"what": "make"}
CHOSEN = "quarry-lantern-eleven"


def shown(page: Any) -> str:
    """Return the address on a page, as the path that a browser on this server opens."""
    found = re.search(r"http://[a-z0-9.]+(/accounts/password/[^<\s]+)", page.content.decode())
    assert found, text_of(page)
    return found[1]


def choose(path: str, password: str = CHOSEN, again: str = "") -> Any:
    """Open an address in a browser of one's own and choose a password."""
    web = Client()
    page = web.get(path, follow=True)
    assert page.status_code == 200
    form = re.search(r'<form method="post" action="([^"]+)" class="entrance">', text(page))
    assert form, text_of(page)
    sent = {"password1": password, "password2": again or password}
    return web.post(form[1], sent, follow=True)


def text(page: Any) -> str:
    return str(page.content.decode())


def signs_in(login: str, password: str = CHOSEN) -> Client | None:
    web = Client()
    answer = web.post("/accounts/login/", {"login": login, "password": password})
    return web if answer.status_code == 302 else None


def second_sponsor() -> Client:
    web = Client()
    web.force_login(Person.objects.get(email="sponsor-2@example.org"))
    return web


def test_from_an_invitation_to_work(world: World) -> None:
    """Two administrators, one newcomer with a browser, and nothing else."""
    first, second = client(world, Role.SPONSOR), second_sponsor()
    typed = {"what": "invite", "name": "Ottilie Quast", "email": "Ottilie@Quast.example"}
    path = shown(first.post("/people/", typed))
    assert "not in yet" in text_of(second.get("/people/"))
    assert signs_in("ottilie@quast.example") is None
    assert "at least 12 characters" in text_of(choose(path, "short"))
    assert "Your password is kept" in text_of(choose(path))
    assert "This address opens nothing" in text_of(Client().get(path, follow=True))
    web = signs_in("ottilie@quast.example")
    assert web is not None
    assert web.get("/participants/").status_code == 404
    person = Person.objects.get(email="ottilie@quast.example")
    wanted = {"what": "ask", "number": str(person.pk), "role": "coordinator", "site": "a",
              "reason": "joins"}  # fmt: skip
    assert first.post("/people/", wanted).status_code == 302
    row = GrantRequest.objects.get(person=person)
    given = {"what": "give", "number": str(row.pk)}
    assert first.post("/people/", given).status_code == 422
    assert second.post("/people/", given).status_code == 302
    assert web.get("/participants/").status_code == 200
    acts = ("person.invite", "person.link", "password.set")
    told = list(Event.objects.filter(action__in=acts).order_by("-seq")[:3])
    assert [e.action for e in reversed(told)] == list(acts)
    assert not any(word in e.body for e in told for word in ("Ottilie", "quast", path))
    assert verify(study.current()).faults == []


def test_a_newer_address_voids_an_older_one_and_both_end_with_time(
    lite: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    web = client(lite, Role.SPONSOR)
    older = shown(web.post("/people/", {"what": "invite", "email": "n@example.org"}))
    number = str(Person.objects.get(email="n@example.org").pk)
    newer = shown(web.post("/people/", {"what": "link", "number": number}))
    assert "opens nothing" in text_of(Client().get(older, follow=True))
    assert "Choose a password" in text_of(Client().get(newer, follow=True))
    monkeypatch.setattr(settings, "PASSWORD_RESET_TIMEOUT", -1)
    assert "opens nothing" in text_of(Client().get(newer, follow=True))


def test_nobody_opens_the_account_of_somebody_at_work(lite: World) -> None:
    """An administrator with a new password of a rater would rate in their name."""
    rater = lite.person(Role.OUTCOME_RATER)
    web = client(lite, Role.OUTCOME_RATER)
    first = client(lite, Role.SPONSOR)
    rater.refresh_from_db()
    sent = {"what": "link", "number": str(rater.pk)}
    refused = first.post("/people/", sent)
    assert refused.status_code == 422
    assert "holds a role and has come in" in text_of(refused)
    Authenticator.objects.create(user=rater, type="totp", data={"secret": "x"})
    grant = people.in_force(rater).get()
    first.post("/people/", {"what": "end", "number": str(grant.pk), "reason": "lost the phone"})
    path = shown(first.post("/people/", sent))
    assert not Authenticator.objects.filter(user=rater).exists()
    assert web.get("/").status_code == 302  # whoever was in with the old password is out
    choose(path)
    back = signs_in(rater.email)
    assert back is not None
    assert back.get("/participants/").status_code == 404


def test_a_participant_comes_in_by_code(world: World) -> None:
    code = world.consented().code
    page = f"/p/{code}/account/"
    web = client(world, Role.COORDINATOR)
    assert page in text(web.get(f"/p/{code}/"))
    assert "There is none yet" in text_of(web.get(page))
    path = shown(web.post(page, MAKE))
    assert "Your password is kept" in text_of(choose(path))
    own = signs_in(code.lower())
    assert own is not None
    assert own.get("/", follow=True).redirect_chain[-1][0] == "/me/"
    assert own.get(f"/p/{code}/").status_code == 404
    again = shown(web.post(page, MAKE))
    assert own.get("/me/").status_code == 302
    assert signs_in(code) is None
    choose(again, "another-quarry-lantern")
    assert signs_in(code, "another-quarry-lantern") is not None
    assert Person.objects.filter(participant__code=code).count() == 1
    assert GrantRequest.objects.filter(person__participant__code=code).count() == 1
    assert signs_in("Z-999") is None


def test_only_who_looks_after_a_participant_opens_their_account(lite: World) -> None:
    person = lite.consented()
    page = f"/p/{person.code}/account/"
    others = (Role.MONITOR, Role.SPONSOR, Role.OUTCOME_RATER, Role.SESSION_RATER, Role.PHARMACIST)
    for role, site in ((Role.COORDINATOR, "b"), *((r, "a") for r in others)):
        web = client(lite, role, site)
        assert web.get(page).status_code == 404, role
        assert web.post(page, MAKE).status_code == 404, role
    assert not Person.objects.filter(participant=person).exists()
    client(lite, Role.COORDINATOR).post(page, MAKE)
    account = Person.objects.get(participant=person)
    with pytest.raises(RefusedError, match="participant's own account"):
        invitation.link(people.actor_of(Person.objects.get(email="sponsor-1@example.org")), account)
