"""Power and size of paired comparisons: exact t power, assurance, group-sequential size.

A 2 x 2 crossover analyzed by period differences is a paired comparison with one degree of freedom
less; `df_lost` says how many the design takes (1 for a paired t test, 2 for the crossover).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from scipy.special import ndtr, ndtri, stdtrit
from scipy.stats import nct, norm

from crossblock.core.errors import ConvergenceError, InputError, Problem
from crossblock.domain.result import Method, Reference
from crossblock.stats.sequential import Boundary, Characteristics, characteristics, required_drift

OHAGAN = Reference(
    key="ohagan2005",
    text="O'Hagan A, Stevens JW, Campbell MJ. Assurance in clinical trial design. Pharmaceutical "
    "Statistics 2005;4:187-201.",
    doi="10.1002/pst.175",
)
PAIRED_POWER = Method(
    name="paired t power",
    sentence="Power was computed from the noncentral t distribution, rejections in both directions "
    "counted.",
)
ASSURANCE = Method(
    name="assurance",
    sentence="Assurance was power averaged over the prior distribution of the effect.",
    references=(OHAGAN,),
)

#: No crossover this tool plans is larger; a search that reaches it has been asked for too little
#: effect.
MOST_PEOPLE = 100_000


def _check(n: float, sd: float, alpha: float) -> None:
    problems = []
    if not (math.isfinite(sd) and sd > 0):
        problems.append(
            Problem(
                what="the standard deviation of the paired differences must be above 0",
                value=str(sd),
                fix="give it in the points of the outcome",
            )
        )
    if not n >= 2:
        problems.append(Problem(what="a paired comparison needs 2 people or more", value=str(n)))
    if not 0 < alpha < 1:
        problems.append(Problem(what="alpha must lie between 0 and 1", value=str(alpha)))
    if problems:
        raise InputError(*problems)


def paired_t_power(
    n: float, delta: float, sd: float, *, alpha: float = 0.05, sides: int = 2, df_lost: int = 1
) -> float:
    """Return the power of a paired t test, 0 to 1.

    P(|T| > t_{alpha/2}) with T noncentral t, df = n - df_lost, noncentrality delta sqrt(n) / sd;
    two-sided power counts both tails (strict).  `delta` and `sd` are in the outcome's points.
    """
    _check(n, sd, alpha)
    df = n - df_lost
    if df < 1:
        raise InputError(f"{n:g} people leave no degrees of freedom for the spread")
    ncp = delta * math.sqrt(n) / sd
    critical = float(stdtrit(df, 1 - alpha / sides))
    power = float(nct.sf(critical, df, ncp))
    if sides == 2:
        power += float(nct.sf(critical, df, -ncp))
    if math.isfinite(power):
        return min(power, 1.0)
    return float(ndtr(abs(ncp) - critical))  # far beyond where the series still counts


def paired_t_size(
    delta: float,
    sd: float,
    *,
    power: float = 0.8,
    alpha: float = 0.05,
    sides: int = 2,
    df_lost: int = 1,
    multiple: int = 1,
) -> int:
    """Return the fewest people, a multiple of `multiple`, with the wanted power."""
    _check(2, sd, alpha)
    if delta == 0 or not alpha < power < 1:
        raise InputError(
            Problem(
                what="no number of people reaches this power",
                value=f"effect {delta:g}, power {power:g}",
                why="power runs from alpha to 1 and needs an effect other than 0",
                fix="give an effect and a power between alpha and 1",
            )
        )
    n = multiple * math.ceil((df_lost + 1) / multiple)
    rough = ((ndtri(1 - alpha / sides) + ndtri(power)) * sd / delta) ** 2
    n = max(n, multiple * int(rough // multiple))
    while n <= MOST_PEOPLE:
        if paired_t_power(n, abs(delta), sd, alpha=alpha, sides=sides, df_lost=df_lost) >= power:
            return n
        n += multiple
    raise ConvergenceError(f"more than {MOST_PEOPLE} people would be needed")


def detectable_effect(
    n: float, sd: float, *, power: float = 0.8, alpha: float = 0.05, df_lost: int = 1
) -> float:
    """Return the effect (points) that n people detect with the wanted two-sided power."""
    _check(n, sd, alpha)
    low, high = 0.0, sd
    while paired_t_power(n, high, sd, alpha=alpha, df_lost=df_lost) < power:
        high *= 2
        if high > 1e6 * sd:
            raise ConvergenceError("no effect reaches this power with so few people")
    while high - low > 1e-10 * sd:
        middle = (low + high) / 2
        if paired_t_power(n, middle, sd, alpha=alpha, df_lost=df_lost) < power:
            low = middle
        else:
            high = middle
    return high


def assurance(
    n: float,
    prior_mean: float,
    prior_sd: float,
    sd: float,
    *,
    alpha: float = 0.025,
    critical: float | None = None,
) -> float:
    """Return the unconditional probability of a significant benefit, 0 to 1.

    Phi((m - z_alpha sd / sqrt(n)) / sqrt(s^2 + sd^2 / n)) for a prior N(m, s^2) on the mean
    difference and known sd; `critical` replaces z_alpha.  O'Hagan, Stevens and Campbell (2005).
    """
    _check(n, sd, alpha)
    if prior_sd < 0:
        raise InputError("the prior's standard deviation must be 0 or more")
    se = sd / math.sqrt(n)
    z = -float(ndtri(alpha)) if critical is None else critical
    return float(ndtr((prior_mean - z * se) / math.hypot(prior_sd, se)))


def assurance_t(
    n: float,
    prior_mean: float,
    prior_sd: float,
    sd: float,
    *,
    alpha: float = 0.05,
    df_lost: int = 1,
    nodes: int = 201,
) -> float:
    """Return the assurance of the one-directional t test: noncentral t power over the prior.

    Success is t > t_{1 - alpha/2}.  Simpson's rule over prior quantiles -+ 7.5 sd.
    """
    _check(n, sd, alpha)
    if prior_sd == 0:
        return paired_t_power(n, prior_mean, sd, alpha=alpha / 2, sides=1, df_lost=df_lost)
    step = 15.0 / (nodes - 1)
    total = weight_sum = 0.0
    for i in range(nodes):
        x = -7.5 + i * step
        weight = (1 if i in (0, nodes - 1) else 4 if i % 2 else 2) * float(norm.pdf(x))
        total += weight * paired_t_power(
            n, prior_mean + prior_sd * x, sd, alpha=alpha / 2, sides=1, df_lost=df_lost
        )
        weight_sum += weight
    return total / weight_sum


@dataclass(frozen=True, kw_only=True, slots=True)
class SequentialSize:
    """People that a group-sequential paired comparison needs, before rounding, and what it does.

    `looks` are completed pairs at each look, `expected` the expected number under the effect.
    """

    maximum: float
    looks: tuple[float, ...]
    expected: float
    under_effect: Characteristics
    under_null: Characteristics
    fixed: float


def sequential_size(
    boundary: Boundary, delta: float, sd: float, *, power: float = 0.8
) -> SequentialSize:
    """Return the size at which `boundary` has `power` for a mean paired difference `delta`.

    n_max = (drift sd / delta)^2 with drift = E[Z_final] (normal approximation; check small sizes
    against `paired_t_power`).  `delta` and `sd` in points.
    """
    _check(2, sd, boundary.rule.alpha)
    if delta == 0:
        raise InputError("an effect of 0 points has no sample size")
    drift = required_drift(boundary, power)
    maximum = (drift * sd / delta) ** 2
    under = characteristics(boundary, drift)
    one_look = -float(ndtri(boundary.rule.alpha / boundary.sides)) + float(ndtri(power))
    return SequentialSize(
        maximum=maximum,
        looks=tuple(maximum * t for t in boundary.information),
        expected=maximum * under.expected_information,
        under_effect=under,
        under_null=characteristics(boundary, 0.0),
        fixed=(one_look * sd / delta) ** 2,
    )
