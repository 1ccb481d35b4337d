import math

import pytest
from scipy.stats import multivariate_normal, norm

from crossblock.core.errors import InputError
from crossblock.domain.interim import Interim
from crossblock.stats.conditional import conditional_power, current_trend
from crossblock.stats.harm import EventRule, HarmRule
from crossblock.stats.monitoring import fixed_boundary, fractions_of, watch


def interim(*rules, looks=(14,), counts="completed"):
    return Interim.model_validate({"looks": list(looks), "counts": counts, "rules": list(rules)})


def rule(**kwargs):
    return {"purpose": "efficacy", "endpoint": "hamd17", "boundary": "O'Brien-Fleming", **kwargs}


def test_looks_become_fractions_with_the_end_last():
    assert fractions_of(interim(), 30)[0] == pytest.approx((14 / 30, 1.0))
    assert fractions_of(interim(looks=(10, 30)), 30)[0] == pytest.approx((1 / 3, 1.0))
    assert "entered" in fractions_of(interim(counts="studied"), 30)[1][0]
    with pytest.raises(InputError, match="after the last"):
        fractions_of(interim(looks=(40,)), 30)


def test_a_spending_rule_keeps_its_alpha():
    (one,) = watch(interim(rule()), 30)
    assert one.error == pytest.approx(0.025)
    assert len(one.z) == 2
    assert not one.warnings
    (halved,) = watch(interim(rule(alpha=0.05, scale="two-sided p")), 30)
    assert halved.z == one.z


def test_assumed_parameters_are_said():
    (one,) = watch(interim(rule(boundary="Kim-DeMets")), 30)
    assert "assumed" in one.warnings[0]


def test_a_fixed_p_at_each_look_says_what_it_costs():
    (one,) = watch(
        interim(rule(boundary="fixed", threshold=0.05, scale="two-sided p"), looks=(12,)), 30
    )
    c, r = norm.isf(0.025), math.sqrt(0.4)
    stay = multivariate_normal.cdf([c, c], [0, 0], [[1, r], [r, 1]])
    assert one.error == pytest.approx(1 - stay, abs=1e-6)
    assert "raise the one-sided error from 2.5%" in one.warnings[0]
    assert fixed_boundary(3.0, (0.4, 1.0), 0.025).alpha_spent[-1] < one.error


def test_judgment_is_reported_as_unbounded():
    (one,) = watch(interim(rule(boundary="judgment")), 30)
    assert one.error is None
    assert one.z == ()
    assert "judgment" in one.sentence


def test_a_futility_threshold_becomes_a_bound():
    (one,) = watch(
        interim(
            rule(purpose="futility", boundary="fixed", threshold=0.2, scale="conditional power")
        ),
        30,
    )
    end = fixed_boundary(math.inf, one.fractions, 0.025)
    z = one.z[0]
    assert conditional_power(end, 1, z, current_trend(end, 1, z)) == pytest.approx(0.2, abs=1e-6)
    (flat,) = watch(
        interim(
            rule(purpose="futility", boundary="fixed", threshold=0.2, scale="predictive power")
        ),
        30,
    )
    assert flat.z[0] < one.z[0]


def test_harm_rules_keep_their_own_endpoint_and_threshold():
    (points, share) = watch(
        interim(
            rule(
                purpose="harm", endpoint="suicidality", boundary="Pocock", threshold=2,
                scale="points", alpha=0.05,
            ),
            rule(
                purpose="harm", endpoint="sae", boundary="fixed", threshold=0.1, scale="fraction",
                alpha=0.1,
            ),
        ),
        30,
    )  # fmt: skip
    assert isinstance(points.harm, HarmRule)
    assert points.harm.threshold == 2
    assert points.error == pytest.approx(0.05)
    assert isinstance(share.harm, EventRule)
    assert share.harm.certainty == pytest.approx(0.9)


@pytest.mark.parametrize(("threshold", "scale"), [(2.0, "points"), (1.5, "one-sided p")])
def test_a_fixed_rule_without_a_p_or_z_is_refused(threshold, scale):
    with pytest.raises(InputError, match="no bound"):
        watch(interim(rule(boundary="fixed", threshold=threshold, scale=scale)), 30)


def test_a_futility_rule_in_points_is_kept_as_words():
    (one,) = watch(
        interim(rule(purpose="futility", boundary="fixed", threshold=1, scale="points")), 30
    )
    assert one.z == ()
    assert "no bound is drawn" in one.sentence
