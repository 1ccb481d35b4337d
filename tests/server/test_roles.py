"""The one table of who sees what, and which roles exclude each other."""

import pytest

from crossblock.server.roles import (
    BLINDED,
    TABLE,
    Actor,
    RefusedError,
    Role,
    Thing,
    conflicts,
    require,
)


def actor(*grants: tuple[Role, str]) -> Actor:
    return Actor(person_id=1, name="X", email="x@example.org", grants=frozenset(grants))


def test_every_thing_is_somebodys_and_letters_are_known() -> None:
    assert set(TABLE) == set(Thing)
    assert all(TABLE[t] and set(TABLE[t].values()) <= {"r", "w"} for t in Thing)


def test_the_outcome_rater_sees_nothing_that_could_tell_the_condition() -> None:
    hidden = (Thing.KITS, Thing.STOCK, Thing.SESSION_FORMS, Thing.EVENTS, Thing.SAFETY,
              Thing.DOSING, Thing.AUDIT, Thing.DEVIATIONS, Thing.FREE_TEXT)  # fmt: skip
    rater = actor((Role.OUTCOME_RATER, "a"))
    assert not any(rater.may("r", t) for t in hidden)


def test_who_holds_keys_sees_no_ratings() -> None:
    for role in set(Role) - BLINDED:
        holder = actor((role, ""))
        ratings = (Thing.OUTCOME_FORMS, Thing.SESSION_FORMS, Thing.SELF_FORMS)
        assert not any(holder.may("r", t) for t in ratings)


def test_a_site_role_ends_at_its_site() -> None:
    coordinator = actor((Role.COORDINATOR, "a"))
    assert coordinator.may("w", Thing.PARTICIPANTS, "a")
    assert not coordinator.may("w", Thing.PARTICIPANTS, "b")
    assert actor((Role.MONITOR, "")).may("r", Thing.PARTICIPANTS, "b")
    with pytest.raises(RefusedError, match="may not write"):
        require(coordinator, "w", Thing.PARTICIPANTS, "b")
    with pytest.raises(RefusedError, match="roles here: none"):
        require(actor(), "r", Thing.PARTICIPANTS)


@pytest.mark.parametrize(
    ("pair", "apart"),
    [
        ((Role.SESSION_RATER, Role.OUTCOME_RATER), True),
        ((Role.OUTCOME_RATER, Role.COORDINATOR), True),
        ((Role.PHARMACIST, Role.COORDINATOR), True),
        ((Role.STATISTICIAN, Role.MONITOR), True),
        ((Role.COORDINATOR, Role.SESSION_RATER), False),
        ((Role.INVESTIGATOR, Role.SESSION_RATER), False),
    ],
)
def test_separation_of_duties(pair: tuple[Role, Role], apart: bool) -> None:
    assert bool(conflicts(pair)) is apart
