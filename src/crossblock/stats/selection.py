"""What selecting responders on the tested outcome does when the blocker does nothing.

Those who did well once did so partly by chance, and chance does not repeat: their second response
is smaller on average, blocker or not.
"""

from __future__ import annotations

import math

from scipy.special import ndtri

from crossblock.core.errors import InputError, Problem
from crossblock.domain.result import Reference

DAVIS = Reference(
    key="davis1976",
    text="Davis CE. The effect of regression to the mean in epidemiologic and clinical studies. "
    "American Journal of Epidemiology 1976;104:493-498.",
    doi="10.1093/oxfordjournals.aje.a112321",
)


def regression_to_the_mean(icc: float, response_rate: float, sd: float) -> float:
    """Return E[D1 - D2 | D1 above the cut-off] without any effect of condition, in points.

    (1 - icc) sd phi(z) / p, with p the share of responders and z its normal quantile; D1, D2 are
    one person's responses in two sessions, bivariate normal with common `sd` and correlation icc.
    Davis (1976).
    """
    if not (-1 <= icc <= 1 and 0 < response_rate < 1 and sd > 0):
        raise InputError(
            Problem(
                what="regression to the mean needs a correlation, a response rate and a spread",
                value=f"icc {icc}, rate {response_rate}, sd {sd}",
                why="the rate lies between 0 and 1, the correlation between -1 and 1",
                fix="for example icc=0.5, response_rate=0.53, sd=7",
            )
        )
    z = float(ndtri(response_rate))
    density = math.exp(-z * z / 2) / math.sqrt(2 * math.pi)
    return (1 - icc) * sd * density / response_rate
