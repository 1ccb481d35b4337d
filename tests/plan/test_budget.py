import pytest

from crossblock.core.errors import InputError
from crossblock.domain.costs import Costs
from crossblock.load.people import truth
from crossblock.load.protocol import read
from crossblock.plan import designs
from crossblock.plan.budget import affordable, budget, prices, stay

WILLIAMS = read("williams-2018")
PRICES = prices(WILLIAMS, truth())


@pytest.mark.parametrize("design", designs.candidates(), ids=lambda d: d.id)
@pytest.mark.parametrize("money", [150.0, 733.0])
def test_what_is_affordable_is_the_most_that_is(design, money: float) -> None:  # type: ignore[no-untyped-def]
    n = affordable(design, PRICES, money, 0.5)
    S = len(design.sequences)
    assert n % S == 0
    assert budget(design, PRICES, n, 0.5).total <= money < budget(design, PRICES, n + S, 0.5).total


def test_more_are_randomized_than_complete_and_qualifying_costs_a_session_each() -> None:
    two, apart = designs.candidate("2x2"), designs.candidate("2x2-qualifying")
    plain, chosen = budget(two, PRICES, 24), budget(apart, PRICES, 24, 0.5)
    assert plain.randomized * stay(two, PRICES) >= 24 > (plain.randomized - 1) * stay(two, PRICES)
    assert plain.sessions == 2 * plain.randomized
    assert chosen.screened == 2 * chosen.randomized
    assert chosen.sessions == plain.sessions + chosen.screened
    # enrollment at one a month, then a washout and the last visit
    assert plain.months == pytest.approx(plain.screened - 1 + (30 + 14.03) / 30.44, abs=0.01)


def test_a_stated_pace_replaces_the_registry_and_shortens_the_calendar_alone() -> None:
    two = designs.candidate("2x2")
    slow, fast = budget(two, PRICES, 24), budget(two, prices(WILLIAMS, truth(), 8.0), 24)
    assert (slow.per_month, fast.per_month) == (1.0, 8.0)
    assert fast.total == slow.total
    assert slow.months - fast.months == pytest.approx((slow.screened - 1) * (1 - 1 / 8))
    assert not any(v.name == "enrolled per month" for v in prices(WILLIAMS, truth(), 8.0).values)


def test_costs_of_the_protocol_replace_the_assumed_ones() -> None:
    costs = Costs.model_validate(
        {"currency": "EUR", "fixed": 50_000.0, "per_participant": 1000.0, "per_session": 800.0,
         "per_visit": 50.0}
    )  # fmt: skip
    p = prices(WILLIAMS.model_copy(update={"costs": costs}), truth())
    found = budget(designs.candidate("2x2"), p, 24)
    session = 800.0 + 50.0 * len(WILLIAMS.visits)
    assert found.unit == "EUR"
    assert found.total == pytest.approx(50_000 + found.randomized * (1000 + 2 * session))
    assert any(v.amber for v in PRICES.values)


def test_a_budget_too_small_is_refused() -> None:
    with pytest.raises(InputError, match="does not pay for this design"):
        affordable(designs.candidate("williams-3"), PRICES, 20.0)
