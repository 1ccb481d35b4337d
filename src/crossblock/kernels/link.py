"""Sustained plasticity R to symptom score, by either of two links.

Exponential: score = Y0 exp(-R): equal steps in R remove equal shares of what is left.
Capped (Emax): score = Y0 [1 - Imax R / (R50 + R)]: at most the share Imax can be removed.
A cap confounds blockade with saturation (a residual drive of 12 % looks like 26-38 %), so both
are reported. Source: docs/derivations/mechanisms.md, section 4.
"""

from __future__ import annotations

from types import ModuleType
from typing import Any

import numpy as np

Array = Any  # an array of the namespace in use


def fall_exponential(R: Array, xp: ModuleType = np) -> Array:
    """Return the share of the baseline score that is removed: 1 - exp(-R). R >= 0; in [0, 1)."""
    return -xp.expm1(-R)


def fall_capped(R: Array, Imax: Array, R50: Array) -> Array:
    """Return the share of the baseline score that is removed: Imax R / (R50 + R)."""
    return Imax * R / (R50 + R)


def needed_exponential(fall: Array, xp: ModuleType = np) -> Array:
    """Return the R that removes `fall` of the baseline: -ln(1 - fall). 0 <= fall < 1."""
    return -xp.log1p(-fall)


def needed_capped(fall: Array, Imax: Array, R50: Array) -> Array:
    """Return the R that removes `fall` of the baseline under the cap; 0 <= fall < Imax."""
    return R50 * fall / (Imax - fall)
