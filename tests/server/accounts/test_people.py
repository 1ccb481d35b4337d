"""Grants: by two people, never two roles that exclude each other, ended at once."""

import pytest

from crossblock.server.accounts import people
from crossblock.server.accounts.models import Grant, GrantRequest, Person
from crossblock.server.record.door import Thing, writing
from crossblock.server.roles import RefusedError, Role
from tests.server.world import PASSWORD, World


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


def test_the_nightly_check_finds_what_slipped_by(lite: World) -> None:
    assert people.both_at_once() == []
    person = lite.person(Role.OUTCOME_RATER)
    with writing(None, "test", Thing.PEOPLE) as entry:
        row = entry.add(GrantRequest(person=person, role="pharmacist", site="a", reason="x"))
        entry.add(Grant(request=row))
    assert people.both_at_once() == [(person.email, Role.OUTCOME_RATER, Role.PHARMACIST)]


def test_a_participants_account_is_only_that(lite: World) -> None:
    code = lite.consented().code
    person = people.invite(sponsor(1), "p@example.org", "P", PASSWORD, code)
    assert people.actor_of(person).participant_code == code
    with pytest.raises(RefusedError, match="cannot hold both roles"):
        people.ask(sponsor(1), person, Role.COORDINATOR, "a", "x")
