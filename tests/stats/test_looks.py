import pytest

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
