import math

import numpy as np
import pytest

from crossblock.core.errors import ConvergenceError, DesignError, InputError
from crossblock.stats.bioequivalence import (
    Observation,
    cv_of_variance,
    fixed_effects,
    interval_from_cv,
    power,
    size,
    spread_over,
    variance_of_cv,
    within_cv,
)


def study(sequences, people, *, seed=0, ratio=1.1, cv=0.2, drop=()):
    """Draw a replicate study; people in `drop` miss their last period."""
    rng = np.random.default_rng(seed)
    out = []
    for k in range(people):
        sequence = sequences[k % len(sequences)]
        level = rng.normal(0, 0.5)
        for p, treatment in enumerate(sequence, start=1):
            if k in drop and p == len(sequence):
                continue
            mean = level + 0.1 * p + (math.log(ratio) if treatment == "T" else 0.0)
            value = math.exp(mean + math.sqrt(variance_of_cv(cv)) * rng.standard_normal())
            out.append(
                Observation(
                    participant=str(k),
                    sequence=sequence,
                    period=str(p),
                    treatment=treatment,
                    value=value,
                )
            )
    return out


def test_on_a_2x2_method_a_is_the_two_sample_t():
    data = study(["TR", "RT"], 13, seed=3)
    found = fixed_effects(data)
    by = {}
    for o in data:
        by.setdefault((o.sequence, o.participant), {})[o.period] = math.log(o.value)
    half = {s: [] for s in ("TR", "RT")}
    for (s, _), y in by.items():
        half[s].append((y["1"] - y["2"]) / 2)
    a, b = np.array(half["TR"]), np.array(half["RT"])
    pooled = (a.var(ddof=1) * (len(a) - 1) + b.var(ddof=1) * (len(b) - 1)) / (len(data) / 2 - 2)
    assert found.log_estimate.value == pytest.approx(a.mean() - b.mean(), abs=1e-10)
    assert found.log_estimate.se == pytest.approx(
        math.sqrt(pooled * (1 / len(a) + 1 / len(b))), abs=1e-10
    )
    assert found.df == 11


def test_a_person_seen_under_one_condition_adds_nothing_to_the_contrast():
    data = study(["TR", "RT"], 12, seed=4)
    stray = Observation(participant="x", sequence="TR", period="1", treatment="T", value=55.0)
    assert fixed_effects([*data, stray]).ratio == pytest.approx(fixed_effects(data).ratio)


def test_reversing_the_roles_inverts_the_ratio():
    data = study(["TRTR", "RTRT"], 16, seed=5, drop=(1, 6))
    there, back = fixed_effects(data), fixed_effects(data, test="R", reference="T")
    assert there.ratio == pytest.approx(1 / back.ratio)
    assert there.lower == pytest.approx(1 / back.upper)
    assert there.lower < there.ratio < there.upper


def test_the_within_cv_is_recovered():
    found = within_cv(study(["TRTR", "RTRT"], 400, seed=6, cv=0.35))
    # The standard error of a CV from 399 degrees of freedom is 3.5 % of it.
    assert found == pytest.approx(0.35, rel=0.1)


def test_cv_and_variance_are_inverse():
    assert cv_of_variance(variance_of_cv(0.4)) == pytest.approx(0.4)


def test_power_grows_with_people_and_falls_with_spread():
    powers = [power("2x2", n, 0.25) for n in (12, 20, 30, 60)]
    assert powers == sorted(powers)
    assert power("2x2", 24, 0.2) > power("2x2", 24, 0.3)
    assert power("2x2", [13, 11], 0.25) < power("2x2", 24, 0.25)


def test_the_size_is_the_smallest_balanced_one():
    found = size("2x3x3", 0.3, 0.95)
    assert found.n % 3 == 0
    assert power("2x3x3", found.n, 0.3) == found.power >= 0.8
    assert power("2x3x3", found.n - 3, 0.3) < 0.8


def test_people_are_spread_evenly():
    assert spread_over(14, 4) == [4, 4, 3, 3]


def test_the_interval_holds_its_ratio_in_the_middle():
    low, high = interval_from_cv(0.95, 0.3, 24)
    assert math.sqrt(low * high) == pytest.approx(0.95)


@pytest.mark.parametrize(
    ("call", "error", "says"),
    [
        (lambda: fixed_effects(study(["TT", "RR"], 8)), DesignError, "cannot be compared"),
        (lambda: fixed_effects(study(["TR"], 1)), DesignError, "cannot be compared"),
        (
            lambda: fixed_effects([o for o in study(["TR", "RT"], 8) if o.treatment == "R"]),
            DesignError,
            "no observations under T",
        ),
        (lambda: within_cv(study(["TR", "RT"], 8)), DesignError, "not replicated"),
        (lambda: size("2x2", 0.3, 1.3), InputError, "outside the limits"),
        (lambda: size("2x2", 3.0, 0.8001, most=100), ConvergenceError, "more than 100"),
        (lambda: power("2x2", [5, 5, 5], 0.3), InputError, "2 sequences"),
        (lambda: variance_of_cv(0.0), InputError, "above 0"),
    ],
)
def test_refusals(call, error, says):
    with pytest.raises(error, match=says):
        call()


@pytest.mark.parametrize("value", [0.0, -1.0, math.nan, math.inf])
def test_refuses_exposures_without_a_logarithm(value):
    data = study(["TR", "RT"], 4)
    bad = Observation(participant="9", sequence="TR", period="1", treatment="T", value=value)
    with pytest.raises(InputError, match="participant 9, period 1"):
        fixed_effects([*data, bad])
