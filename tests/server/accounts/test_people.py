"""Grants: by two people, never two roles that exclude each other, ended at once."""

import json
import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client

from crossblock.server import clock, desk, study
from crossblock.server.accounts import people
from crossblock.server.accounts.models import Grant, GrantRequest, Person
from crossblock.server.record.audit import verify
from crossblock.server.record.door import Thing, writing
from crossblock.server.record.models import Event, Participant
from crossblock.server.record.signing import sign
from crossblock.server.roles import RefusedError, Role
from tests.server.web import client, fill, text_of
from tests.server.world import PASSWORD, SCREENING, World


def sponsor(n: int) -> people.Actor:
    return people.actor_of(Person.objects.get(email=f"sponsor-{n}@example.org"))


def test_asked_by_one_given_by_another(world: World) -> None:
    person = people.invite(sponsor(1), "New@Example.org", "New", PASSWORD)
    assert people.actor_of(person).roles == frozenset()
    row = people.ask(sponsor(1), person, Role.COORDINATOR, "a", "joins")
    assert people.actor_of(person).roles == frozenset()
    with pytest.raises(RefusedError, match="second person"):
        people.give(sponsor(1), row)
    people.give(sponsor(2), row)
    assert people.actor_of(person).grants == {(Role.COORDINATOR, "a")}
    with pytest.raises(RefusedError, match="given already"):
        people.give(sponsor(2), row)
    grant = Grant.objects.get(request=row)
    people.end(sponsor(1), grant, "left")
    assert people.actor_of(person).roles == frozenset()
    with pytest.raises(RefusedError, match="ended already"):
        people.end(sponsor(1), grant, "again")


@pytest.mark.parametrize(
    ("role", "wanted"),
    [(Role.OUTCOME_RATER, Role.SESSION_RATER), (Role.PHARMACIST, Role.OUTCOME_RATER),
     (Role.SESSION_RATER, Role.PHARMACIST)],
)  # fmt: skip
def test_two_roles_that_exclude_each_other(lite: World, role: Role, wanted: Role) -> None:
    with pytest.raises(RefusedError, match="cannot hold both roles"):
        people.ask(sponsor(1), lite.person(role), wanted, "a", "helps out")


def test_who_has_known_arms_never_rates_again(lite: World) -> None:
    pharmacist = lite.person(Role.PHARMACIST)
    people.end(sponsor(1), people.in_force(pharmacist).get(), "changes jobs")
    with pytest.raises(RefusedError, match="cannot hold both roles"):
        people.ask(sponsor(1), pharmacist, Role.OUTCOME_RATER, "a", "new job")


def test_a_role_has_the_site_that_it_needs(lite: World) -> None:
    person = people.invite(sponsor(1), "n@example.org", "N", PASSWORD)
    with pytest.raises(RefusedError, match="belongs to one site"):
        people.ask(sponsor(1), person, Role.COORDINATOR, "", "x")
    with pytest.raises(RefusedError, match="belongs to all sites"):
        people.ask(sponsor(1), person, Role.MONITOR, "a", "x")


def test_the_daily_check_finds_what_slipped_by_and_says_it_on_the_boards(lite: World) -> None:
    """The worker puts the check into the table by itself, once a day; nobody opens a page."""
    assert people.both_at_once() == []
    assert desk.work(once=True) == 1
    assert desk.work(once=True) == 0  # not twice in a day
    person = lite.person(Role.OUTCOME_RATER)
    with writing(None, "test", Thing.PEOPLE) as entry:
        row = entry.add(GrantRequest(person=person, role="pharmacist", site="a", reason="x"))
        entry.add(Grant(request=row))
    assert people.both_at_once() == [(person, Role.OUTCOME_RATER, Role.PHARMACIST)]
    with clock.pretending(clock.now() + timedelta(days=1, minutes=1)):
        assert desk.work(once=True) == 1
    event = json.loads(Event.objects.get(action="roles.conflict").body)
    assert event["facts"] == {"person": person.ref, "roles": ["outcome rater", "pharmacist"]}
    for role in (Role.MONITOR, Role.SPONSOR):
        assert "1 person holds two roles" in text_of(client(lite, role).get("/"))
    assert "two roles" not in text_of(client(lite, Role.COORDINATOR).get("/"))
    assert "Outcome Rater A holds two roles" in text_of(client(lite, Role.MONITOR).get("/people/"))


def test_it_is_checked_when_the_server_starts_too(
    lite: World, capfd: pytest.CaptureFixture[str]
) -> None:
    desk.prepare("", "")
    assert "roles" not in capfd.readouterr().err
    person = lite.person(Role.OUTCOME_RATER)
    with writing(None, "test", Thing.PEOPLE) as entry:
        row = entry.add(GrantRequest(person=person, role="pharmacist", site="a", reason="x"))
        entry.add(Grant(request=row))
    desk.prepare("", "")
    assert "1 hold two roles that exclude each other" in capfd.readouterr().err
    assert Event.objects.filter(action="roles.conflict").count() == 1


def test_a_participants_account_is_only_that(lite: World) -> None:
    code = lite.consented().code
    person = people.invite(sponsor(1), "p@example.org", "P", PASSWORD, code)
    assert people.actor_of(person).participant_code == code
    with pytest.raises(RefusedError, match="cannot hold both roles"):
        people.ask(sponsor(1), person, Role.COORDINATOR, "a", "x")


IDENTITY = {"accounts_person", "account_emailaddress", "django_session", "cache"}
"""Tables whose rows can be changed and taken away; the first alone says who somebody is."""


def tables_with(words: tuple[str, ...]) -> set[str]:
    """Return the tables in which one of the words stands, however a session packs them."""
    found = set()
    for table in connection.introspection.table_names():
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            rows = " ".join(" ".join(str(v) for v in row) for row in cursor.fetchall())
        if table == "django_session":
            rows = " ".join(str(s.get_decoded()) for s in Session.objects.all())
        if any(word.casefold() in rows.casefold() for word in words):
            found.add(table)
    return found


def acting(world: World) -> tuple[Person, Person]:
    """Return a member of staff and a participant with telling names who have done something."""
    staff = people.invite(sponsor(1), "ottilie@quast.example", "Ottilie Quast", PASSWORD)
    people.give(sponsor(2), people.ask(sponsor(1), staff, Role.COORDINATOR, "a", "joins"))
    web = Client()
    for password in ("wrong", PASSWORD):
        web.post("/accounts/login/", {"login": "ottilie@quast.example", "password": password})
    where = web.post("/participants/", {"site": "a", "key": "k1"})["Location"]
    assert fill(web, f"{where}screening/", SCREENING).status_code == 302
    web.post(f"{where}screening/draft/", {"q-age": "41"})
    code = Participant.objects.get().code
    own = people.invite(sponsor(1), "balthasar@zorn.example", "Balthasar Zorn", PASSWORD, code)
    people.give(sponsor(2), people.ask(sponsor(1), own, Role.PARTICIPANT, "a", "own forms"))
    web = Client()
    web.post("/accounts/login/", {"login": "balthasar@zorn.example", "password": PASSWORD})
    assert web.get("/me/").status_code == 200
    assert web.get("/audit/").status_code == 404
    return staff, own


def test_the_record_names_nobody_and_who_somebody_is_can_be_erased(world: World) -> None:
    words = ("ottilie", "quast", "balthasar", "zorn")
    everybody = acting(world)
    assert tables_with(words) <= IDENTITY
    assert "accounts_person" in tables_with(words)
    bodies = " ".join(Event.objects.values_list("body", flat=True))
    for person in Person.objects.all():
        assert person.email not in bodies
    for person in everybody:
        with pytest.raises(RefusedError, match="still holds a role"):
            people.erase(sponsor(1), person)
        people.end(sponsor(1), people.in_force(person).get(), "asked to be erased")
        with pytest.raises(RefusedError, match="may not write"):
            people.erase(world.actor(Role.MONITOR), person)
        people.erase(sponsor(1), Person.objects.get(pk=person.pk))
    assert tables_with(words) == set()
    assert Event.objects.filter(actor=everybody[0].ref, action="screening.save").exists()
    assert verify(study.current()).sound
    web = Client()
    page = web.post("/accounts/login/", {"login": "ottilie@quast.example", "password": PASSWORD})
    assert page.status_code == 200


def test_whoever_signed_keeps_the_printed_name(lite: World) -> None:
    version = lite.rate(lite.started()).version
    investigator = lite.person(Role.INVESTIGATOR)
    made = sign(lite.actor(Role.INVESTIGATOR), version, "reviewed")
    people.end(sponsor(1), people.in_force(investigator).get(), "left")
    with pytest.raises(RefusedError, match="has signed"):
        people.erase(sponsor(1), investigator)
    assert made.printed_name == "Investigator A"


def test_no_source_says_an_address_or_a_name_to_the_chain() -> None:
    """What the pages above do not reach (the clinic, jobs) is read in the sources."""
    root = Path(people.__file__).parents[1]
    calls = re.compile(r"(?:\.say|door\.note|chain\.append)\((?:[^()]|\([^()]*\))*\)")
    said = [c for p in root.rglob("*.py") for c in calls.findall(p.read_text())]
    assert len(said) > 40
    assert [c for c in said if re.search(r"\.email\b|person\.name|actor\.name|by\.name", c)] == []
