"""Conditional and predictive power: what is left to win, given what an interim look has shown.

Given Z_k = z the rest of the trial is again a Brownian path, so all of these are the recursion of
`kernels.boundary` started from one node at z instead of 0.
"""

from __future__ import annotations

import math

import numpy as np
from scipy.special import ndtr, roots_hermitenorm

from crossblock.core.errors import InputError, Problem
from crossblock.domain.result import Method, Reference
from crossblock.kernels import boundary as kernel
from crossblock.stats.sequential import Boundary
from crossblock.stats.stopped import check_look

LAN_SIMON_HALPERIN = Reference(
    key="lan1982",
    text="Lan KKG, Simon R, Halperin M. Stochastically curtailed tests in long-term clinical "
    "trials. Communications in Statistics C 1982;1:207-219.",
    doi="10.1080/07474948208836014",
)
PROSCHAN_LAN_WITTES = Reference(
    key="proschan2006",
    text="Proschan MA, Lan KKG, Wittes JT. Statistical Monitoring of Clinical Trials: A Unified "
    "Approach. Springer, 2006.",
)
SPIEGELHALTER = Reference(
    key="spiegelhalter1986",
    text="Spiegelhalter DJ, Freedman LS, Blackburn PR. Monitoring clinical trials: conditional or "
    "predictive power? Controlled Clinical Trials 1986;7:8-17.",
    doi="10.1016/0197-2456(86)90003-6",
)
MUELLER_SCHAEFER = Reference(
    key="mueller2001",
    text="Müller HH, Schäfer H. Adaptive group sequential designs for clinical trials. Biometrics "
    "2001;57:886-891.",
    doi="10.1111/j.0006-341X.2001.00886.x",
)

CONDITIONAL = Method(
    name="conditional power",
    sentence="Conditional power was the probability of a later crossing of the efficacy bound, "
    "given the interim result and the stated true effect.",
    references=(LAN_SIMON_HALPERIN, PROSCHAN_LAN_WITTES),
)
PREDICTIVE = Method(
    name="predictive power",
    sentence="Predictive power was conditional power averaged over the posterior distribution of "
    "the effect at the look.",
    references=(SPIEGELHALTER,),
)


def conditional_power(boundary: Boundary, look: int, z: float, drift: float) -> float:
    """Return P(cross the efficacy bound at a later look | Z_look = z), 0 to 1.

    `drift` is the assumed E[Z] at information fraction 1 for the rest of the trial.  At the last
    look nothing is left and the answer is 0 or 1.
    """
    check_look(boundary, look)
    if look == boundary.looks:
        return float(z >= boundary.efficacy[-1])
    running = kernel.Running(np.array([z]), np.ones(1), boundary.information[look - 1])
    crossed = 0.0
    for k in range(look, boundary.looks):
        info, low, up = boundary.information[k], boundary.futility[k], boundary.efficacy[k]
        crossed += kernel.exit_above(running, info, up, drift)
        if k + 1 < boundary.looks:
            running = kernel.advance(running, info, low, up, drift)
    return crossed


def current_trend(boundary: Boundary, look: int, z: float) -> float:
    """Return the drift z / sqrt(t) that the interim result points to."""
    check_look(boundary, look)
    return z / math.sqrt(boundary.information[look - 1])


def conditional_rejection_probability(boundary: Boundary, look: int, z: float) -> float:
    """Return conditional power under no effect: the error still available to a changed design.

    Müller and Schäfer (2001): a redesign that keeps this keeps the overall alpha.
    """
    return conditional_power(boundary, look, z, 0.0)


def predictive_power(
    boundary: Boundary,
    look: int,
    z: float,
    *,
    prior_drift: float = 0.0,
    prior_sd: float = math.inf,
    nodes: int = 48,
) -> float:
    """Return conditional power averaged over the posterior of the drift at the look, 0 to 1.

    The prior is normal on the drift E[Z] at fraction 1; an infinite `prior_sd` is the flat prior,
    whose posterior is N(z / sqrt(t), 1 / t).  One remaining look has the closed form
    1 - Phi((c - (m (1 - t) + z sqrt(t))) / sqrt((1 - t) + (1 - t)^2 v)) at final information 1.
    Spiegelhalter, Freedman and Blackburn (1986).
    """
    check_look(boundary, look)
    if not prior_sd > 0:
        raise InputError(
            Problem(
                what="the prior for the effect needs a positive standard deviation",
                value=str(prior_sd),
                fix="leave it out for the flat prior",
            )
        )
    t = boundary.information[look - 1]
    precision = t + (0.0 if math.isinf(prior_sd) else prior_sd**-2)
    pull = z * math.sqrt(t) + (0.0 if math.isinf(prior_sd) else prior_drift * prior_sd**-2)
    mean, variance = pull / precision, 1 / precision
    if look == boundary.looks - 1:
        last = boundary.information[-1]
        left = last - t
        score = z * math.sqrt(t) + mean * left
        spread = math.sqrt(left + left**2 * variance)
        return float(ndtr((score - boundary.efficacy[-1] * math.sqrt(last)) / spread))
    x, weight = roots_hermitenorm(nodes)
    powers = [
        conditional_power(boundary, look, z, mean + math.sqrt(variance) * float(v)) for v in x
    ]
    return float(np.dot(weight, powers) / math.sqrt(2 * math.pi))


def lowest_score_for(boundary: Boundary, look: int, power: float, drift: float) -> float:
    """Return the z at a look below which conditional power at `drift` is less than `power`.

    The futility threshold of stochastic curtailment, on the Z scale.
    """
    check_look(boundary, look)
    if not 0 < power < 1 or look == boundary.looks:
        raise InputError("give a power between 0 and 1 and a look before the last")
    low, high = -15.0, 15.0
    while high - low > 1e-9:
        middle = (low + high) / 2
        if conditional_power(boundary, look, middle, drift) < power:
            low = middle
        else:
            high = middle
    return (low + high) / 2
