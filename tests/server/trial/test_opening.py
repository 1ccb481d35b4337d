"""A study opens once; a changed file is refused; an amendment needs two people."""

import shutil

import pytest

from crossblock.cli.sealing import make_allocation
from crossblock.core.errors import ProtocolError
from crossblock.load.sealed import new_key
from crossblock.server import study
from crossblock.server.accounts.models import Person
from crossblock.server.accounts.people import actor_of
from crossblock.server.roles import RefusedError, Role
from crossblock.server.trial import opening
from crossblock.server.trial.models import Opening, Slot
from tests.server.world import World


def reopened() -> Opening:
    study._opened.cache_clear()
    return opening.open_study(study.current())


def test_opening_again_changes_nothing(world: World) -> None:
    slots = Slot.objects.count()
    assert reopened().pk == Opening.objects.get().pk
    assert Slot.objects.count() == slots == 60


def test_a_changed_protocol_or_conduct_is_refused(lite: World) -> None:
    file = lite.folder / "protocol.toml"
    text = file.read_text()
    file.write_text(text.replace('washout = { value = "30 d"', 'washout = { value = "20 d"'))
    with pytest.raises(ProtocolError, match="not those that its record was opened with"):
        reopened()
    file.write_text(text + "\n# a comment changes nothing\n")
    reopened()
    conduct = lite.folder / "conduct.toml"
    conduct.write_text(conduct.read_text().replace("liver_limit = 3.0", "liver_limit = 9.0"))
    with pytest.raises(ProtocolError, match="not those"):
        reopened()


def test_another_list_is_refused(lite: World) -> None:
    shutil.rmtree(lite.folder / "allocation")
    keys = [new_key()[1], new_key()[1]]
    make_allocation(
        lite.protocol,
        lite.folder / "allocation",
        recipients=keys,
        slots_per_stratum=4,
        dry_run=True,
    )
    with pytest.raises(ProtocolError, match="another allocation list"):
        reopened()


def test_an_amendment_holds_where_a_second_person_approved_it(lite: World) -> None:
    text = (lite.folder / "protocol.toml").read_text().replace('"30 d"', '"35 d"', 1)
    first = actor_of(Person.objects.get(email="sponsor-1@example.org"))
    second = actor_of(Person.objects.get(email="sponsor-2@example.org"))
    made = opening.amend(first, text, "longer washout")
    assert opening.protocol_at("a").pk != made.pk
    with pytest.raises(RefusedError, match="second person"):
        opening.activate(first, made, "a")
    opening.activate(second, made, "a")
    assert opening.protocol_at("a").pk == made.pk
    assert opening.protocol_at("b").pk != made.pk
    with pytest.raises(RefusedError, match="known already"):
        opening.amend(first, text, "again")


def test_sequences_cannot_change_after_the_first_allocation(lite: World) -> None:
    lite.randomized()
    text = (lite.folder / "protocol.toml").read_text()
    changed = text.replace('conditions = ["open", "blocked"]', 'conditions = ["open", "open"]')
    with pytest.raises(ProtocolError):
        opening.amend(lite.actor(Role.SPONSOR), changed, "x")
