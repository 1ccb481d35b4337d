"""Expected information about the mechanism: how much one study tells which rival is true.

The data of a study are its estimated cell means y, in points, and with Glx also the surge of each
cell relative to the open one. Under mechanism m they are taken as normal,

    y ~ N(mu_m, V_m + P_m),    I(M; y) = sum_m 1/M E_m[ log2 p_m(y) / mean_k p_k(y) ]   bits

V_m the design's covariance, P_m the spread of predictions over the prior of the mechanism's open
shares and over the uncertain size of the two mean changes. All mechanisms are equally probable
before. The expectation is taken over a fixed low-discrepancy sequence. What is assumed: normal
means, one score at one visit, no carry-over, a known covariance, and a mixture of draws replaced by
one normal distribution. Derivation: docs/derivations/plan.md.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from scipy.special import logsumexp, ndtri
from scipy.stats import qmc

from crossblock.core.errors import InputError, Problem
from crossblock.domain.candidate import Candidate
from crossblock.domain.response import Response
from crossblock.domain.trial_plan import Information
from crossblock.plan import designs
from crossblock.plan.mechanisms import Prediction

Array = NDArray[np.float64]
POINTS = 10  # log2 of the points for each mechanism
GLX_SD = 1.64  # surges, one person and session: F = 4.83 with 26 people if all of it were removed
LN2 = math.log(2.0)


@dataclass(frozen=True, kw_only=True, eq=False)
class Normal:
    """What one mechanism expects of the data: mean (D,) and covariance (D, D)."""

    mean: Array
    covariance: Array


def observables(design: Candidate, response: Response, prediction: Prediction, n: int) -> Normal:
    """Return what `n` completers of a design would show if one mechanism were true."""
    cells = design.cells
    fall = np.stack([prediction.fall[c] for c in cells])
    drawn = response.other + response.drug * fall
    mean = drawn.mean(axis=1)
    ratio = fall.mean(axis=1)
    blocked = float(1.0 - prediction.fall["blocked"].mean())
    covariance = designs.cell_covariance(design, response, min(max(blocked, 0.0), 1.0), n)
    covariance = covariance + _spread(drawn)
    covariance += response.drug_se**2 * np.outer(ratio, ratio) + response.other_se**2
    if not design.glx:
        return Normal(mean=mean, covariance=covariance)
    surge = np.stack([prediction.glx[c] for c in cells])
    noise = GLX_SD**2 * len(cells) / (n * design.periods) * np.eye(len(cells))
    both = np.concatenate([drawn, surge])
    whole = _spread(both)
    C = len(cells)
    whole[:C, :C] = covariance
    whole[C:, C:] += noise
    return Normal(mean=np.concatenate([mean, surge.mean(axis=1)]), covariance=whole)


def _spread(drawn: Array) -> Array:
    centered = drawn - drawn.mean(axis=1, keepdims=True)
    return np.asarray(centered @ centered.T / drawn.shape[1])


def information(
    design: Candidate, response: Response, predictions: Sequence[Prediction], n: int
) -> Information:
    """Return the expected information of `n` completers, bits, and how often the true one wins."""
    if len(predictions) < 2:
        raise InputError(
            Problem(
                what="one mechanism alone has no rival",
                value=", ".join(p.id for p in predictions),
                fix="name two or more with --mechanisms",
            )
        )
    each = [observables(design, response, p, n) for p in predictions]
    density = _densities(each)
    M = len(each)
    posterior = density - logsumexp(density, axis=1, keepdims=True)
    bits = float(np.mean([posterior[m, m].mean() for m in range(M)]) / LN2 + math.log2(M))
    named = float(np.mean([(density[m].argmax(axis=0) == m).mean() for m in range(M)]))
    pairs = {
        (predictions[i].id, predictions[j].id): _right(density, i, j)
        for i, j in combinations(range(M), 2)
    }
    bits = max(bits, 0.0)
    return Information(bits=bits, per_participant=bits / n, named=named, pairs=pairs)


def _densities(each: Sequence[Normal]) -> Array:
    """Return log densities (M true, M judged, points)."""
    D = len(each[0].mean)
    u = qmc.Sobol(d=D, scramble=False).random_base2(POINTS)
    z = ndtri((u + 0.5 / 2**POINTS) % 1.0)
    roots: list[Array] = [np.asarray(np.linalg.cholesky(e.covariance)) for e in each]
    rows = []
    for e, L in zip(each, roots, strict=True):
        y = e.mean + z @ L.T
        rows.append([_log_density(y, k, R) for k, R in zip(each, roots, strict=True)])
    return np.array(rows)


def _log_density(y: Array, e: Normal, root: Array) -> Array:
    x = np.linalg.solve(root, (y - e.mean).T)
    return np.asarray(-0.5 * (x**2).sum(axis=0) - np.log(np.diag(root)).sum())


def _right(density: Array, i: int, j: int) -> float:
    """Return the probability of choosing the true one of two; ties count half."""
    first, second = density[i, i] - density[i, j], density[j, j] - density[j, i]
    wins = [(x > 1e-12).mean() + 0.5 * (np.abs(x) <= 1e-12).mean() for x in (first, second)]
    return float(np.mean(wins))
