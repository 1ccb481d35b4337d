"""Quadrature people: a few persons with fixed weights who stand for everybody.

People differ in the size of their response (amplitude), in opioid tone, in the share that is gated,
in how long the effect holds, in the drug's kinetics and in how well the blocker sits. The amplitude
enters plasticity as a factor, so it is integrated by Gauss-Hermite nodes after the model has run;
the others are a balanced set of nodes pushed through the model.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri
from scipy.stats import qmc

from crossblock.domain.compound import Compound
from crossblock.domain.mechanism import Mechanism
from crossblock.exposure.blockade import BlockadeConstants, typical
from crossblock.exposure.people import spreads
from crossblock.exposure.system import People
from crossblock.weigh.particles import Particles

Array = NDArray[np.float64]
KINDS = ("E0", "phi", "half_life_R", "CL", "V1", "odds")
# The nodes are part of the method, not of a run: of 96 scrambles the one that, with 16 nodes, comes
# nearest to 1,024 in mean and spread of plasticity, over all mechanisms.
NODES_SEED = 42


def nodes(count: int) -> Array:
    """Return (count, kinds) standard-normal nodes of equal weight: mean 0 and variance 1 exactly.

    A scrambled Sobol set, its columns centered and scaled.
    """
    u = qmc.Sobol(len(KINDS), seed=NODES_SEED).random(count)
    z = ndtri(np.clip(u, 1e-6, 1 - 1e-6))
    z -= z.mean(axis=0)
    return np.asarray(z / z.std(axis=0))


def amplitudes(cv: float, count: int) -> tuple[Array, Array]:
    """Return Gauss-Hermite nodes (count,) of a lognormal factor with median 1, and weights."""
    x, w = normal_nodes(count)
    return np.exp(math.sqrt(math.log1p(cv**2)) * x), w


@cache
def normal_nodes(count: int) -> tuple[Array, Array]:
    """Return Gauss-Hermite nodes and weights of the standard normal."""
    x, w = np.polynomial.hermite_e.hermegauss(count)
    return np.asarray(x), np.asarray(w / w.sum())


def people(
    mechanism: Mechanism,
    particles: Particles,
    drug: Compound,
    blockers: Mapping[str, Compound],
    z: Array,
) -> People:
    """Return particles x nodes as people, node the faster axis: (P Q,) each."""
    P, Q = particles.count, len(z)
    wide: dict[str, Array] = {}
    for symbol, values in particles.values.items():
        if symbol in mechanism.parameters and symbol != "fall":
            wide[symbol] = np.repeat(values, Q)
    for k, symbol in enumerate(KINDS[:3]):
        cv = mechanism.parameter(symbol).cv
        typical_value = wide.get(symbol, np.full(P * Q, mechanism[symbol]))
        varied = typical_value * np.tile(_factor(cv, z[:, k]), P)
        wide[symbol] = np.minimum(varied, 1.0) if symbol == "phi" else varied
    published = spreads(drug.kinetic_set())
    factors = {s: np.tile(_factor(published.get(s, 0.0), z[:, KINDS.index(s)]), P)
               for s in ("CL", "V1")}  # fmt: skip
    held = {
        model.id: _constants(typical(model), particles, z, _cv_odds(compound, model.id))
        for compound in blockers.values()
        for model in compound.blockades.values()
    }
    return People(count=P * Q, parameters=wide, factors=factors, blockade=held)


def _factor(cv: float, z: Array) -> Array:
    return np.asarray(np.exp(math.sqrt(math.log1p(cv**2)) * z))


def _cv_odds(compound: Compound, model_id: str) -> float:
    parameters = compound.blockade_model(model_id).parameters
    return parameters["cv_odds"].value if "cv_odds" in parameters else 0.0


def _constants(
    middle: BlockadeConstants, particles: Particles, z: Array, cv: float
) -> BlockadeConstants:
    P, Q = particles.count, len(z)

    def full(x: Array) -> Array:
        return np.full(P * Q, float(x))

    return BlockadeConstants(
        ED50=float(middle.ED50) * np.repeat(particles["ED50_factor"], Q),
        half_life=float(middle.half_life) * np.repeat(particles["held_factor"], Q),
        ka=full(middle.ka),
        g=full(middle.g),
        person=np.tile(_factor(cv, z[:, KINDS.index("odds")]), P),
        dose_factor=full(middle.dose_factor),
        per_kg=middle.per_kg,
    )
