"""A share of independent occasions with its interval."""

from __future__ import annotations

import math
from statistics import NormalDist


def wilson(part: int, whole: int, level: float = 0.95) -> tuple[float, float]:
    """Return the score interval of a share.

    (p + z²/2n ± z sqrt(p (1 - p)/n + z²/4n²)) / (1 + z²/n),  p = part/n,  n = whole

    Inputs: counts with 0 <= part <= whole and whole > 0; level in 0-1.
    Output: lower and upper limit, shares in 0-1.
    It takes occasions as independent: several of one person make it too narrow.
    Wilson EB. J Am Stat Assoc 1927;22:209-212; method 3 of Newcombe RG. Stat Med 1998;17:857-872.
    """
    if not 0 <= part <= whole or whole == 0:
        raise ValueError(f"{part} of {whole} is no share")
    z = NormalDist().inv_cdf((1 + level) / 2)
    p, n = part / whole, whole
    middle = p + z**2 / (2 * n)
    half = z * math.sqrt(p * (1 - p) / n + z**2 / (4 * n**2))
    low, high = (middle - half) / (1 + z**2 / n), (middle + half) / (1 + z**2 / n)
    return (0.0 if part == 0 else low, 1.0 if part == whole else high)
