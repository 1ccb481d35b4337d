import numpy as np
from numpy.typing import NDArray
from scipy.special import logsumexp
from scipy.stats import multivariate_normal, multivariate_t

from crossblock.weigh import proposal
from crossblock.weigh.proposal import FREEDOM, joint, normal

RNG = np.random.default_rng(7)
POOL = RNG.standard_normal((600, 2))  # atoms: two bound coordinates
WANT, SHARP = np.array([0.8, -1.0, 1.5]), np.array([0.5, 0.4, 0.2])


def log_likelihood(bound: NDArray[np.float64], free: NDArray[np.float64]) -> NDArray[np.float64]:
    """Both bound coordinates, and the free one together with the first of them."""
    at = np.column_stack([bound, free[:, 0] + 0.5 * bound[:, 0]])
    return np.asarray(-0.5 * (((at - WANT) / SHARP) ** 2).sum(axis=1))


def evidence() -> float:
    """The free coordinate in closed form, N(m, s) against N(0, 1); the pool summed."""
    own = -0.5 * (((POOL - WANT[:2]) / SHARP[:2]) ** 2).sum(axis=1)
    m, s = WANT[2] - 0.5 * POOL[:, 0], SHARP[2]
    free = np.log(s / np.sqrt(1 + s * s)) - 0.5 * m * m / (1 + s * s)
    return float(logsumexp(own + free) - np.log(len(POOL)))


def particles(count: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Crude ones: the right place, the wrong spread, nothing of the slope."""
    near = POOL[np.argsort(-log_likelihood(POOL, 1.1 * np.ones((600, 1))))[:150]]
    bound = near[RNG.integers(150, size=count)]
    return bound, 1.1 + 0.4 * RNG.standard_normal((count, 2)) * [1.0, 2.5] - [0.0, 1.1]


def test_the_mean_weight_of_the_draws_is_the_evidence() -> None:
    shape = joint(*particles(500))
    d = shape.draw(POOL, 20_000, np.random.default_rng(1))
    L = log_likelihood(POOL[d.rows], d.free)
    w = np.exp(d.log_ratio + L)
    error = w.std() / w.mean() / np.sqrt(len(w))
    assert error < 0.03
    assert abs(np.log(w.mean()) - evidence()) < 4 * error
    # where nothing is observed, the evidence is 1
    plain = joint(POOL, RNG.standard_normal((600, 2))).draw(POOL, 20_000, np.random.default_rng(2))
    assert abs(np.exp(plain.log_ratio).mean() - 1.0) < 0.02


def test_weighted_draws_have_the_moments_of_the_posterior() -> None:
    d = joint(*particles(500)).draw(POOL, 20_000, np.random.default_rng(1))
    log_w = d.log_ratio + log_likelihood(POOL[d.rows], d.free)
    w = np.exp(log_w - logsumexp(log_w))
    own = -0.5 * (((POOL - WANT[:2]) / SHARP[:2]) ** 2).sum(axis=1)
    m = (WANT[2] - 0.5 * POOL[:, 0]) / (1 + SHARP[2] ** 2)
    p = np.exp(own - 0.5 * (WANT[2] - 0.5 * POOL[:, 0]) ** 2 / (1 + SHARP[2] ** 2))
    p /= p.sum()
    draws = np.column_stack([POOL[d.rows], d.free])
    mean = w @ draws
    error = np.sqrt((w**2) @ (draws - mean) ** 2)
    exact = np.array([*(p @ POOL), p @ m, 0.0])  # the last is never observed: its prior
    assert np.all(error < 0.03)
    assert np.all(np.abs(mean - exact) < 4 * error)


def test_densities_are_those_of_a_library() -> None:
    x = RNG.standard_normal((50, 3))
    ours = proposal._log_t(x)
    theirs = multivariate_t(shape=np.eye(3), df=FREEDOM).logpdf(x)
    assert np.allclose(ours, theirs, atol=1e-12)
    n = normal(x, np.full(50, 0.02))
    theirs = multivariate_normal(n.mean, n.root @ n.root.T).logpdf(x)
    assert np.allclose(np.diff(n.log_density(x)), np.diff(theirs), atol=1e-10)
