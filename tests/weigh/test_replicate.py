from functools import cache

import numpy as np
import pytest

from crossblock.domain.weighed import Outcome
from crossblock.weigh.moments import grid_for
from crossblock.weigh.replicate import contrast, event, replicate
from crossblock.weigh.sbc import one_of
from crossblock.weigh.tables import contrast_table, event_table
from crossblock.weigh.terms import Tables, arm_course, log_likelihood, paired, surge_ratio
from tests.weigh.small import outcome, ratings, rival, study


def many(name: str, like: Outcome, row: int = 3, count: int = 400) -> list[Outcome]:
    rng = np.random.default_rng(2)
    truth = one_of(rival("h3a"), row)
    return [replicate(study(name), like, truth, rng) for _ in range(count)]


def test_mean_falls_have_the_mean_and_spread_that_the_likelihood_expects() -> None:
    s, r = study("lii-2023"), one_of(rival("h3a"), 3)
    short = type(s)(**{f: getattr(s, f) for f in s.__slots__} | {"times_h": (24.0, 72.0)})
    rng = np.random.default_rng(4)
    like = outcome(s.id)
    values = np.stack([replicate(short, like, r, rng).value for _ in range(600)])
    g = grid_for(s, r.particles, r.amplitude_cv)
    for a, arm in enumerate(s.arms):
        expected = arm_course(short, arm, r, g)
        mean, spread = expected.mean[0, 0, 0], expected.covariance[0, 0, 0] / arm.n
        assert np.allclose(values[:, a].mean(axis=0), mean, atol=5 * np.sqrt(spread[0, 0] / 600))
        assert np.allclose(np.cov(values[:, a].T), spread, rtol=0.25)


def test_ratings_keep_who_was_not_rated_and_vary_as_people_do() -> None:
    like = ratings()
    found = many("nimh-day-2", like, count=300)
    assert like.ratings is not None
    assert all(f.ratings is not None and f.ratings.shape == like.ratings.shape for f in found)
    gaps = [np.isnan(f.ratings) for f in found if f.ratings is not None]
    assert all(np.array_equal(g, np.isnan(like.ratings)) for g in gaps)
    r = one_of(rival("h3a"), 3)
    s = paired(study("nimh-day-2"), r, grid_for(study("nimh-day-2"), r.particles, r.amplitude_cv))
    y = np.concatenate([f.ratings for f in found if f.ratings is not None])
    assert np.allclose(np.nanmean(y, axis=0), s.mean[0, 0, 0], atol=0.03)


def test_a_crossover_reports_responders_and_both_tests() -> None:
    y = np.column_stack([np.repeat([0.8, 0.1], 6), np.zeros(12)])
    y += 0.05 * np.random.default_rng(1).standard_normal(y.shape)
    assert event(y).tolist() == [6.0, 1.0, 1.0]
    same = np.column_stack([y[:, 0], y[:, 0]])
    assert event(same)[0] == 6.0
    assert event(same)[1:].tolist() == [0.0, 0.0]
    values = np.stack([f.value for f in many("williams-2018", outcome("williams-2018"))])
    assert values.min() >= 0
    assert values[:, 0].max() <= 12


def test_the_contrast_is_the_root_of_f_with_its_sign() -> None:
    rng = np.random.default_rng(5)
    y = np.column_stack([0.5 + 0.1 * rng.standard_normal(26), 0.1 * rng.standard_normal(26)])
    assert contrast(y, rng) > 3.0
    assert contrast(y[:, ::-1], rng) < -3.0


def test_signals_and_shares_scatter_by_their_standard_errors() -> None:
    glx = np.array([float(f.value) for f in many("jelen-2025-glx", outcome("jelen-2025-glx"))])
    r = one_of(rival("h3a"), 3)
    size = r.particles["glx_signal"] * (1.0 - surge_ratio(study("jelen-2025-glx"), r))
    assert glx.mean() == pytest.approx(float(size[0]), abs=0.25)
    assert glx.std() == pytest.approx(1.0, abs=0.12)
    like = outcome("wilkinson-2019")
    shares = np.stack([f.value for f in many("wilkinson-2019", like)])
    assert np.allclose(shares.std(axis=0), like.se, rtol=0.15)


FREE = ("fall", "sigma", "session_r", "tau", "g_masked", "told", "A:lii-2023", "g:nimh-day-2")
STEP = 0.05


@pytest.mark.parametrize(
    "name",
    ["nimh-day-2", "lii-2023", "trials-2016", "wilkinson-2019", "williams-2018", "jelen-2025-mood"],
)
def test_the_score_of_what_is_simulated_is_zero_on_average(name: str) -> None:
    """E d log p(y | z) / dz = 0 at the truth y is drawn from, for any proper likelihood.

    Over 96 truths, four reports each; a table that did not sum to 1 was 15 standard errors off.
    """
    s, like = study(name), ratings() if name == "nimh-day-2" else outcome(name)
    whole = rival("h3a")
    columns = [whole.particles.symbols.index(f) for f in FREE]
    scores = []
    for row in range(whole.particles.count):
        truth = one_of(whole, row)
        z = np.repeat(truth.particles.z, 2 * len(columns), axis=0)
        z[np.arange(0, len(z), 2), columns] += STEP
        z[np.arange(1, len(z), 2), columns] -= STEP
        around = whole.moved(np.full(len(z), row), z)
        rng = np.random.default_rng(row)
        for _ in range(4):
            L = log_likelihood(s, replicate(s, like, truth, rng), around, full_tables())
            scores.append((L[0::2] - L[1::2]) / (2.0 * STEP))
    found = np.array(scores)
    error = found.std(axis=0) / np.sqrt(len(found))
    assert np.all(np.abs(found.mean(axis=0)) <= 4.0 * error + 1e-9)


@cache
def full_tables() -> Tables:
    return Tables(
        event={"williams-2018": event_table(12)}, test={"jelen-2025-mood": contrast_table(26)}
    )
