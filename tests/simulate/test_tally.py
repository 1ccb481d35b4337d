import math

import numpy as np
import pytest

from crossblock.simulate.tally import InOrder, Sum, Tally, histogram, summed


def test_a_mean_has_its_monte_carlo_error() -> None:
    x = np.array([1.0, 2.0, 4.0, 9.0])
    m = summed(x).measured()
    assert (m.value, m.n) == (4.0, 4)
    assert m.se == pytest.approx(x.std() / 2)


def test_what_never_happened_is_not_known_to_be_impossible() -> None:
    m = summed(np.zeros(1000, dtype=bool)).measured()
    assert m.value == 0.0
    assert 2 * m.se == pytest.approx(3 / 1000)
    assert summed(np.ones(1000, dtype=bool)).measured().se == pytest.approx(1.5 / 1000)


def test_nothing_measured_says_so() -> None:
    m = Sum().measured()
    assert m.n == 0
    assert math.isinf(m.se)


def test_chunks_add_up() -> None:
    x = np.random.default_rng(1).normal(0.3, 0.2, 600)
    parts = [
        Tally(sums={"f": summed(part)}, histograms={"f": histogram(part)})
        for part in np.split(x, 3)
    ]
    total = Tally()
    for part in parts:
        total = total + part
    assert total.measured("f").value == pytest.approx(x.mean())
    assert total.measured("f").n == 600
    for q in (0.025, 0.5, 0.975):
        assert total.quantile("f", q) == pytest.approx(np.quantile(x, q), abs=0.01)


def test_only_the_kept_count() -> None:
    m = summed(np.array([1.0, 100.0]), np.array([True, False])).measured()
    assert (m.value, m.n) == (1.0, 1)


def test_sums_do_not_depend_on_who_came_first() -> None:
    parts = [Tally(sums={"x": Sum(1, x, x * x)}) for x in (0.1, 1e16, -1e16, 0.3)]
    forward, shuffled = InOrder(), InOrder()
    for k, part in enumerate(parts):
        forward.take(k, part)
    for k in (2, 0, 3, 1):
        shuffled.take(k, parts[k])
    assert shuffled.total.sums == forward.total.sums
    assert (shuffled.following, shuffled.early) == (4, {})
