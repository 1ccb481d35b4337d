import math

import pytest
from scipy.stats import norm

from crossblock.core.errors import InputError
from crossblock.stats.blinding import (
    Guesses,
    bang,
    by_period_and_role,
    difference_interval,
    james,
)


def guesses(drug, blocker, **kwargs):
    """Counts in the order drug, blocker, do not know."""
    names = ("drug", "blocker", "do not know")
    return Guesses(
        counts={
            "drug": dict(zip(names, drug, strict=True)),
            "blocker": dict(zip(names, blocker, strict=True)),
        },
        **kwargs,
    )


def test_landmarks():
    everybody_right = guesses((10, 0, 0), (0, 10, 0))
    assert bang(everybody_right, "drug").estimate.value == 1.0
    assert james(everybody_right).value == pytest.approx(0.0)
    everybody_wrong = guesses((0, 10, 0), (10, 0, 0))
    assert bang(everybody_wrong, "drug").estimate.value == -1.0
    everybody_unsure = guesses((0, 0, 10), (0, 0, 10))
    assert bang(everybody_unsure, "drug").estimate.value == 0.0
    assert james(everybody_unsure).value == 1.0
    as_by_chance = guesses((5, 5, 0), (5, 5, 0))
    assert bang(as_by_chance, "blocker").estimate.value == 0.0
    assert james(as_by_chance).value == pytest.approx(0.5)


def test_swapping_the_names_of_the_conditions_changes_nothing_else():
    a = guesses((8, 3, 4), (2, 9, 5))
    b = Guesses(
        counts={
            "blocker": {"blocker": 8, "drug": 3, "do not know": 4},
            "drug": {"blocker": 2, "drug": 9, "do not know": 5},
        }
    )
    assert james(a).value == pytest.approx(james(b).value)
    assert james(a).se == pytest.approx(james(b).se)
    assert bang(a, "drug").estimate.value == bang(b, "blocker").estimate.value


def test_the_standard_error_of_james_is_the_slope_times_the_spread():
    # Numerical delta method over the nine cells of three conditions.
    names = ("a", "b", "c")
    counts = {
        "a": {"a": 7, "b": 2, "c": 3, "do not know": 4},
        "b": {"a": 1, "b": 9, "c": 2, "do not know": 5},
        "c": {"a": 3, "b": 3, "c": 5, "do not know": 6},
    }
    n = sum(sum(row.values()) for row in counts.values())
    base = james(Guesses(counts=counts))
    big = 10_000_000
    slopes, shares = [], []
    for c in names:
        for g in (*names, "do not know"):
            # Add one part in ten million of everybody to one cell; proportions then sum past 1, so
            # the slope is that of the index along (cell - P).
            scaled = {k: {x: v * big for x, v in row.items()} for k, row in counts.items()}
            scaled[c][g] += n
            moved = james(Guesses(counts=scaled)).value
            slopes.append((moved - base.value) * big)
            shares.append(counts[c][g] / n)
    mean = sum(s * p for s, p in zip(slopes, shares, strict=True))
    variance = sum(p * (s - mean) ** 2 for s, p in zip(slopes, shares, strict=True)) / n
    assert base.se == pytest.approx(math.sqrt(variance), rel=1e-3)


def test_the_score_interval_does_not_collapse():
    found = bang(guesses((12, 0, 0), (0, 12, 0)), "drug")
    assert found.estimate.se == 0
    assert found.estimate.warnings
    assert found.score_lower < 0.6
    assert found.score_upper == 1.0


@pytest.mark.parametrize(("b", "c", "n"), [(5, 3, 12), (9, 1, 26), (0, 0, 12), (4, 4, 8)])
def test_score_ends_meet_the_restricted_likelihood(b, c, n):
    """At each end the score statistic with the constrained maximum equals z (searched by brute)."""
    z = norm.isf(0.025)
    for d, sign in zip(difference_interval(b, c, n), (1, -1), strict=True):
        grid = [max(0.0, -d) + i * (1 - abs(d)) / 2 / 20_000 for i in range(20_001)]

        def loglik(q, d=d):
            cells = ((b, q + d), (c, q), (n - b - c, 1 - 2 * q - d))
            if any(p <= 0 < k or p < -1e-12 for k, p in cells):
                return -math.inf
            return sum(k * math.log(p) for k, p in cells if k)

        q = max(grid, key=loglik)
        variance = n * (2 * q + d * (1 - d))
        assert (b - c - n * d) / math.sqrt(variance) == pytest.approx(sign * z, abs=2e-3)


def test_the_score_interval_is_symmetric():
    low, high = difference_interval(5, 3, 12)
    assert difference_interval(3, 5, 12) == pytest.approx((-high, -low))


def test_each_period_and_role_is_kept_apart():
    tables = [
        guesses((8, 3, 4), (2, 9, 5), period="1"),
        guesses((8, 3, 4), (2, 9, 5), period="2", role="rater"),
    ]
    found = by_period_and_role(tables)
    assert [j.model for _, j, _ in found] == ["participant, period 1", "rater, period 2"]
    assert len(found[0][2]) == 2


@pytest.mark.parametrize(
    ("build", "says"),
    [
        (lambda: Guesses(counts={"drug": {"drug": 1}}), "two conditions"),
        (lambda: Guesses(counts={"a": {"x": 1}, "b": {}}), "not a condition"),
        (lambda: Guesses(counts={"a": {"a": -1}, "b": {}}), "0 or more"),
        (lambda: bang(guesses((0, 0, 0), (1, 2, 3)), "drug"), "nobody guessed"),
        (lambda: bang(guesses((1, 0, 0), (1, 2, 3)), "placebo"), "no guesses under"),
        (lambda: james(guesses((0, 0, 0), (0, 0, 0))), "no guesses"),
        (lambda: james(guesses((5, 0, 0), (0, 0, 4))), "not defined"),
    ],
)
def test_refusals(build, says):
    with pytest.raises(InputError, match=says):
        build()
