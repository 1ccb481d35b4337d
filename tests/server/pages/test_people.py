"""The page of people: what cannot be invited comes back, an address is shown once."""

import pytest

from crossblock.server.accounts.models import Person
from crossblock.server.roles import Role
from tests.server.accounts.test_invitation import shown, text
from tests.server.web import client, text_of
from tests.server.world import World


@pytest.mark.parametrize(
    ("email", "words"),
    [("nobody", "no e-mail address"), ("sponsor-2@example.org", "has this address already")],
)
def test_an_address_that_cannot_be_invited_comes_back(lite: World, email: str, words: str) -> None:
    before = Person.objects.count()
    sent = {"what": "invite", "name": "Balthasar Zorn", "email": email}
    page = client(lite, Role.SPONSOR).post("/people/", sent)
    assert page.status_code == 422
    assert words in text_of(page)
    assert 'value="Balthasar Zorn"' in text(page)
    assert f'value="{email}"' in text(page)
    assert Person.objects.count() == before


def test_an_address_is_shown_once_and_to_whoever_made_it(lite: World) -> None:
    web = client(lite, Role.SPONSOR)
    path = shown(web.post("/people/", {"what": "invite", "email": "n@example.org"}))
    for role in (Role.SPONSOR, Role.MONITOR):
        assert path not in text(client(lite, role).get("/people/"))
    assert "not in yet" in text_of(client(lite, Role.MONITOR).get("/people/"))
    assert "Invite somebody" not in text_of(client(lite, Role.MONITOR).get("/people/"))


def test_a_number_of_nobody_does_nothing(lite: World) -> None:
    web = client(lite, Role.SPONSOR)
    for number in ("", "999999", "-1", "9" * 30, "x"):
        page = web.post("/people/", {"what": "link", "number": number})
        assert page.status_code == 200
        assert "Hand this to" not in text_of(page)


def test_a_participants_role_is_not_asked_for_here(lite: World) -> None:
    web = client(lite, Role.SPONSOR)
    number = str(lite.person(Role.COORDINATOR).pk)
    sent = {"what": "ask", "number": number, "role": "participant", "site": "a", "reason": "x"}
    page = web.post("/people/", sent)
    assert page.status_code == 422
    assert "Choose a person and a role" in text_of(page)
