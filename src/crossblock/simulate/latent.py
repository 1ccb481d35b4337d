"""What raters try to see: severity and dissociation of every person at every visit."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, eq=False)
class Latent:
    """The state behind the ratings of B trials.

    severity       (B, n, P, V), HAM-D17 points
    dissociation   (B, n, P, V), CADSS points; 0 where a generator has none
    """

    severity: Array
    dissociation: Array
