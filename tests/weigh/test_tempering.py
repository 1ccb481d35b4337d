import numpy as np
from scipy.special import logsumexp

from crossblock.weigh.bank import Rival
from crossblock.weigh.proposal import systematic
from crossblock.weigh.tempering import Known, ess, next_step, posterior, temper
from tests.weigh.small import rival


def likelihood(m: float, s: float):  # type: ignore[no-untyped-def]
    """Return a likelihood whose evidence is known: normal in one free and one bound coordinate."""

    def log_likelihood(r: Rival) -> np.ndarray:  # type: ignore[type-arg]
        z = r.particles.z
        fall = r.particles.symbols.index("fall")
        bound = r.particles.symbols.index("half_life_R")
        free = -0.5 * ((z[:, fall] - m) / s) ** 2
        return np.asarray(free - 0.5 * ((z[:, bound] - 0.5) / 0.7) ** 2)

    return log_likelihood


def evidence(m: float, s: float) -> float:
    """Integrate the free coordinate in closed form, sum the bound one over the bank's atoms."""
    r = rival("h1")
    z = r.particles.z[:, r.particles.symbols.index("half_life_R")]
    free = np.log(s / np.sqrt(1 + s * s)) - 0.5 * m * m / (1 + s * s)
    return float(free + logsumexp(-0.5 * ((z - 0.5) / 0.7) ** 2) - np.log(len(z)))


def test_evidence_and_posterior_of_a_case_with_a_closed_form() -> None:
    r = rival("h1")
    m, s = 2.0, 0.1
    cloud = temper(r, likelihood(m, s), regimens=("ketamine",), seed=3, each=400)
    assert abs(cloud.log_evidence - evidence(m, s)) < 4 * cloud.error + 0.1
    assert len(cloud.powers) > 3
    assert cloud.powers[-1] == 1.0
    z = posterior(r, cloud).particles.z[:, r.particles.symbols.index("fall")]
    assert abs(z.mean() - m / (1 + s * s)) < 0.02
    assert abs(z.std() - s / np.sqrt(1 + s * s)) < 0.015


def test_tempering_on_from_what_is_known_gives_the_evidence_of_both() -> None:
    r = rival("h1")
    first, second = likelihood(1.0, 0.5), likelihood(1.5, 0.3)
    cloud = temper(r, first, regimens=("ketamine",), seed=1, each=400)
    known = Known(cloud=cloud, log_likelihood=first)
    both = temper(r, second, regimens=("ketamine",), seed=2, each=400, known=known)
    at_once = temper(r, lambda x: first(x) + second(x), regimens=("ketamine",), seed=4, each=400)
    assert abs(both.log_evidence - at_once.log_evidence) < 4 * np.hypot(both.error, at_once.error)


def test_the_same_seed_gives_the_same_cloud() -> None:
    r = rival("h1")
    one, two = (
        temper(r, likelihood(1.0, 0.5), regimens=("ketamine",), seed=9, each=50) for _ in range(2)
    )
    assert np.array_equal(one.z, two.z)
    assert one.log_evidence == two.log_evidence


def test_islands_own_disjoint_atoms() -> None:
    r = rival("h1")
    cloud = temper(r, likelihood(0.5, 1.0), regimens=("ketamine",), seed=1, each=60)
    assert np.array_equal(cloud.atoms % 4, cloud.island)
    assert cloud.unique > 20


def test_steps_keep_half_and_resampling_keeps_proportions() -> None:
    rng = np.random.default_rng(1)
    L = 10.0 * rng.standard_normal(2000)
    step = next_step(L, 1.0)
    assert abs(ess(step * L) / 2000 - 0.5) < 0.01
    assert next_step(L, 1e-4) == 1e-4
    kept = systematic(np.array([0.5, 0.25, 0.25]), 3, rng)
    assert len(kept) == 3
    many = systematic(np.repeat([0.75, 0.25], 500) / 500, 1000, rng)
    assert abs(np.mean(many < 500) - 0.75) < 0.01
    assert abs(ess(np.zeros(10)) - 10.0) < 1e-9
