"""Evidence that never was: what a study would have reported were a particle the truth.

People are drawn one by one: a quadrature person of the truth's fine set, an amplitude from its
lognormal, a study with its own (A, g), noise that sessions share; then the study's own selection
and test. Nothing here knows the nodes, moments and tables that the likelihood is made of, so that
weighing replicates checks them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit

from crossblock.domain.weighed import Arm, Kind, Outcome, WeighedStudy
from crossblock.weigh.bank import Rival
from crossblock.weigh.moments import STUDY_SD, grid, plasticity, told
from crossblock.weigh.tables import BASELINE_R, BASELINE_SD, HALF, paired_significant, signed_root
from crossblock.weigh.terms import responses, surge_ratio

Array = NDArray[np.float64]


def replicate(
    study: WeighedStudy, like: Outcome, truth: Rival, rng: np.random.Generator
) -> Outcome:
    """Return one outcome of a study under `truth`, a rival of one particle.

    `like` lends what belongs to the design: who was not rated, and the standard errors of shares
    that were published with an interval only.
    """
    if study.kind is Kind.SIGNAL:
        size = truth.particles["glx_signal"] * (1.0 - surge_ratio(study, truth))
        return _found(study, size[0] + rng.standard_normal())
    if study.kind is Kind.RESPONSES:
        p = responses(study, truth, grid(truth.particles, truth.amplitude_cv))[0]
        return _found(study, p + like.se * rng.standard_normal(p.shape), like.se)
    A, shift = _study(study, truth, rng)
    if study.kind is Kind.RATINGS:
        assert like.ratings is not None
        y = _people(study, study.arms, [study.times_h[0]] * 2, len(like.ratings), truth,
                    A, shift, rng)  # fmt: skip
        y = np.where(np.isnan(like.ratings), np.nan, y)
        return Outcome(study=study.id, value=np.zeros(()), se=np.zeros(()), ratings=y)
    if study.kind is Kind.FALLS:
        times = study.times_h
        means = [
            _people(study, [arm] * len(times), times, arm.n, truth, A, shift, rng).mean(axis=0)
            for arm in study.arms
        ]
        return _found(study, np.stack(means), np.zeros((len(study.arms), len(times))))
    y = _people(study, study.arms, [study.times_h[0]] * 2, study.arms[0].n, truth, A, shift, rng)
    return _found(study, event(y) if study.kind is Kind.EVENT else contrast(y, rng))


def _found(study: WeighedStudy, value: Array | float, se: Array | None = None) -> Outcome:
    value = np.asarray(value, dtype=float)
    return Outcome(study=study.id, value=value, se=np.zeros(()) if se is None else se)


def _study(study: WeighedStudy, truth: Rival, rng: np.random.Generator) -> tuple[float, float]:
    """Return the study's A, and how far its logit g lies from that of its setting."""
    p, tau = truth.particles, float(truth.particles["tau"][0])
    z = rng.standard_normal(2)
    if f"A:{study.id}" in p.values:
        z = np.log([p[f"{kind}:{study.id}"][0] for kind in ("A", "g")])
    return math.exp(tau * z[0]), STUDY_SD * float(z[1])


def _people(
    study: WeighedStudy,
    arms: Sequence[Arm],
    times: Sequence[float],
    n: int,
    truth: Rival,
    A: float,
    shift: float,
    rng: np.random.Generator,
) -> Array:
    """Return shares of the baseline lost, (n, C), of n people under C conditions or times."""
    p = truth.particles
    R = [plasticity(truth.reach, p, arm, t)[0] for arm, t in zip(arms, times, strict=True)]
    who = rng.integers(len(R[0]), size=n)
    spread = math.sqrt(math.log1p(truth.amplitude_cv**2))
    a = np.exp(spread * rng.standard_normal(n))
    shared = rng.standard_normal(n)
    sigma, r = float(p["sigma"][0]), float(p["session_r"][0])
    out = np.empty((n, len(arms)))
    for c, arm in enumerate(arms):
        g = expit(logit(p[f"g_{arm.setting}"][0]) + shift)
        noise = math.sqrt(r) * shared + math.sqrt(1.0 - r) * rng.standard_normal(n)
        lost = float(told(truth.reach, p, arm)[0])
        out[:, c] = 1.0 - (1.0 - g) * np.exp(-A * a * R[c][who]) - lost + sigma * noise
    return out


def event(y: Array) -> Array:
    """Return (responders, significant among them, significant in everybody) of a crossover."""
    y = np.minimum(y, 1.0)  # nobody loses more than the whole baseline
    d = (y[:, 0] - y[:, 1])[None]
    who = (y[:, 0] >= HALF)[None]
    k = who.sum(axis=1)
    among = paired_significant(d, who, k)
    everybody = paired_significant(d, np.ones_like(who), np.full(1, len(y)))
    return np.array([k[0], among[0], everybody[0]], dtype=float)


def contrast(y: Array, rng: np.random.Generator) -> float:
    """Return the signed root of F of condition x time of a crossover, its baselines drawn."""
    z = rng.standard_normal((2, len(y)))
    first = BASELINE_SD * z[0]
    second = BASELINE_SD * (BASELINE_R * z[0] + math.sqrt(1.0 - BASELINE_R**2) * z[1])
    return float(signed_root(first[None], second[None], y[:, 0][None], y[:, 1][None])[0])
