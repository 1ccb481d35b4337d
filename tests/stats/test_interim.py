import math

import pytest
from scipy.stats import norm, t

from crossblock.core.errors import InputError
from crossblock.stats.interim import Count, Decision, decide, effective_pairs, t_bounds
from crossblock.stats.sequential import bounds
from crossblock.stats.spending import Family, Spending

LOOKS = bounds(Spending(family=Family.OBRIEN_FLEMING_LIKE, alpha=0.025), [14 / 30, 1.0])


def test_balanced_pairs_count_themselves_and_unbalanced_ones_less():
    assert effective_pairs({"AB": 7, "BA": 7}) == pytest.approx(14)
    assert effective_pairs({"AB": 10, "BA": 4}) == pytest.approx(4 / (1 / 10 + 1 / 4))
    assert effective_pairs({"ABC": 3, "BCA": 3, "CAB": 3}) == pytest.approx(9)


def test_people_mid_crossover_are_overrun_not_information():
    count = Count(completed={"AB": 7, "BA": 7}, in_crossover=4, planned={"AB": 15, "BA": 15})
    assert count.fraction == pytest.approx(14 / 30)
    assert count.fraction_with_overrun == pytest.approx(18 / 30)


def test_a_sequence_without_completers_is_refused():
    with pytest.raises(InputError, match="no completed pair"):
        effective_pairs({"AB": 5, "BA": 0})


def test_exact_t_bounds_are_wider_than_the_converted_ones():
    exact = t_bounds(LOOKS, (12, 28))
    converted = t_bounds(LOOKS, (12, 28), exact=False)
    assert exact.t[0] == pytest.approx(t.isf(norm.sf(LOOKS.efficacy[0]), 12), abs=1e-7)
    assert converted.t[0] == pytest.approx(exact.t[0], abs=1e-7)
    assert exact.t[1] > converted.t[1] > LOOKS.efficacy[1]
    assert "exact" in exact.method.name


def test_looks_too_close_fall_back_and_say_so():
    close = t_bounds(LOOKS, (12, 14))
    assert close.warnings
    assert close.t == t_bounds(LOOKS, (12, 14), exact=False).t


@pytest.mark.parametrize("df", [(12,), (0, 5), (12, 10)])
def test_refuses_degrees_of_freedom_that_do_not_fit(df):
    with pytest.raises(InputError, match="degrees of freedom"):
        t_bounds(LOOKS, df)


def test_decisions():
    assert decide(LOOKS, 1, 3.2) is Decision.EFFICACY
    assert decide(LOOKS, 1, 2.2) is Decision.CONTINUE
    both = bounds(Spending(family=Family.POCOCK_LIKE, alpha=0.05), [0.5, 1.0], sides=2)
    assert decide(both, 1, -5.0) is Decision.EFFICACY
    with pytest.raises(InputError, match="finite"):
        decide(LOOKS, 1, math.nan)
