"""Log-likelihood terms: how well each particle explains one study.

Each term integrates what differs between studies (A, g) on its nodes and what differs between
people inside them, and returns one number for each particle.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import logsumexp, ndtr

from crossblock.domain.weighed import Arm, Kind, Outcome, WeighedStudy
from crossblock.weigh.bank import Rival
from crossblock.weigh.moments import Grid, Summaries, grid, left, person_weight, plasticity, told
from crossblock.weigh.moments import summaries as summarize
from crossblock.weigh.tables import ContrastTable, Event, EventTable

Array = NDArray[np.float64]
LOG_2PI = float(np.log(2.0 * np.pi))
CHUNK = 64  # particles at a time where every person meets every node


@dataclass(frozen=True, kw_only=True, eq=False)
class Tables:
    """The tabulated designs, by study."""

    event: dict[str, EventTable]
    test: dict[str, ContrastTable]


def log_likelihood(study: WeighedStudy, found: Outcome, rival: Rival, tables: Tables) -> Array:
    """Return log p(found | particle), (P,), for one study."""
    if study.kind is Kind.SIGNAL:
        return signal(study, float(found.value), rival)
    g = grid(rival.particles, rival.amplitude_cv)
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
        event = Event(responders=int(found.value), among_responders=True, everybody=True)
        each = tables.event[study.id].log_probability(event, pair)
    else:
        mean, sd = tables.test[study.id].at(pair)
        each = _normal(float(found.value) - mean, sd)
    return np.asarray(logsumexp(each + g.log_weight, axis=(1, 2)))


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

    Each person is a mixture over the quadrature people; both sessions share noise correlation r.
    """
    p = rival.particles
    w = np.log(person_weight(g, R[0].shape[1])).ravel()
    out = np.empty(p.count)
    keep = [1.0 - g.g[a.setting] for a in arms]
    lost = [told(rival.reach, p, a)[:, None, None, None] for a in arms]
    whole = y[~np.isnan(y).any(axis=1)]
    single = [y[~np.isnan(y[:, c]) & np.isnan(y[:, 1 - c]), c] for c in (0, 1)]
    for start in range(0, p.count, CHUNK):
        k = slice(start, start + CHUNK)
        part = _cut(g, k)
        mu = [
            1.0
            - keep[c][k][:, None, :, None] * _people(left(R[c][k], part))[:, :, None, :]
            - lost[c][k]
            for c in (0, 1)
        ]
        s, r = (p[x][k][:, None, None, None] for x in ("sigma", "session_r"))
        total = _pairs(whole, mu, s, r, w)
        for c in (0, 1):
            total = total + _singles(single[c], mu[c], s, w)
        out[k] = logsumexp(total + g.log_weight, axis=(1, 2))
    return out


def _cut(g: Grid, k: slice) -> Grid:
    return Grid(
        A=g.A[k],
        a_weight=g.a_weight,
        g=g.g,
        g_weight=g.g_weight,
        amplitude=g.amplitude,
        amplitude_weight=g.amplitude_weight,
    )


def _people(x: Array) -> Array:
    """Flatten (P, a, Q, K) to (P, a, people)."""
    return x.reshape(*x.shape[:2], -1)


def _pairs(y: Array, mu: list[Array], s: Array, r: Array, w: Array) -> Array:
    """Return sum over people of log sum over nodes, (P, a, g); y (people, 2), mu (P, a, g, m)."""
    inverse = 1.0 / (s * s * (1.0 - r * r))
    node = w - 0.5 * inverse * (mu[0] ** 2 - 2.0 * r * mu[0] * mu[1] + mu[1] ** 2)
    pull = [inverse * (mu[0] - r * mu[1]), inverse * (mu[1] - r * mu[0])]
    total = np.zeros(mu[0].shape[:-1])
    log_det = (2.0 * np.log(s) + 0.5 * np.log1p(-r * r) + LOG_2PI)[..., 0]
    for a, b in y:
        each = node + pull[0] * a + pull[1] * b
        top = each.max(axis=-1)
        inner = top + np.log(np.exp(each - top[..., None]).sum(axis=-1))
        square = 0.5 * inverse[..., 0] * (a * a - 2.0 * r[..., 0] * a * b + b * b)
        total = total + inner - square - log_det
    return total


def _singles(y: Array, mu: Array, s: Array, w: Array) -> Array:
    total = np.zeros(mu.shape[:-1])
    for value in y:
        total = total + logsumexp(w + _normal(value - mu, s), axis=-1)
    return total


def responses(study: WeighedStudy, rival: Rival, g: Grid) -> Array:
    """Return the share of people who lose half of the baseline or more, (P, arms, times)."""
    p = rival.particles
    out = np.empty((p.count, len(study.arms), len(study.times_h)))
    weight = np.exp(g.log_weight)
    for a, arm in enumerate(study.arms):
        keep = 1.0 - g.g[arm.setting]
        for t, time in enumerate(study.times_h):
            R = _plasticity(study, arm, time, rival)
            w = person_weight(g, R.shape[1]).ravel()
            lost = 1.0 - keep[:, None, :, None] * _people(left(R, g))[:, :, None, :]
            lost = lost - told(rival.reach, p, arm)[:, None, None, None]
            share = ndtr((lost - 0.5) / p["sigma"][:, None, None, None]) @ w
            out[:, a, t] = np.einsum("pag,ag->p", share, weight)
    return out


def falls(study: WeighedStudy, found: Array, rival: Rival, g: Grid) -> Array:
    """Return the log-likelihood (P,) of mean falls (arms, times): normal, times of an arm joint."""
    total: Array = np.broadcast_to(g.log_weight, (rival.particles.count, *g.log_weight.shape))
    for a, arm in enumerate(study.arms):
        s = arm_course(study, arm, rival, g)
        total = total + _joint(found[a] - s.mean, s.covariance / arm.n)
    return np.asarray(logsumexp(total, axis=(1, 2)))


def arm_course(study: WeighedStudy, arm: Arm, rival: Rival, g: Grid) -> Summaries:
    """Return the summaries of one arm at all of the study's times."""
    R = [_plasticity(study, arm, t, rival) for t in study.times_h]
    lost = told(rival.reach, rival.particles, arm)
    return summarize(R, [arm] * len(R), rival.particles, g, [lost] * len(R))


def _joint(off: Array, covariance: Array) -> Array:
    """Return the multivariate normal log density of `off` (..., C)."""
    L = np.linalg.cholesky(covariance)
    x = np.linalg.solve(L, off[..., None])[..., 0]
    log_det = np.log(np.diagonal(L, axis1=-2, axis2=-1)).sum(axis=-1)
    return np.asarray(-0.5 * (x * x).sum(axis=-1) - log_det - 0.5 * off.shape[-1] * LOG_2PI)


def surge_ratio(study: WeighedStudy, rival: Rival) -> Array:
    """Return the share (P,) of the open glutamate response that is left under the blocker."""
    open_, blocked = (rival.reach.glx[a.regimen].mean(axis=1) for a in study.arms)
    return np.asarray(blocked / open_)


def signal(study: WeighedStudy, found: float, rival: Rival) -> Array:
    """Return the log-likelihood (P,) of a glutamate test: normal around what the ratio implies."""
    size = rival.particles["glx_signal"] * (1.0 - surge_ratio(study, rival))
    return _normal(found - size, np.ones(1))
