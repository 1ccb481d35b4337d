"""Student's t for one and for two groups, many data sets at a time.

    two groups:  d = mean(x | g = 1) - mean(x | g = 0)
                 s2 = (SS1 + SS0) / (n1 + n0 - 2),   se = sqrt(s2 (1/n1 + 1/n0)),   df = n1 + n0 - 2
    one group:   d = mean(x),   se = sqrt(s2 / n),   df = n - 1

Inputs: x float64 (B, n), any unit; masks bool (B, n). Outputs float64 (B,), in the unit of x.
Where a data set has too few values for its degrees of freedom the estimate is kept where it exists
and `se` and `df` are 0: the caller turns that into a sentence.
Source: Senn, Cross-over Trials in Clinical Research, 2nd ed. (2002), chapter 3.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


class TTest(NamedTuple):
    """Estimate, standard error, degrees of freedom, and pooled variance, each (B,)."""

    estimate: Floats
    se: Floats
    df: Floats
    variance: Floats


def _group(x: Floats, mask: Bools) -> tuple[Floats, Floats, Floats]:
    n = mask.sum(axis=-1).astype(np.float64)
    mean = np.where(mask, x, 0.0).sum(axis=-1) / np.maximum(n, 1.0)
    ss = np.where(mask, (x - mean[..., None]) ** 2, 0.0).sum(axis=-1)
    return n, mean, ss


def two_sample(x: Floats, one: Bools, zero: Bools) -> TTest:
    """Return the pooled two-sample t of `x[one]` minus `x[zero]` for every data set."""
    n1, m1, ss1 = _group(x, one)
    n0, m0, ss0 = _group(x, zero)
    usable = (n1 > 0) & (n0 > 0) & (n1 + n0 > 2)
    df = np.where(usable, n1 + n0 - 2.0, 0.0)
    s2 = (ss1 + ss0) / np.maximum(df, 1.0)
    se = np.sqrt(s2 * (1.0 / np.maximum(n1, 1.0) + 1.0 / np.maximum(n0, 1.0)))
    return TTest(m1 - m0, np.where(usable, se, 0.0), df, np.where(usable, s2, 0.0))


def one_sample(x: Floats, mask: Bools) -> TTest:
    """Return the one-sample (paired) t of `x[mask]` against 0 for every data set."""
    n, mean, ss = _group(x, mask)
    df = np.maximum(n - 1.0, 0.0)
    s2 = np.where(df > 0, ss / np.maximum(df, 1.0), 0.0)
    return TTest(mean, np.sqrt(s2 / np.maximum(n, 1.0)), df, s2)
