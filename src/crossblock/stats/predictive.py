"""Predictive probability of success for a yes/no outcome, by the beta-binomial.

Response or remission in a fixed number of people: at an interim, how probable is it that the
finished trial will call the rate high enough?
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import betainc, betaln, gammaln

from crossblock.core.errors import InputError, Problem
from crossblock.domain.result import Method, Reference

LEE_LIU = Reference(
    key="lee2008",
    text="Lee JJ, Liu DD. A predictive probability design for phase II cancer clinical trials. "
    "Clinical Trials 2008;5:93-106.",
    doi="10.1177/1740774508089279",
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Prediction:
    """Predictive probability of success (0 to 1), the fewest further responders that make one, and
    the posterior probability now."""

    probability: float
    needed: int
    posterior: float
    method: Method


def predictive_probability(
    responders: int,
    rated: int,
    planned: int,
    *,
    acceptable: float,
    certainty: float,
    prior: tuple[float, float] = (1.0, 1.0),
) -> Prediction:
    """Return the probability that the finished trial finds P(rate > acceptable) > certainty.

    PP = sum over y of BetaBinomial(y; N - n, a + x, b + n - x)
    1[P(p > p0 | x + y of N) > theta_T].  Lee and Liu (2008).
    """
    a, b = prior
    if not (0 <= responders <= rated <= planned and planned > 0):
        raise InputError(
            Problem(
                what="responders, rated and planned people do not fit together",
                value=f"{responders} of {rated}, {planned} planned",
                why="responders cannot exceed the rated, nor the rated the planned",
                fix="count again",
            )
        )
    if not (0 < acceptable < 1 and 0 < certainty < 1 and a > 0 and b > 0):
        raise InputError("acceptable rate and certainty lie between 0 and 1; the prior is positive")
    left = planned - rated
    y = np.arange(left + 1)
    x = responders + y
    success = 1 - betainc(a + x, b + planned - x, acceptable) > certainty
    log_choose = gammaln(left + 1) - gammaln(y + 1) - gammaln(left - y + 1)
    log_mass = (
        log_choose + betaln(a + x, b + planned - x) - betaln(a + responders, b + rated - responders)
    )
    return Prediction(
        probability=float(np.exp(log_mass[success]).sum()),
        needed=int(np.argmax(success)) if success.any() else left + 1,
        posterior=float(1 - betainc(a + responders, b + rated - responders, acceptable)),
        method=Method(
            name="predictive probability",
            sentence="The predictive probability of success was found from the beta-binomial "
            f"distribution of the people still to be rated (prior Beta({a:g}, {b:g})).",
            references=(LEE_LIU,),
        ),
    )
