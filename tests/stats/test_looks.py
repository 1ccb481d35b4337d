import pytest

from crossblock.core.errors import InputError
from crossblock.load.protocol import read
from crossblock.stats.interim import Decision
from crossblock.stats.looks import at_look
from tests.stats.test_families import analysis


def test_the_planned_looks_of_williams_2018() -> None:
    found = analysis(n=30, removed=0.5).stopping
    assert found is not None
    assert [k.completers for k in found.looks] == [14, 30]
    # gs_ldobf_williams_14of30: 3.080 at 14 of 30, one-sided 0.025
    assert found.looks[0].efficacy == pytest.approx(3.080, abs=5e-4)
    assert found.assumed
    assert found.completers == 30
    assert found.under_way == 0


def test_blockade_of_a_benefit_is_the_positive_direction() -> None:
    strong, none = (analysis(n=60, removed=r, seed=2).stopping for r in (0.8, 0.0))
    assert strong is not None
    assert none is not None
    assert strong.z > 3 > abs(none.z)


def test_a_look_has_the_bound_of_the_completers_that_there_are() -> None:
    protocol = read("williams-2018")
    strong = at_look(protocol, analysis(n=14, removed=0.9).endpoints, 1)
    assert (strong.completers, strong.planned_at, strong.under_way) == (14, 14, 0)
    # gs_ldobf_williams_14of30: 3.080 at 14 of 30, one-sided 0.025
    assert strong.efficacy == pytest.approx(3.080, abs=5e-4)
    fewer = at_look(protocol, analysis(n=12, removed=0.9).endpoints, 1)
    assert fewer.efficacy is not None
    assert fewer.efficacy > strong.efficacy
    assert strong.decision == str(Decision.EFFICACY)
    assert strong.z > strong.efficacy
    none = at_look(protocol, analysis(n=14, removed=0.0, seed=2).endpoints, 1)
    assert none.futility is not None
    assert none.decision == str(Decision.FUTILITY if none.z <= none.futility else Decision.CONTINUE)
    assert strong.assumed


@pytest.mark.parametrize(("n", "look"), [(14, 2), (14, 0), (30, 1)])
def test_a_look_that_is_not_planned_has_no_bound(n: int, look: int) -> None:
    with pytest.raises(InputError, match=r"no such look|do not fit"):
        at_look(read("williams-2018"), analysis(n=n, removed=0.5).endpoints, look)
