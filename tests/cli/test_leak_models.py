"""Classifiers: at chance on noise, above it on a sign of any shape; errors by DeLong."""

import numpy as np
import pytest
from scipy.stats import mannwhitneyu

from crossblock.cli import leak_models

PEOPLE = 800


def noise(seed: int, columns: int = 60) -> tuple[np.ndarray, np.ndarray, np.random.Generator]:
    rng = np.random.default_rng(seed)
    arm = (np.arange(PEOPLE) % 2).astype(float)
    return rng.normal(size=(PEOPLE, columns)), arm, rng


def test_noise_is_chance_for_every_classifier() -> None:
    X, arm, _ = noise(1)
    for name, found in leak_models.areas(X, arm, 1).items():
        assert abs(found.value - 0.5) < 4 * found.error, name
        assert 0.015 < found.error < 0.025, name


SIGNS = {
    "shift": lambda arm, rng: rng.normal(size=PEOPLE) + 0.8 * arm,
    "spread, no shift": lambda arm, rng: rng.normal(size=PEOPLE) * (1 + 1.5 * arm),
    "in the middle or outside": lambda arm, rng: np.where(
        arm == 1, rng.uniform(0.3, 0.7, PEOPLE), rng.uniform(0, 1, PEOPLE)
    ),
    "two groups, two of three agree": lambda arm, rng: np.where(
        rng.random(PEOPLE) < 0.68, arm, 1 - arm
    ),
    "a rare mark": lambda arm, rng: np.where((arm == 1) & (rng.random(PEOPLE) < 0.3), 1.0, 0.0),
}


@pytest.mark.parametrize("shape", SIGNS)
def test_a_sign_of_any_shape_is_found_among_noise(shape: str) -> None:
    X, arm, rng = noise(2)
    X[:, 7] = SIGNS[shape](arm, rng)
    name, found = leak_models.best(leak_models.areas(X, arm, 1))
    assert found.value - 0.5 > 4 * found.error, (shape, name, found.value)


def test_a_sign_of_two_features_together_is_found() -> None:
    """Neither half of it goes with the arm by more than a little; both together do."""
    X, arm, rng = noise(3, 8)
    X[:, 0] = rng.normal(size=PEOPLE) + 0.25 * arm
    X[:, 1] = np.where(X[:, 0] > 0, 1, -1) * (2 * arm - 1) + rng.normal(size=PEOPLE)
    found = leak_models.areas(X, arm, 1)
    for name in ("boosted trees", "forest", "neighbors"):
        assert found[name].value - 0.5 > 4 * found[name].error, name
        assert found[name].value > found["ridge"].value, name


def test_the_area_is_the_one_of_mann_and_whitney() -> None:
    rng = np.random.default_rng(4)
    told = rng.random(200) < 0.4
    score = np.round(rng.normal(size=200) + told, 1)
    found = leak_models.area(score, told, np.zeros(200, dtype=np.intp))
    u = mannwhitneyu(score[told], score[~told]).statistic
    assert found.value == pytest.approx(u / (told.sum() * (~told).sum()))


def test_the_error_is_the_spread_over_repetitions() -> None:
    rng = np.random.default_rng(5)
    told = np.arange(200) % 2 == 0
    one_fold = np.zeros(200, dtype=np.intp)
    made = [leak_models.area(rng.normal(size=200) + told, told, one_fold) for _ in range(400)]
    assert np.mean([a.error for a in made]) == pytest.approx(
        np.std([a.value for a in made]), rel=0.15
    )


def test_the_gain_of_two_areas_of_the_same_people() -> None:
    rng = np.random.default_rng(6)
    told = np.arange(400) % 2 == 0
    one_fold = np.zeros(400, dtype=np.intp)
    score = rng.normal(size=400) + told
    less = leak_models.area(score, told, one_fold)
    more = leak_models.area(score + 0.8 * told, told, one_fold)
    gain, error = leak_models.gain(more, less)
    assert gain == pytest.approx(more.value - less.value)
    assert gain > 4 * error > 0
    assert leak_models.gain(less, less) == (0.0, 0.0)


def test_nobody_is_judged_by_what_was_learned_from_them() -> None:
    _, arm, _ = noise(7)
    fold = leak_models.folds(arm, 1)
    assert sorted(set(fold)) == list(range(leak_models.FOLDS))
    for k in range(leak_models.FOLDS):
        assert arm[fold == k].mean() == pytest.approx(0.5, abs=0.01)


def test_nothing_to_learn_from_is_one_half() -> None:
    arm = np.array([0.0, 1.0] * 10)
    assert all(a.value == 0.5 for a in leak_models.areas(np.zeros((20, 0)), arm, 1).values())
    assert all(a.value == 0.5 for a in leak_models.areas(np.ones((20, 3)), arm * 0, 1).values())
