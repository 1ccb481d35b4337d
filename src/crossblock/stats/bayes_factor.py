"""JZS Bayes factors for t statistics: one integral over the prior on the standardized effect.

Under the alternative the standardized effect has a Cauchy prior of scale r, that is a normal with
variance g r^2 and g ~ inverse chi-squared on 1 df.  With g = 1 / u^2 the mixing density of u is
half-normal:

    BF10 = integral over u > 0 of 2 phi(u) (1 + N r^2 / u^2)^(-1/2)
           [ (1 + t^2 / (nu (1 + N r^2 / u^2))) / (1 + t^2 / nu) ]^(-(nu + 1) / 2) du,

N = n, nu = n - 1 for one sample or pairs; N = n1 n2 / (n1 + n2), nu = n1 + n2 - 2 for two groups.
Rouder et al. (2009).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

from scipy.integrate import quad

from crossblock.core.errors import InputError, Problem
from crossblock.domain.result import Method, Reference

ROUDER = Reference(
    key="rouder2009",
    text="Rouder JN, Speckman PL, Sun D, Morey RD, Iverson G. Bayesian t tests for accepting and "
    "rejecting the null hypothesis. Psychonomic Bulletin & Review 2009;16:225-237.",
    doi="10.3758/PBR.16.2.225",
)
#: The usual "medium" prior scale.
MEDIUM = math.sqrt(2) / 2


@dataclass(frozen=True, kw_only=True, slots=True)
class BayesFactor:
    """Evidence for an effect against none: BF10 > 0, its natural log, and the prior scale used."""

    bf10: float
    log_bf10: float
    r: float
    method: Method

    @property
    def bf01(self) -> float:
        return math.exp(-self.log_bf10)


def jzs(t: float, n1: int, n2: int | None = None, *, r: float = MEDIUM) -> BayesFactor:
    """Return the JZS Bayes factor of a t statistic (one sample or pairs when `n2` is None)."""
    if not math.isfinite(t) or n1 < 2 or (n2 is not None and n2 < 2) or not r > 0:
        raise InputError(
            Problem(
                what="a Bayes factor needs a finite t, two people or more a group, a scale above 0",
                value=f"t {t}, n {n1}{'' if n2 is None else f' and {n2}'}, scale {r}",
                fix="for a 2x2 crossover give the two sequence sizes",
            )
        )
    N = float(n1) if n2 is None else n1 * n2 / (n1 + n2)
    nu = float(n1 - 1) if n2 is None else float(n1 + n2 - 2)

    def log_integrand(u: float) -> float:
        wide = 1 + N * r * r / (u * u)
        gain = math.log1p(t * t / nu) - math.log1p(t * t / (nu * wide))
        return (
            math.log(2 / math.sqrt(2 * math.pi))
            - u * u / 2
            - math.log(wide) / 2
            + (nu + 1) / 2 * gain
        )

    # The peak is taken out so that a large t does not overflow.
    grid = [10 ** (k / 40) for k in range(-240, 61)]
    peak_at = max(grid, key=log_integrand)
    peak = log_integrand(peak_at)
    area = 0.0
    cuts = [0.0, peak_at / 4, peak_at, peak_at * 4, max(peak_at * 16, 12.0)]
    for low, high in pairwise(cuts):
        area += quad(
            lambda u: math.exp(log_integrand(u) - peak) if u > 0 else 0.0,
            low,
            high,
            epsabs=1e-13,
            epsrel=1e-11,
            limit=200,
        )[0]
    log_bf = peak + math.log(area)
    return BayesFactor(
        bf10=math.exp(log_bf),
        log_bf10=log_bf,
        r=r,
        method=Method(
            name="JZS Bayes factor",
            sentence=f"Evidence was weighed by the JZS Bayes factor with a Cauchy prior of scale "
            f"{r:.3f} on the standardized effect.",
            references=(ROUDER,),
        ),
    )
