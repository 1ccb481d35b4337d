"""Signals of one course: what ranks, runs and chances must be, whatever the noise looks like."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import ndtri
from scipy.stats import kstest, norm
from scipy.stats import t as student

from crossblock.stats import signals


@given(st.lists(st.integers(-50, 50), min_size=1, max_size=25), st.floats(0.1, 5), st.floats(-9, 9))
@settings(max_examples=60, deadline=None)
def test_ranks_do_not_mind_units(values: list[int], scale: float, shift: float) -> None:
    x = np.array(values, dtype=float)
    np.testing.assert_allclose(signals.rank_scores(x), signals.rank_scores(x * scale + shift))
    np.testing.assert_allclose(signals.rank_scores(-x), -signals.rank_scores(x))


def test_rank_scores_by_hand() -> None:
    z = signals.rank_scores(np.array([5.0, 7.0, 7.0, 1.0]))
    expected = [0.0, ndtri(0.75), ndtri((1 + 0.5 + 0.5) / 3), ndtri(0.5 / 4)]
    np.testing.assert_allclose(z, expected)


def test_a_censored_value_stands_between_what_it_passed_and_the_top() -> None:
    x = np.array([3.0, 9.0, 4.0, 4.0])
    cut = np.array([False, False, True, False])
    z = signals.rank_scores(x, cut)
    assert z[2] == pytest.approx(ndtri((1 + 0.5 + 0.5) / 3))
    # 3 lies below 4 for sure; 9 above; the censored 4 is at least 4, so above
    assert z[3] == pytest.approx(ndtri((1 + 0.5) / 4))


USUAL = 0.1


def steady(scores: signals.Scores, n: int, rng: np.random.Generator) -> np.ndarray:
    """Return scores of a steady series: of odd noise for ranks, of a usual variance for normal."""
    if scores == "ranks":
        return signals.rank_scores(rng.standard_cauchy(n) ** 3)
    sd = USUAL * np.sqrt(signals.PRIOR / rng.chisquare(signals.PRIOR))
    return signals.normal_scores(3 + sd * rng.normal(size=n), USUAL)


@pytest.mark.parametrize("scores", ["ranks", "normal"])
def test_the_promised_rate_is_kept_whatever_the_noise(scores: signals.Scores) -> None:
    rng = np.random.default_rng(5)
    n, people = 30, 1500
    limit = signals.threshold(n, 0.05, scores)
    hits = sum(bool(signals.cusum(steady(scores, n, rng)).max() >= limit) for _ in range(people))
    error = np.sqrt(0.05 * 0.95 / people)
    assert abs(hits / people - 0.05) < 3.5 * error


def test_normal_scores_of_steady_normal_values_are_normal() -> None:
    rng = np.random.default_rng(6)
    z = np.array([steady("normal", 12, rng)[1:] for _ in range(400)])
    assert kstest(z.ravel(), "norm").pvalue > 0.001
    assert abs(np.corrcoef(z[:, :-1].ravel(), z[:, 1:].ravel())[0, 1]) < 0.06


def test_normal_scores_by_hand() -> None:
    # two values before it, mean 1, squares 0.02, so s^2 = (6 * 0.01 + 0.02) / 7
    z = signals.normal_scores(np.array([0.9, 1.1, 1.3]), 0.1)
    t = 0.3 / np.sqrt(0.08 / 7) * np.sqrt(2 / 3)
    assert z[0] == 0.0
    assert z[2] == pytest.approx(norm.ppf(student.cdf(t, 7)))
    assert signals.normal_scores(np.array([1.0, 1e9]), 0.1)[1] == signals.MOST_SCORE


def _weather(n: int, gap: float, memory: float, rng: np.random.Generator) -> np.ndarray:
    rho, x = np.exp(-gap / memory), np.empty(n)
    x[0] = rng.normal()
    for k in range(1, n):
        x[k] = rho * x[k - 1] + np.sqrt(1 - rho**2) * rng.normal()
    return x


@pytest.mark.parametrize("true_memory", [0.1, 7.0])
def test_weather_that_is_reckoned_with_raises_no_more_alarms(true_memory: float) -> None:
    n, people, gap = 52, 600, 7.0
    day = np.arange(n) * gap
    error = np.sqrt(0.05 * 0.95 / people)

    def hits(memory: float) -> float:
        rng = np.random.default_rng(7)
        found = [signals.rising(_weather(n, gap, true_memory, rng), day, memory=memory)
                 for _ in range(people)]  # fmt: skip
        limit = signals.threshold(n)
        return sum(bool(f.path.max() >= limit) for f in found) / people

    assert hits(7.0) < 0.05 + 3 * error
    if true_memory == 7.0:
        assert hits(0.0) > 0.2


def test_what_was_foretold_is_taken_off() -> None:
    z, day = np.array([1.0, 1.0, 1.0]), np.array([0.0, 7.0, 700.0])
    rho = np.exp(-1.0)
    wanted = [1.0, (1 - rho) / np.sqrt(1 - rho**2), 1.0]
    np.testing.assert_allclose(signals.forgetting(z, day, 7.0), wanted)
    np.testing.assert_array_equal(signals.forgetting(z, day, 0.0), z)


def test_equal_values_give_no_signal_and_a_change_a_large_one() -> None:
    x = np.full(20, 0.5)
    day = np.arange(20.0) * 7
    assert signals.rising(x, day, usual_sd=0.05).noise == 1.0
    assert signals.rising(x, day).noise == 1.0
    x[-3:] = 0.7
    assert signals.rising(x, day, usual_sd=0.05).alarm()
    assert signals.falling(-x, day, usual_sd=0.05).alarm()


def test_chance_falls_with_height_and_rises_with_looks() -> None:
    heights = np.linspace(0.1, 8, 30)
    chances = [signals.chance(h, 26) for h in heights]
    assert all(a >= b for a, b in pairwise(chances))
    assert signals.chance(3.0, 52) > signals.chance(3.0, 13)
    assert signals.chance(0.0, 26) == signals.chance(5.0, 0) == 1.0
    assert signals.chance(signals.threshold(26), 26) == pytest.approx(0.05, abs=0.002)


def test_a_run_is_dated_by_where_it_began() -> None:
    x = np.concatenate([np.tile([1.0, 3.0, 2.0], 6), np.linspace(4, 9, 8)])
    found = signals.rising(x, np.arange(x.size) * 7.0)
    assert found.alarm()
    assert found.since is not None
    assert 15 <= found.since <= 19
    assert signals.falling(-x, np.arange(x.size) * 7.0).noise == found.noise


def test_nothing_is_found_in_nothing() -> None:
    none = np.array([])
    assert signals.rising(none, none).noise == 1.0
    found = signals.rising(np.array([np.nan, 2.0, np.nan]), np.array([0.0, 1.0, 2.0]))
    assert (found.n, found.alarm()) == (1, False)


def test_time_above_is_where_the_line_crosses() -> None:
    session = np.array([0.0, 14.0, 28.0, 42.0])
    rated = np.array([1.0, 8.0, 15.0, 27.0, 29.0])
    score = np.array([10.0, 24.0, 10.0, 12.0, 20.0])
    stay, cut = signals.time_above(session, rated, score, 16.0)
    # day 1 to 8, from 10 to 24: 16 is crossed after 6/14 of 7 days
    assert stay[0] == pytest.approx(1 + 7 * 6 / 14)
    assert (stay[1], bool(cut[1])) == (13.0, True)
    assert (stay[2], bool(cut[2])) == (0.0, False)
    assert np.isnan(stay[3])


def test_what_is_kept_is_the_mean_fall_until_the_next_session() -> None:
    session = np.array([0.0, 14.0, 28.0, 42.0, 56.0])
    rated = np.array([1.0, 8.0, 13.0, 15.0, 27.0, 29.0, 50.0, 57.0, 69.0])
    score = np.array([10.0, 24.0, 24.0, 10.0, 20.0, 5.0, 16.0, 9.0, 9.0])
    held = signals.kept(session, rated, score, 32.0)
    # day 1 to 8 from 10 to 24, then 24 until day 13
    assert held[0] == pytest.approx(1 - (7 * 17 + 5 * 24) / 12 / 32)
    assert held[1] == pytest.approx(1 - 15 / 32)
    assert np.isnan(held[2])  # rated the day after alone: flattering
    assert held[3] == pytest.approx(0.5)  # one rating, in the later half
    assert np.isnan(held[4])  # not over yet


def test_weekly_dose() -> None:
    rate = signals.weekly_dose(np.array([0.0, 7.0, 21.0]), np.array([0.5, 0.5, 0.5]))
    assert np.isnan(rate[0])
    np.testing.assert_allclose(rate[1:], [0.5, 0.25])


def test_answers_after_a_gap() -> None:
    rng = np.random.default_rng(2)
    gap = np.array([7.0, 7, 7, 7, 7, 7, 20, 20, 20, 20])
    high = np.array([1.0, 1, 0, 1, 1, 0, 3, 3, 3, 3])
    assert signals.after_a_gap(high, gap, 7.0, rng) < 0.02
    assert signals.after_a_gap(high[::-1], gap, 7.0, rng) > 0.3
    assert signals.after_a_gap(high[:7], gap[:7], 7.0, rng) == 1.0
