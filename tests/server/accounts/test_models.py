"""Accounts: addresses in lower case, passwords hashed, the printed name."""

from crossblock.server.accounts.models import Person
from tests.server.world import PASSWORD, World


def test_an_account(lite: World) -> None:
    person = Person.objects.create_user("A.Person@Example.ORG", "A. Person", PASSWORD)
    assert person.email == "a.person@example.org"
    assert PASSWORD not in person.password
    assert person.check_password(PASSWORD)
    assert str(person) == person.get_full_name() == "A. Person"
    assert Person.objects.get_by_natural_key("A.PERSON@example.org").pk == person.pk


def test_without_a_password_nobody_comes_in(lite: World) -> None:
    person = Person.objects.create_user("b@example.org", "B")
    assert not person.has_usable_password()
