import csv
import math
from pathlib import Path

import numpy as np
import pytest

from crossblock.core.errors import ConvergenceError, InputError
from crossblock.domain.response import Response
from crossblock.load.people import truth
from crossblock.load.protocol import read
from crossblock.plan import curves, designs, numbers
from crossblock.plan.precision import estimates, fewest, precision

RANGES = Path(__file__).parents[1] / "reference" / "plan" / "ranges.csv"
TWO = designs.candidate("2x2")


@pytest.fixture(scope="module")
def textbook() -> Response:
    return numbers.from_truth(truth(), "hamd17")


def of(response: Response, fraction: float, n: int, points: int = 12):  # type: ignore[no-untyped-def]
    a, V = designs.effects(TWO, response, fraction, n)
    return precision(a, V, designs.degrees(TWO, n), points=points)


@pytest.mark.parametrize("row", list(csv.DictReader(RANGES.open())), ids=lambda r: f"n={r['n']}")
def test_the_sampling_range_is_that_of_the_review(row: dict[str, str], textbook: Response) -> None:
    found = of(textbook, float(row["fraction"]), int(row["n"]))
    # printed in whole percent, each a quantile of 40,000 trials (SE up to 0.4 points)
    assert 100 * found.low == pytest.approx(float(row["low"]), abs=0.5 + 2 * 0.4)
    assert 100 * found.high == pytest.approx(float(row["high"]), abs=0.5 + 2 * 0.4)


@pytest.mark.parametrize("n", [12, 26])
def test_width_and_bounds_agree_with_virtual_trials_of_whole_people(
    n: int, textbook: Response
) -> None:
    """The other way: people, ratings, code list, analysis; 3,000 trials by `simulate`."""
    made = curves.simulated(
        read("williams-2018"), truth(), 0.28, [n], trials=3000, seed=11, endpoint="hamd17"
    )[0]
    assert made.simulated_width is not None
    value, se = made.simulated_width
    assert of(textbook, 0.28, n).mean_width == pytest.approx(value, abs=3 * se)


@pytest.mark.parametrize("fraction", [0.0, 0.28, 1.0])
def test_the_fieller_set_covers_at_its_level(fraction: float, textbook: Response) -> None:
    assert of(textbook, fraction, 26).coverage == pytest.approx(0.95, abs=0.004)


def test_the_plain_formula_is_near_the_integrated_median(textbook: Response) -> None:
    for n in (12, 26, 60):
        found = of(textbook, 0.28, n)
        assert found.at_truth == pytest.approx(found.median_width, rel=0.4 / n + 0.005)


def test_the_integration_is_fine_enough(textbook: Response) -> None:
    coarse, fine = of(textbook, 0.28, 12), of(textbook, 0.28, 12, points=15)
    for name in ("median_width", "mean_width", "low", "high", "coverage"):
        assert getattr(coarse, name) == pytest.approx(getattr(fine, name), abs=0.004)


def test_estimates_have_the_moments_they_are_drawn_from() -> None:
    V = np.array([[2.0, 0.7], [0.7, 1.5]])
    drawn = estimates(np.array([3.0, 5.0]), V, 10.0)
    assert drawn.mean.mean(axis=0) == pytest.approx([3.0, 5.0], abs=0.01)
    assert np.cov(drawn.mean.T) == pytest.approx(V, abs=0.03)
    assert drawn.covariance.mean(axis=0) == pytest.approx(V, abs=0.02)
    # Wishart: Var(V_11) = 2 V_11^2 / df
    assert drawn.covariance[:, 0, 0].var() == pytest.approx(2 * V[0, 0] ** 2 / 10, rel=0.03)


def test_an_effect_that_may_be_nothing_gives_unbounded_intervals() -> None:
    weak = numbers.stated("hamd17", drug=1.0, other=0.0, sd_difference=8.0)
    found = of(weak, 0.28, 12)
    assert found.bounded < 0.2
    assert math.isinf(found.median_width)


def test_no_spread_no_effect_and_too_few_people_are_refused() -> None:
    with pytest.raises(InputError, match="do not vary"):
        precision(np.array([1.0, 2.0]), np.zeros((2, 2)), 10.0)
    with pytest.raises(InputError, match="no drug effect"):
        precision(np.array([1.0, 0.0]), np.eye(2), 10.0)
    with pytest.raises(InputError, match="too few people"):
        precision(np.array([1.0, 2.0]), np.eye(2), 1.0)


def test_fewest_finds_the_first_multiple() -> None:
    for first in (6, 7, 40, 999):
        assert fewest(lambda n, k=first: n >= k, multiple=6, least=8, what="x") == max(
            12, 6 * math.ceil(first / 6)
        )
    with pytest.raises(ConvergenceError, match="no study"):
        fewest(lambda n: False, multiple=2, least=4, what="the moon")
