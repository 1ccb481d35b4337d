"""Log-likelihood terms: how well each particle explains one study.

Each term integrates what differs between studies (A, g) on its nodes and what differs between
people inside them, and returns one number for each particle.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from crossblock.domain.weighed import Arm, Kind, Outcome, WeighedStudy
from crossblock.weigh.bank import Rival
from crossblock.weigh.moments import (
    Grid,
    Summaries,
    grid_for,
    noise_covariance,
    plasticity,
    told,
    within,
)
from crossblock.weigh.moments import summaries as summarize
from crossblock.weigh.people import normal_nodes
from crossblock.weigh.tables import ContrastTable, Event, EventTable

Array = NDArray[np.float64]
LOG_2PI = float(np.log(2.0 * np.pi))
CHUNK = 64  # particles at a time, so that every person by every node stays near the processor


@dataclass(frozen=True, kw_only=True, eq=False)
class Tables:
    """The tabulated designs, by study."""

    event: dict[str, EventTable]
    test: dict[str, ContrastTable]


def log_likelihood(study: WeighedStudy, found: Outcome, rival: Rival, tables: Tables) -> Array:
    """Return log p(found | particle), (P,), for one study."""
    if study.kind is Kind.SIGNAL:
        return signal(study, float(found.value), rival)
    g = grid_for(study, rival.particles, rival.amplitude_cv)
    if study.kind is Kind.RATINGS:
        assert found.ratings is not None
        return ratings(found.ratings, conditions(study, 0, rival), study.arms, rival, g)
    if study.kind is Kind.RESPONSES:
        p = responses(study, rival, g)
        return np.asarray(np.sum(_normal(found.value - p, found.se), axis=(1, 2)))
    if study.kind is Kind.FALLS:
        return falls(study, found.value, rival, g)
    pair = paired(study, rival, g).pair()
    if study.kind is Kind.EVENT:
        each = tables.event[study.id].log_probability(event(found), pair)
    else:
        mean, sd = tables.test[study.id].at(pair)
        each = _normal(float(found.value) - mean, sd)
    return np.asarray(over_studies(each, g))


def over_studies(each: Array, g: Grid) -> Array:
    """Return log of the mean over study nodes (P,) of what is a log density at each, (P, a, g)."""
    weighed = each + g.log_weight
    top = weighed.max(axis=(1, 2), keepdims=True)
    return np.asarray(np.log(np.exp(weighed - top).sum(axis=(1, 2))) + top[:, 0, 0])


def event(found: Outcome) -> Event:
    """Return what was reported: (responders[, significant among them[, in everybody]]).

    A bare count means that both tests were significant, as a study that stops for it reports; a
    test that was not reported is NaN.
    """
    said = [None if np.isnan(x) else float(x) for x in np.atleast_1d(found.value)]
    flags = [*said[1:], *(1.0, 1.0)][:2] if len(said) < 3 else said[1:3]
    among, everybody = (None if x is None else bool(x) for x in flags)
    count = None if said[0] is None else round(said[0])
    return Event(responders=count, among_responders=among, everybody=everybody)


def _normal(off: Array, sd: Array) -> Array:
    return np.asarray(-0.5 * (off / sd) ** 2 - np.log(sd) - 0.5 * LOG_2PI)


def conditions(study: WeighedStudy, time: int, rival: Rival) -> list[Array]:
    """Return the plasticity (P, Q) of every arm at one of the study's times."""
    return [_plasticity(study, arm, study.times_h[time], rival) for arm in study.arms]


def _plasticity(study: WeighedStudy, arm: Arm, time: float, rival: Rival) -> Array:
    return plasticity(rival.reach, rival.particles, arm, time)


def paired(study: WeighedStudy, rival: Rival, g: Grid) -> Summaries:
    """Return the summaries of a crossover at its first time."""
    R = conditions(study, 0, rival)
    lost = [told(rival.reach, rival.particles, a) for a in study.arms]
    return summarize(R, study.arms, rival.particles, g, lost)


def ratings(y: Array, R: list[Array], arms: tuple[Arm, ...], rival: Rival, g: Grid) -> Array:
    """Return the log-likelihood (P,) of patient-level shares lost, y (people, 2), NaN unrated.

    Each person is a mixture over amplitudes, normal within; both sessions share noise correlation.
    """
    p = rival.particles
    out = np.empty(p.count)
    keep = [1.0 - g.g[arm.setting] for arm in arms]
    lost = [told(rival.reach, p, arm) for arm in arms]
    noise = noise_covariance(p, 2)
    strength = g.strength
    whole = y[~np.isnan(y).any(axis=1)]
    single = [y[~np.isnan(y[:, c]) & np.isnan(y[:, 1 - c]), c] for c in (0, 1)]
    log_w = np.log(g.amplitude_weight)
    for start in range(0, p.count, CHUNK):
        k = slice(start, start + CHUNK)
        mu, V = _components([r[k] for r in R], strength[k], [x[k] for x in keep], noise[k])
        mu = mu - np.stack([x[k] for x in lost], axis=-1)[:, None, None, None, :]
        total = _mixed(_pair_terms(mu, V, log_w), _features(whole))
        for c in (0, 1):
            one = _single_terms(mu[..., c], V[..., c, c], log_w)
            total = total + _mixed(one, _features(single[c][:, None]))
        out[k] = over_studies(total, g)
    return out


def _components(
    R: list[Array], strength: Array, keep: list[Array], noise: Array
) -> tuple[Array, Array]:
    """Return mean (P, a, g, K, 2) and covariance (P, a, g, K, 2, 2) of people of one amplitude."""
    P, a, K = strength.shape
    m, S = within(R, strength.reshape(P, -1))
    m, S = m.reshape(P, a, 1, K, 2), S.reshape(P, a, 1, K, 2, 2)
    left_ = np.stack(keep, axis=-1)[:, None, :, None, :]
    V = left_[..., :, None] * left_[..., None, :] * S + noise[:, None, None, None]
    return 1.0 - left_ * m, V


def _features(y: Array) -> Array:
    """Return 1, y and the products of y (people, C) that a log normal density is linear in."""
    one = np.ones(len(y))
    if y.shape[1] == 1:
        return np.stack([one, y[:, 0], y[:, 0] ** 2])
    a, b = y.T
    return np.stack([one, a, b, a * a, a * b, b * b])


def _pair_terms(mu: Array, V: Array, log_w: Array) -> Array:
    """Return the coefficients (P, a, g, K, 6) of a bivariate log normal density plus log w."""
    va, vb, c = V[..., 0, 0], V[..., 1, 1], V[..., 0, 1]
    det = va * vb - c * c
    iaa, ibb, iab = vb / det, va / det, -c / det
    ma, mb = mu[..., 0], mu[..., 1]
    pa, pb = iaa * ma + iab * mb, ibb * mb + iab * ma
    const = log_w - 0.5 * (pa * ma + pb * mb) - 0.5 * np.log(det) - LOG_2PI
    return np.stack([const, pa, pb, -0.5 * iaa, -iab, -0.5 * ibb], axis=-1)


def _single_terms(mu: Array, v: Array, log_w: Array) -> Array:
    const = log_w - 0.5 * mu * mu / v - 0.5 * np.log(v) - 0.5 * LOG_2PI
    return np.stack([const, mu / v, -0.5 / v], axis=-1)


def _mixed(terms: Array, features: Array) -> Array:
    """Return sum over people of log sum over amplitudes, (P, a, g)."""
    density = np.exp(terms @ features).sum(axis=3)
    return np.asarray(np.log(np.maximum(density, 1e-300)).sum(axis=-1))


def responses(study: WeighedStudy, rival: Rival, g: Grid) -> Array:
    """Return the share of people who lose half of the baseline or more, (P, arms, times).

    Averaged over studies: amplitudes of people and of studies are one lognormal.
    """
    p = rival.particles
    out = np.empty((p.count, len(study.arms), len(study.times_h)))
    w = normal_nodes(g.both.shape[1])[1]
    for a, arm in enumerate(study.arms):
        for t, time in enumerate(study.times_h):
            share = response(rival, arm, time, g, g.both)
            out[:, a, t] = np.einsum("pjg,j,g->p", share, w, g.g_weight)
    return out


def response(rival: Rival, arm: Arm, time: float, g: Grid, strength: Array) -> Array:
    """Return P(half of the baseline or more is lost) at amplitudes `strength` (P, n): (P, n, g)."""
    p = rival.particles
    m, S = within([plasticity(rival.reach, p, arm, time)], strength)
    keep = (1.0 - g.g[arm.setting])[:, None, :]
    lost = 1.0 - keep * m - told(rival.reach, p, arm)[:, None, None]
    sd = np.sqrt(keep * keep * S[..., 0] + p["sigma"][:, None, None] ** 2)
    return np.asarray(ndtr((lost - 0.5) / sd))


def falls(study: WeighedStudy, found: Array, rival: Rival, g: Grid) -> Array:
    """Return the log-likelihood (P,) of mean falls (arms, times): normal, times of an arm joint."""
    total: Array = np.zeros((rival.particles.count, *g.log_weight.shape))
    for a, arm in enumerate(study.arms):
        s = arm_course(study, arm, rival, g)
        total = total + _joint(found[a] - s.mean, s.covariance / arm.n)
    return np.asarray(over_studies(total, g))


def arm_course(study: WeighedStudy, arm: Arm, rival: Rival, g: Grid) -> Summaries:
    """Return the summaries of one arm at all of the study's times."""
    R = [_plasticity(study, arm, t, rival) for t in study.times_h]
    lost = told(rival.reach, rival.particles, arm)
    return summarize(R, [arm] * len(R), rival.particles, g, [lost] * len(R))


def _joint(off: Array, covariance: Array) -> Array:
    """Return the multivariate normal log density of `off` (..., C), C small: Cholesky by hand."""
    C = off.shape[-1]
    L: dict[tuple[int, int], Array] = {}
    x: list[Array] = []
    total: Array = np.full(off.shape[:-1], -0.5 * C * LOG_2PI)
    for i in range(C):
        for j in range(i + 1):
            rest = covariance[..., i, j] - sum(L[i, k] * L[j, k] for k in range(j))
            L[i, j] = np.sqrt(rest) if i == j else rest / L[j, j]
        x.append((off[..., i] - sum(L[i, k] * x[k] for k in range(i))) / L[i, i])
        total = total - 0.5 * x[i] ** 2 - np.log(L[i, i])
    return total


def surge_ratio(study: WeighedStudy, rival: Rival) -> Array:
    """Return the share (P,) of the open glutamate response that is left under the blocker."""
    open_, blocked = (rival.reach.glx[a.regimen].mean(axis=1) for a in study.arms)
    return np.asarray(blocked / open_)


def signal(study: WeighedStudy, found: float, rival: Rival) -> Array:
    """Return the log-likelihood (P,) of a glutamate test: normal around what the ratio implies."""
    size = rival.particles["glx_signal"] * (1.0 - surge_ratio(study, rival))
    return _normal(found - size, np.ones(1))
