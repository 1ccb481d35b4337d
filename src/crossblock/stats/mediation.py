"""Two-condition within-person mediation, with its assumption printed and tested for fragility.

With M and Y under two conditions, M_d and Y_d the differences and M_s the centered sum of M:
a = mean(M_d);  Y_d = c' + b M_d + d M_s + error;  c = mean(Y_d) = c' + a b.
The indirect effect a b is causal only under sequential ignorability.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import ndtr, roots_legendre

from crossblock.core.errors import DesignError, InputError, Problem
from crossblock.domain.result import Estimate, Method, Reference
from crossblock.stats.student import student

Floats = NDArray[np.float64]

JUDD = Reference(
    key="judd2001",
    text="Judd CM, Kenny DA, McClelland GH. Estimating and testing mediation and moderation in "
    "within-subject designs. Psychological Methods 2001;6:115-134.",
    doi="10.1037/1082-989X.6.2.115",
)
MONTOYA = Reference(
    key="montoya2017",
    text="Montoya AK, Hayes AF. Two-condition within-participant statistical mediation analysis: a "
    "path-analytic framework. Psychological Methods 2017;22:6-27.",
    doi="10.1037/met0000086",
)
IMAI = Reference(
    key="imai2010",
    text="Imai K, Keele L, Yamamoto T. Identification, inference and sensitivity analysis for "
    "causal mediation effects. Statistical Science 2010;25:51-71.",
    doi="10.1214/10-STS321",
)
ASSUMPTION = (
    "The indirect effect is causal only under sequential ignorability: nothing that varies between "
    "a person's two sessions, other than the condition, may move both the mediator and the "
    "outcome. Randomizing the order does not secure this; the curve shows how strong such a common "
    "cause (rho) would have to be."
)
METHOD = Method(
    name="two-condition within-person mediation",
    sentence="Mediation was estimated from within-person differences between the two conditions; "
    + ASSUMPTION[0].lower()
    + ASSUMPTION[1:],
    references=(JUDD, MONTOYA, IMAI),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Mediation:
    """Paths of a two-condition mediation, in points of M and Y.

    `indirect` carries the interval of the product of two normal paths; `sobel_se` its first-order
    standard error.  `sensitivity` holds (rho, indirect effect); `rho_zero` is the correlation of
    the errors at which the indirect effect is 0.
    """

    a: Estimate
    b: Estimate
    total: Estimate
    direct: Estimate
    indirect: Estimate
    sobel_se: float
    rho_zero: float
    sensitivity: tuple[tuple[float, float], ...]
    assumption: str = ASSUMPTION
    method: Method = METHOD


def _path(label: str, value: float, variance: float, df: float, n: int, level: float) -> Estimate:
    return student(label, value, math.sqrt(variance), df, n, level, method=METHOD)


def _mean_path(label: str, x: Floats, level: float) -> Estimate:
    n = len(x)
    return _path(label, float(x.mean()), float(x.var(ddof=1)) / n, n - 1, n, level)


def _differences(
    m_test: Sequence[float],
    m_reference: Sequence[float],
    y_test: Sequence[float],
    y_reference: Sequence[float],
) -> tuple[Floats, Floats, Floats]:
    """Return M_d, Y_d and the centered M_s of checked scores."""
    scores = [np.asarray(v, dtype=float) for v in (m_test, m_reference, y_test, y_reference)]
    if len({len(v) for v in scores}) != 1 or not np.all(np.isfinite(np.concatenate(scores))):
        raise InputError("mediation needs four finite scores a person")
    m1, m0, y1, y0 = scores
    if len(m1) < 5:
        raise InputError(
            Problem(
                what="mediation needs five people or more",
                value=str(len(m1)),
                why="the outcome model has three coefficients",
                fix="report the two effects side by side instead",
            )
        )
    m_sum = m1 + m0
    return m1 - m0, y1 - y0, m_sum - m_sum.mean()


def mediate(
    m_test: Sequence[float],
    m_reference: Sequence[float],
    y_test: Sequence[float],
    y_reference: Sequence[float],
    *,
    level: float = 0.95,
    rhos: Sequence[float] = tuple(np.linspace(-0.9, 0.9, 37)),
) -> Mediation:
    """Return the mediation of a condition's effect on Y by M (differences test minus reference).

    One entry a person, all four scores present.  Judd, Kenny and McClelland (2001); the rho curve
    follows Imai, Keele and Yamamoto (2010), equation for the linear model, on the residuals after
    M_s.  Raises `DesignError` when M does not vary.
    """
    m_diff, y_diff, m_sum = _differences(m_test, m_reference, y_test, y_reference)
    n = len(m_diff)
    X = np.column_stack([np.ones(n), m_diff, m_sum])
    if np.linalg.matrix_rank(X) < 3:
        raise DesignError(
            Problem(
                what="the mediator's differences and sums do not vary apart from each other",
                why="paths b and c' cannot be told apart",
                fix="check the mediator for constant or copied values",
            )
        )
    beta, cov, df = _regress(X, y_diff)
    a, total = (
        _mean_path("a: condition on mediator", m_diff, level),
        _mean_path("c: condition on outcome", y_diff, level),
    )
    b = student(
        "b: mediator on outcome", float(beta[1]), math.sqrt(cov[1, 1]), df, n, level, method=METHOD
    )
    direct = student(
        "c': direct effect", float(beta[0]), math.sqrt(cov[0, 0]), df, n, level, method=METHOD
    )
    se_a, se_b = float(m_diff.std(ddof=1)) / math.sqrt(n), math.sqrt(cov[1, 1])
    sobel = math.hypot(a.value * se_b, b.value * se_a)
    rho_zero, curve = _sensitivity(m_diff, y_diff, m_sum, rhos)
    return Mediation(
        a=a,
        b=b,
        total=total,
        direct=direct,
        indirect=_indirect(a.value, se_a, b.value, se_b, sobel, level, n),
        sobel_se=sobel,
        rho_zero=rho_zero,
        sensitivity=curve,
    )


def _indirect(
    a: float, se_a: float, b: float, se_b: float, sobel: float, level: float, n: int
) -> Estimate:
    low, high = product_interval(a, se_a, b, se_b, level)
    return Estimate(
        label="a b: indirect effect",
        value=a * b,
        se=sobel,
        lower=low,
        upper=high,
        level=level,
        n=n,
        method=METHOD,
        warnings=(ASSUMPTION,),
    )


def _regress(X: Floats, y: Floats) -> tuple[Floats, Floats, int]:
    """Return least-squares coefficients, their covariance and residual df."""
    df = len(y) - X.shape[1]
    inverse = np.linalg.inv(X.T @ X)
    beta = inverse @ X.T @ y
    residual = y - X @ beta
    return beta, inverse * float(residual @ residual) / df, df


def _sensitivity(
    m_diff: Floats, y_diff: Floats, m_sum: Floats, rhos: Sequence[float]
) -> tuple[float, tuple[tuple[float, float], ...]]:
    """Return (rho at which a b = 0, ((rho, a b), ...)).

    a b(rho) = a (s_y / s_m) [r - rho sqrt((1 - r^2) / (1 - rho^2))], with s_y, s_m and r the
    spreads and correlation of the residuals of Y_d and M_d on (1, M_s).
    """
    Z = np.column_stack([np.ones(len(m_diff)), m_sum])
    em = m_diff - Z @ np.linalg.lstsq(Z, m_diff, rcond=None)[0]
    ey = y_diff - Z @ np.linalg.lstsq(Z, y_diff, rcond=None)[0]
    r = float(em @ ey / math.sqrt(float(em @ em) * float(ey @ ey)))
    scale = float(m_diff.mean()) * math.sqrt(float(ey @ ey) / float(em @ em))
    curve = tuple(
        (float(rho), scale * (r - rho * math.sqrt((1 - r * r) / (1 - rho * rho)))) for rho in rhos
    )
    return r, curve


def product_interval(
    a: float, se_a: float, b: float, se_b: float, level: float = 0.95
) -> tuple[float, float]:
    """Return the central interval of A B for independent A ~ N(a, se_a^2), B ~ N(b, se_b^2).

    P(A B <= x) = integral of phi(z) P(B <= x / A) with A = a + se_a z, by Gauss-Legendre on either
    side of A = 0.
    """
    nodes, weights = roots_legendre(200)

    def cdf(x: float) -> float:
        zero, total = -a / se_a, 0.0
        for low, high, sign in ((-9.0, zero, -1.0), (zero, 9.0, 1.0)):
            low, high = max(low, -9.0), min(high, 9.0)
            if low >= high:
                continue
            z = low + (nodes + 1) * (high - low) / 2
            A = a + se_a * z
            below = ndtr(sign * (x / A - b) / se_b)
            total += float(weights @ (np.exp(-z * z / 2) * below)) * (high - low) / 2
        return total / math.sqrt(2 * math.pi)

    reach = 12 * (math.hypot(a * se_b, b * se_a) + se_a * se_b)
    ends = [
        float(brentq(lambda x, q=q: cdf(x) - q, a * b - reach, a * b + reach, xtol=1e-9 * reach))
        for q in ((1 - level) / 2, (1 + level) / 2)
    ]
    return ends[0], ends[1]
