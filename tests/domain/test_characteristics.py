import pytest

from crossblock.domain.characteristics import Characteristics, Measured


def test_the_monte_carlo_interval_is_two_errors_wide() -> None:
    m = Measured(value=0.5, se=0.01, n=2500)
    assert (m.lower, m.upper) == pytest.approx((0.4804, 0.5196))


def test_groups_and_rules_are_found_by_name() -> None:
    empty = Characteristics(
        protocol_id="p",
        protocol_hash="h",
        generator="gaussian",
        mechanism="",
        truth={},
        people=12,
        trials=10,
        seed=1,
        endpoint="e",
        visit="d1",
        effects={},
        difference=0.0,
        groups=(),
        rules=(),
        looks=(),
        completed=Measured(value=12.0, se=0.0, n=10),
        carryover=None,
        responders=None,
    )
    with pytest.raises(KeyError):
        empty.group("all")
    with pytest.raises(KeyError):
        empty.rule("Pocock")
