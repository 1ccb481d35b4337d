"""Sufficient summaries: mean, spread and correlation of what people lose under each condition.

A person's share of the baseline that is lost, in study s, condition c, at one time:

    y = 1 - (1 - g) exp(-A a R_c) - d_c + noise,   Var = sigma^2,   Corr between sessions = r

R_c plasticity at amplitude 1, a the person's amplitude, A = exp(tau x) the study's, g the share
that falls without any drug, logit-normal around its setting, d_c the fall lost in a session with a
blocker for reasons outside the drug (it is guessed, or the blocker itself lowers mood). Studies
differ in (A, g): both are integrated on Gauss-Hermite nodes, study by study, or are coordinates of
the particle where a study is so precise that nodes would miss it. Amplitudes of people are
integrated on nodes; people of one amplitude are taken as normal around their mean.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit

from crossblock.domain.weighed import Arm, Kind, WeighedStudy
from crossblock.kernels.link import needed_exponential
from crossblock.weigh.particles import Particles
from crossblock.weigh.people import amplitudes, normal_nodes
from crossblock.weigh.reach import Reach

Array = NDArray[np.float64]
STUDY_SD = 0.5  # SD between studies of one setting of logit g (assumed)
A_NODES, G_NODES, PERSON_NODES = 3, 4, 5
FINE = (9, 15)  # nodes of (A, g) for a study of many ratings that has no coordinates of its own
SETTINGS = ("saline", "masked", "anesthesia")


@dataclass(frozen=True, kw_only=True, eq=False)
class Grid:
    """The study nodes: A (P, a), g (P, g) for each setting, weights (a,) and (g,).

    `amplitude` (K,) of people; `both` (P, J) amplitudes of people in studies that differ, for what
    is averaged over studies.
    """

    A: Array
    a_weight: Array
    g: dict[str, Array]
    g_weight: Array
    amplitude: Array
    amplitude_weight: Array
    both: Array

    @property
    def log_weight(self) -> Array:
        """Return log weights (a, g)."""
        return np.asarray(np.log(self.a_weight[:, None] * self.g_weight[None, :]))

    @property
    def strength(self) -> Array:
        """Return A a of every study node and amplitude node, (P, a, K)."""
        return np.asarray(self.A[:, :, None] * self.amplitude)


def grid(particles: Particles, amplitude_cv: float, nodes: tuple[int, int] | None = None) -> Grid:
    """Return the nodes of studies and of people's amplitudes for some particles."""
    x, a_weight = normal_nodes(nodes[0] if nodes else A_NODES)
    y, g_weight = normal_nodes(nodes[1] if nodes else G_NODES)
    return _grid(particles, amplitude_cv, (x[None], a_weight), (y[None], g_weight))


def grid_at(particles: Particles, amplitude_cv: float, z_A: Array, z_g: Array) -> Grid:
    """Return one study for each particle: tau z_A and z_g (P,) away from the typical one."""
    one = np.ones(1)
    return _grid(particles, amplitude_cv, (z_A[:, None], one), (z_g[:, None], one))


def grid_for(study: WeighedStudy, particles: Particles, amplitude_cv: float) -> Grid:
    """Return the study's own (A, g) where particles carry them, nodes of both where not."""
    if f"A:{study.id}" in particles.values:
        own = (np.log(particles[f"{kind}:{study.id}"]) for kind in ("A", "g"))
        return grid_at(particles, amplitude_cv, *own)
    many = study.kind in (Kind.RATINGS, Kind.FALLS)
    return grid(particles, amplitude_cv, FINE if many else None)


def _grid(p: Particles, cv: float, A: tuple[Array, Array], g: tuple[Array, Array]) -> Grid:
    person, person_weight = amplitudes(cv, PERSON_NODES)
    both = np.sqrt(p["tau"] ** 2 + np.log1p(cv**2))
    return Grid(
        A=np.exp(p["tau"][:, None] * A[0]),
        a_weight=A[1],
        g={s: expit(logit(p[f"g_{s}"])[:, None] + STUDY_SD * g[0]) for s in SETTINGS},
        g_weight=g[1],
        amplitude=person,
        amplitude_weight=person_weight,
        both=np.exp(both[:, None] * normal_nodes(PERSON_NODES)[0]),
    )


def plasticity(reach: Reach, particles: Particles, arm: Arm, time_h: float) -> Array:
    """Return the plasticity (P, Q) of an arm at a time of its looks, belief taken into account.

    Under placebo only the share b who believe are lifted. Under anesthesia nobody knows what was
    given: what belief adds to the drug shrinks to b of itself.
    """
    R = reach.at(arm.regimen, time_h)
    if R is None:
        raise ValueError(f"regimen {arm.regimen} is not looked at after {time_h:g} h")
    b = particles["b_saline" if arm.setting == "saline" else "b_masked"][:, None]
    if arm.regimen.startswith("placebo"):
        R = b * R
    elif arm.setting == "anesthesia":
        believed = reach.at("placebo", time_h)
        R = R if believed is None else R - (1.0 - b) * believed
    return np.asarray(needed_exponential(particles["fall"])[:, None] * R)


def told(reach: Reach, particles: Particles, arm: Arm) -> Array:
    """Return the fall (P,) that an arm loses outside the drug's effect: 0 without a blocker."""
    none = np.zeros(particles.count)
    return particles["told"] if arm.regimen in reach.blocked else none


def within(R: Sequence[Array], strength: Array) -> tuple[Array, Array]:
    """Return what people of one amplitude keep: mean (P, n, C), covariance (P, n, C, C).

    exp(-A a R_c) over the quadrature people; R (P, Q) of each of C conditions, A a (P, n).
    """
    x = [np.exp(-strength[:, :, None] * r[:, None, :]) for r in R]
    Q = R[0].shape[1]
    mean = np.stack([v.mean(axis=-1) for v in x], axis=-1)
    S = np.empty((*mean.shape, len(R)))
    for c, one in enumerate(x):
        for d in range(c + 1):
            product = np.einsum("pnq,pnq->pn", one, x[d]) / Q
            S[..., c, d] = S[..., d, c] = product - mean[..., c] * mean[..., d]
    return mean, S


@dataclass(frozen=True, kw_only=True, eq=False)
class Summaries:
    """Condition means (P, a, g, C), covariance between people (P, a, g, C, C), noise included."""

    mean: Array
    covariance: Array

    def pair(self) -> tuple[Array, Array, Array, Array, Array]:
        """Return mean open, mean blocked, SD open, SD blocked and correlation, each (P, a, g)."""
        v = self.covariance
        so, sb = np.sqrt(v[..., 0, 0]), np.sqrt(v[..., 1, 1])
        return self.mean[..., 0], self.mean[..., 1], so, sb, v[..., 0, 1] / (so * sb)


def summaries(
    R: Sequence[Array], arms: Sequence[Arm], p: Particles, g: Grid, lost: Sequence[Array]
) -> Summaries:
    """Return the summaries of C conditions of the same people, from their plasticity (P, Q).

    Conditions of one study share A; those of one setting share g; `lost` (P,) each, as `told`.
    """
    P, a, K = g.strength.shape
    m, S = within(R, g.strength.reshape(P, -1))
    m, S = m.reshape(P, a, K, -1), S.reshape(P, a, K, len(R), len(R))
    w = g.amplitude_weight
    mean = np.einsum("pakc,k->pac", m, w)
    off = (m - mean[:, :, None]) * np.sqrt(w)[:, None]
    between = np.einsum("pakcd,k->pacd", S, w) + np.einsum("pakc,pakd->pacd", off, off)
    keep = np.stack([1.0 - g.g[arm.setting] for arm in arms], axis=-1)
    shift = np.stack(list(lost), axis=-1)[:, None, None, :]
    noise = noise_covariance(p, len(R))
    return Summaries(
        mean=1.0 - keep[:, None, :, :] * mean[:, :, None, :] - shift,
        covariance=keep[:, None, :, :, None] * keep[:, None, :, None, :] * between[:, :, None]
        + noise[:, None, None],
    )


def noise_covariance(p: Particles, C: int) -> Array:
    """Return sigma^2 [(1 - r) I + r J], (P, C, C)."""
    r = p["session_r"][:, None, None]
    shape = (1.0 - r) * np.eye(C) + r * np.ones((C, C))
    return np.asarray(p["sigma"][:, None, None] ** 2 * shape)
