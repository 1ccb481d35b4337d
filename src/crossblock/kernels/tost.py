"""Exact power of two one-sided t tests, by one integral over the estimated spread.

With q = s / sigma (q^2 nu ~ chi-squared on nu degrees of freedom), both tests reject when

    d_low + t q < Z < d_high - t q,    d_low = (low - theta) / se,  d_high = (high - theta) / se,

so power is the integral over 0 < q < (d_high - d_low) / (2 t) of
[Phi(d_high - t q) - Phi(d_low + t q)] f(q) dq: the same number as the difference of two Owen's Q
functions and as the bivariate noncentral t.

Source: Owen (1965), Biometrika 52:437-446; Phillips (1990), J Pharmacokinet Biopharm 18:137-144.
"""

from __future__ import annotations

import math

import numpy as np
from scipy.special import gammaincinv, gammaln, ndtr, roots_legendre, stdtrit

#: Gauss-Legendre nodes; the integrand is smooth, so 128 give power to about 1e-12.
NODES = 128


def tost_power(low: float, high: float, theta: float, se: float, df: float, alpha: float) -> float:
    """Return P(both one-sided tests of level alpha reject), 0 to 1.

    `low`, `high` are the equivalence limits, `theta` the true difference and `se` its true standard
    error, all on one scale; `df` > 0, se > 0, alpha in (0, 1/2).
    """
    t = float(stdtrit(df, 1 - alpha))
    below, above = (low - theta) / se, (high - theta) / se
    # Beyond these quantiles of q the density holds less than 1e-14.
    q_low = math.sqrt(2 / df * float(gammaincinv(df / 2, 1e-15)))
    q_high = min(
        (above - below) / (2 * t), math.sqrt(2 / df * float(gammaincinv(df / 2, 1 - 1e-15)))
    )
    if not q_low < q_high:
        return 0.0
    x, w = roots_legendre(NODES)
    q = q_low + (x + 1) * (q_high - q_low) / 2
    log_f = (
        math.log(2)
        + df / 2 * math.log(df / 2)
        - float(gammaln(df / 2))
        + (df - 1) * np.log(q)
        - df * q * q / 2
    )
    inside = ndtr(above - t * q) - ndtr(below + t * q)
    return float(np.clip((w * (q_high - q_low) / 2) @ (inside * np.exp(log_f)), 0.0, 1.0))
