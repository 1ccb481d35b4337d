"""Assurance: the probability of an answer when nobody knows the effect.

Power and exclusion are averaged over what is thought before the study: a normal prior on the drug
effect (its mean and standard error from the evidence) and a beta prior on the blockade fraction.
The known-SD closed form is `stats.power.assurance` (O'Hagan, Stevens and Campbell 2005); here the
spread is estimated and the fraction is unknown too.
"""

from __future__ import annotations

import numpy as np
from numpy.polynomial.hermite_e import hermegauss
from numpy.typing import NDArray
from scipy.special import betaincinv
from scipy.stats import nct

from crossblock.core.errors import InputError, Problem
from crossblock.domain.candidate import Candidate
from crossblock.domain.response import Response
from crossblock.plan import designs
from crossblock.plan.numbers import FractionPrior
from crossblock.stats.power import paired_t_power

Array = NDArray[np.float64]
EFFECTS, SHARES = 15, 32  # nodes over the drug effect, and equally likely fractions


def power(design: Candidate, response: Response, fraction: float, n: int) -> float:
    """Return the power of the two-sided 5 % t test of open against blocked, n completers."""
    se = designs.contrast_se(design, response, fraction, n, "open", "blocked")
    df = designs.degrees(design, n)
    if df < 1.0 or se <= 0.0:
        raise InputError(
            Problem(
                what="this many people leave no spread to test against",
                value=f"{n} people in {len(design.sequences)} sequences",
                fix="plan more people than sequences, with a spread above 0",
            )
        )
    sd = se * np.sqrt(n)  # the SD that a paired comparison of n people would have
    return paired_t_power(n, fraction * response.drug, sd, df_lost=round(n - df))


def assurance(
    design: Candidate, response: Response, prior: FractionPrior, n: int, *, alpha: float = 0.05
) -> float:
    """Return P(significant in the direction of blockade), averaged over effect and fraction.

    Gauss-Hermite over the drug effect, midpoints of equal probability over the fraction; success
    is t > t_(1 - alpha/2) of a noncentral t.
    """
    effect, weight = effects(response)
    f = fractions(prior)
    df = designs.degrees(design, n)
    if df < 1.0:
        return 0.0
    at = np.array([designs.contrast_se(design, response, x, n, "open", "blocked") for x in f])
    critical = _critical(df, alpha)
    ncp = effect[:, None] * f / at
    return float(weight @ nct.sf(critical, df, ncp).mean(axis=1))


def effects(response: Response) -> tuple[Array, Array]:
    """Return drug effects (points) and their weights: the normal prior."""
    z, w = hermegauss(EFFECTS)
    return response.drug + response.drug_se * z, w / w.sum()


def fractions(prior: FractionPrior) -> Array:
    """Return equally likely fractions of the beta prior."""
    middle = (np.arange(SHARES) + 0.5) / SHARES
    return np.asarray(betaincinv(prior.a, prior.b, middle))


def _critical(df: float, alpha: float) -> float:
    return float(nct.isf(alpha / 2.0, df, 0.0))
