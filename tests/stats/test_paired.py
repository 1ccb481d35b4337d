import math

import numpy as np
import pytest
from scipy.stats import binomtest, fisher_exact

from crossblock.core.errors import DesignError, InputError
from crossblock.stats.paired import fisher_p, paired_binary, paired_item

A = [1, 1, 1, 1, 1, 0, 0, 0, 1, 0]
B = [0, 0, 0, 0, 1, 1, 0, 0, 0, 0]
FIRST = [1, 0, 1, 0, 1, 0, 1, 0, 1, 0]


def test_mcnemar_is_a_binomial_test_of_the_discordant():
    found = paired_binary(A, B)
    assert (found.only_a, found.only_b, found.both, found.neither) == (5, 1, 1, 3)
    assert found.mcnemar_p == pytest.approx(binomtest(5, 6).pvalue)
    assert found.mainland_gart_p is None
    low, high = binomtest(5, 6).proportion_ci(0.95, method="exact")
    assert (found.lower, found.upper) == pytest.approx((low / (1 - low), high / (1 - high)))


def test_relabeling_the_conditions_inverts_the_odds_and_nothing_else():
    there, back = paired_binary(A, B, FIRST), paired_binary(B, A, [1 - f for f in FIRST])
    assert back.mcnemar_p == there.mcnemar_p
    assert back.mainland_gart_p == pytest.approx(there.mainland_gart_p)
    assert back.odds_ratio == pytest.approx(1 / there.odds_ratio)
    assert back.lower == pytest.approx(1 / there.upper)


def test_mainland_gart_takes_a_pure_period_effect_out():
    # Everybody responds in period 1 only: McNemar sees half and half, so does Mainland-Gart.
    first = [1] * 6 + [0] * 6
    found = paired_binary(first, [1 - f for f in first], first)
    assert found.mainland_gart_p == 1.0
    # With more people in one sequence the period effect poses as an effect of condition.
    first = [1] * 10 + [0] * 2
    found = paired_binary(first, [1 - f for f in first], first)
    assert found.mcnemar_p < 0.05
    assert found.mainland_gart_p == 1.0


@pytest.mark.parametrize("table", [(5, 1, 2, 6), (3, 3, 3, 3), (0, 5, 5, 0), (8, 2, 0, 3)])
def test_fisher_agrees_with_the_library(table):
    a, b, c, d = table
    assert fisher_p(*table) == pytest.approx(fisher_exact([[a, b], [c, d]]).pvalue)


def test_no_discordant_people_leave_everything_open():
    found = paired_binary([1, 0], [1, 0], [1, 0])
    assert found.mcnemar_p == found.mainland_gart_p == 1.0
    assert (found.lower, found.upper) == (0.0, math.inf)
    assert paired_binary([1, 1], [0, 0]).odds_ratio == math.inf


def test_an_item_is_counted_tested_and_set_beside_its_total():
    test, reference = [3, 2, 2, 1, 3, 2], [1, 1, 2, 0, 1, 2]
    totals = ([20, 18, 15, 12, 22, 17], [10, 12, 14, 9, 11, 16])
    found = paired_item(
        "suicidality",
        test,
        reference,
        sequence=["AB", "BA", "AB", "BA", "AB", "BA"],
        test_first="AB",
        total_test=totals[0],
        total_reference=totals[1],
    )
    assert (found.up, found.down, found.unchanged) == (4, 0, 2)
    assert found.sign_p == pytest.approx(2 / 16)
    d = np.array(test) - np.array(reference)
    total = np.array(totals[0]) - np.array(totals[1])
    assert found.share_of_total == pytest.approx(d.mean() / total.mean())
    assert found.correlation_with_rest == pytest.approx(np.corrcoef(d, total - d)[0, 1])
    assert found.signed_rank is not None
    assert found.by_period is not None
    assert found.by_period.shift > 0


def test_an_item_that_nobody_changed_on():
    found = paired_item("item", [1, 1], [1, 1], total_test=[4, 5], total_reference=[3, 3])
    assert found.signed_rank is None
    assert found.sign_p == 1.0
    assert found.share_of_total == 0.0
    assert found.correlation_with_rest is None


@pytest.mark.parametrize(
    ("call", "error", "says"),
    [
        (lambda: paired_binary([1, 2], [0, 1]), InputError, "0 or 1"),
        (lambda: paired_binary([1, math.nan], [0, 1]), InputError, "0 or 1"),
        (lambda: paired_binary([], []), InputError, "one or more people"),
        (lambda: paired_binary([1, 0], [0, 1], [1]), InputError, "one entry a person"),
        (lambda: paired_item("x", [1, math.nan], [0, 1]), InputError, "finite score"),
        (
            lambda: paired_item("x", [1, 2], [0, 1], sequence=["AB", "AB"], test_first="AB"),
            DesignError,
            "both sequences",
        ),
        (
            lambda: paired_item("x", [1, 2], [0, 1], total_test=[1], total_reference=[1]),
            InputError,
            "same people",
        ),
    ],
)
def test_refusals(call, error, says):
    with pytest.raises(error, match=says):
        call()
