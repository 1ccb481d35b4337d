"""Virtual people: who they are before anything is given, each number from its own random stream.

Streams are keyed by seed and purpose, coordinates are trial and participant, so a participant is
the same person whatever the truth, the size of the trial or the number of workers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from crossblock.core.streams import Stream
from crossblock.domain.compound import Compound
from crossblock.domain.truth import Generator, Truth
from crossblock.exposure.people import spreads
from crossblock.simulate.world import World

Array = NDArray[np.float64]
Ints = NDArray[np.int64]
LEAST_BASELINE = 5.0  # points; below this nobody is enrolled as depressed
HOURS_PER_MONTH = 730.5


@dataclass(frozen=True, kw_only=True, slots=True)
class Draws:
    """Standard draws for a block of trials: `normal("weight")` is (B, n) or (B, n, k)."""

    seed: int
    trials: Ints
    people: int

    def normal(self, purpose: str, count: int = 0) -> Array:
        """Return standard normal draws, (B, n), or (B, n, count) when a count is given."""
        z = Stream(self.seed, purpose).normal(
            max(count, 1), trial=self.trials[:, None], participant=np.arange(self.people)
        )
        return z if count else z[..., 0]

    def uniform(self, purpose: str, count: int = 0) -> Array:
        """Return uniform draws in (0, 1), shaped as `normal`."""
        u = Stream(self.seed, purpose).uniform(
            max(count, 1), trial=self.trials[:, None], participant=np.arange(self.people)
        )
        return u if count else u[..., 0]


@dataclass(frozen=True, kw_only=True, eq=False)
class Cohort:
    """People of B trials, n each.

    weight_kg, woman    (B, n), kg and bool
    baseline            (B, n, P), severity before each session without any treatment, points
    drive               (B, n), response to the drug relative to the typical person
    session             (B, n, P), the same from session to session, mean 1
    failures            (B, n), failed treatments
    entered_h           (B, n), hours from the first enrollment, ascending
    factors             multipliers of the drug's kinetic constants by name, (B, n)
    """

    weight_kg: Array
    woman: NDArray[np.bool_]
    baseline: Array
    drive: Array
    session: Array
    failures: Ints
    entered_h: Array
    factors: Mapping[str, Array]


def cohort(world: World, draws: Draws) -> Cohort:
    """Draw the people of every trial in `draws`."""
    truth, P = world.truth, world.protocol.periods
    z_response = draws.normal("response")
    woman = draws.uniform("sex") < truth["women"]
    middle = np.where(woman, truth["weight_women"], truth["weight_men"])
    failures = _failures(world, draws)
    return Cohort(
        weight_kg=middle * np.exp(_log_sd(truth["weight_cv"]) * draws.normal("weight")),
        woman=woman,
        baseline=_baseline(truth, draws, P),
        drive=_drive(truth, draws, z_response, failures, _amplitude_cv(world)),
        session=_lognormal(truth["session_cv"], draws.normal("session response", P)),
        failures=failures,
        entered_h=_entered(truth, draws),
        factors=_factors(_drug(world), draws, z_response, truth["kinetics_response_r"]),
    )


def _log_sd(cv: float) -> float:
    """Return the SD of the logarithm of a lognormal with this coefficient of variation."""
    return float(np.sqrt(np.log1p(cv**2)))


def _lognormal(cv: float, z: Array) -> Array:
    """Return lognormal multipliers of mean 1."""
    s = _log_sd(cv)
    return np.asarray(np.exp(s * z - 0.5 * s * s))


def _baseline(truth: Truth, draws: Draws, periods: int) -> Array:
    """Return mean + sd (sqrt(icc) person + sqrt(1 - icc) session)."""
    r = truth["baseline_icc"]
    sd = truth["baseline_sd" if truth.generator is Generator.GAUSSIAN else "severity_sd"]
    own = draws.normal("session's baseline", periods)
    z = np.sqrt(r) * draws.normal("person's baseline")[..., None] + np.sqrt(1.0 - r) * own
    return np.asarray(np.maximum(truth["baseline"] + sd * z, LEAST_BASELINE))


def _amplitude_cv(world: World) -> float:
    known = world.pharmacology
    return 0.0 if known is None else known.mechanism.parameter("amplitude").cv


def _drive(truth: Truth, draws: Draws, z: Array, failures: Ints, cv: float) -> Array:
    """Return the mixture of people in whom the drug works and in whom it does little, median 1."""
    weak = draws.uniform("responder") < truth["nonresponders"]
    worn = np.maximum(1.0 + truth["failure_effect"] * (failures - truth["failed_treatments"]), 0.0)
    drive = np.exp(_log_sd(cv) * z) * worn
    return np.asarray(np.where(weak, truth["nonresponder_drive"], 1.0) * drive)


def _failures(world: World, draws: Draws) -> Ints:
    """Return failed treatments: the protocol's least number and a Poisson number beyond it."""
    who = world.protocol.population.as_run or world.protocol.population.registered
    stated = who.failed_treatments or world.protocol.population.registered.failed_treatments
    least = stated.value if stated else 0
    beyond = max(world.truth["failed_treatments"] - least, 0.0)
    u = draws.uniform("failed treatments")
    k, mass = np.zeros(u.shape, dtype=np.int64), np.exp(-beyond)
    total, term = mass, mass
    for j in range(1, 60):
        k += u > total
        term *= beyond / j
        total += term
    return k + least


def _entered(truth: Truth, draws: Draws) -> Array:
    """Return entry times: the gaps are exponential, as for people who come independently."""
    mean_h = HOURS_PER_MONTH / truth["enrolled_per_month"]
    gaps = -mean_h * np.log(draws.uniform("enrollment gap"))
    return np.asarray(np.cumsum(gaps, axis=-1) - gaps[:, :1])


def _drug(world: World) -> Compound | None:
    return None if world.pharmacology is None else world.pharmacology.given.drug


def _factors(drug: Compound | None, draws: Draws, z: Array, r: float) -> dict[str, Array]:
    """Return lognormal multipliers, median 1; clearance is correlated with the response."""
    if drug is None or drug.default_set not in drug.sets:
        return {}
    found = {}
    for name, cv in spreads(drug.kinetic_set()).items():
        own = draws.normal(f"kinetics/{name}")
        mixed = r * z + np.sqrt(1.0 - r * r) * own if name == "CL" else own
        found[name] = np.exp(_log_sd(cv) * mixed)
    return found
