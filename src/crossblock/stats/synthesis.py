"""Several trials together: random-effects meta-analysis.

y_i ~ N(mu, v_i + tau^2).  tau^2 by REML or DerSimonian-Laird; the interval of mu by Knapp and
Hartung's t or by the normal; the prediction interval says where a further trial would fall.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import chdtrc, ndtr, ndtri, stdtr, stdtrit

from crossblock.core.errors import ConvergenceError, InputError, Problem
from crossblock.domain.result import Estimate, Method, Outcome, Reference

Floats = NDArray[np.float64]

DERSIMONIAN = Reference(
    key="dersimonian1986",
    text="DerSimonian R, Laird N. Meta-analysis in clinical trials. Controlled Clinical Trials "
    "1986;7:177-188.",
    doi="10.1016/0197-2456(86)90046-2",
)
VIECHTBAUER = Reference(
    key="viechtbauer2005",
    text="Viechtbauer W. Bias and efficiency of meta-analytic variance estimators in the "
    "random-effects model. Journal of Educational and Behavioral Statistics 2005;30:261-293.",
    doi="10.3102/10769986030003261",
)
KNAPP_HARTUNG = Reference(
    key="knapp2003",
    text="Knapp G, Hartung J. Improved tests for a random effects meta-regression with a single "
    "covariate. Statistics in Medicine 2003;22:2693-2710.",
    doi="10.1002/sim.1482",
)
HIGGINS = Reference(
    key="higgins2009",
    text="Higgins JPT, Thompson SG, Spiegelhalter DJ. A re-evaluation of random-effects "
    "meta-analysis. Journal of the Royal Statistical Society A 2009;172:137-159.",
    doi="10.1111/j.1467-985X.2008.00552.x",
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Synthesis:
    """A random-effects synthesis of k trials.

    `mean` is the pooled effect with the chosen interval; `knapp_hartung` and `normal` are shown
    side by side.  tau2 is in squared points; I2 a fraction (0 to 1); Q has k - 1 df.  `prediction`
    is an interval for a further trial's true effect.
    """

    mean: Estimate
    normal: Estimate
    knapp_hartung: Estimate
    tau2: float
    Q: float
    Q_p: float
    I2: float
    prediction: tuple[float, float]
    prediction_normal: tuple[float, float]
    weights: tuple[float, ...]
    method: Method


def _checked(effects: Sequence[float], variances: Sequence[float]) -> tuple[Floats, Floats]:
    y, v = np.asarray(effects, dtype=float), np.asarray(variances, dtype=float)
    if y.shape != v.shape or y.ndim != 1 or len(y) < 2:
        raise InputError(
            Problem(
                what="a synthesis needs two trials or more, each with an effect and a variance",
                value=f"{len(y)} effects, {len(v)} variances",
                fix="report a single trial by itself",
            )
        )
    if not (np.all(np.isfinite(y)) and np.all(np.isfinite(v)) and np.all(v > 0)):
        raise InputError("effects must be finite and variances above 0")
    return y, v


def pooled(y: Floats, v: Floats, tau2: float) -> tuple[float, float, Floats]:
    """Return mu = sum(w y) / sum(w), its variance 1 / sum(w), and w = 1 / (v + tau2)."""
    w = 1 / (v + tau2)
    return float(w @ y / w.sum()), float(1 / w.sum()), w


def cochran_q(y: Floats, v: Floats) -> float:
    """Return Q = sum of w (y - mu)^2 with fixed-effect weights w = 1 / v."""
    mu, _, w = pooled(y, v, 0.0)
    return float(w @ (y - mu) ** 2)


def typical_variance(v: Floats) -> float:
    """Return s^2 = (k - 1) sum w / ((sum w)^2 - sum w^2) at w = 1 / v."""
    w = 1 / v
    return (len(v) - 1) * float(w.sum()) / float(w.sum() ** 2 - (w**2).sum())


def tau2_dersimonian_laird(y: Floats, v: Floats) -> float:
    """Return max(0, (Q - (k - 1)) / (sum w - sum w^2 / sum w)).  DerSimonian and Laird (1986)."""
    w = 1 / v
    c = float(w.sum() - (w**2).sum() / w.sum())
    return max(0.0, (cochran_q(y, v) - (len(y) - 1)) / c)


def tau2_reml(y: Floats, v: Floats) -> float:
    """Return the REML estimate of tau^2, at least 0.

    Root of the restricted score sum w^2 (y - mu)^2 - (sum w - sum w^2 / sum w) = 0, the largest
    likelihood taken where there are several.  Viechtbauer (2005).
    """

    def score(tau2: float) -> float:
        mu, _, w = pooled(y, v, tau2)
        return float((w**2) @ (y - mu) ** 2 - w.sum() + (w**2).sum() / w.sum())

    def minus_loglik(tau2: float) -> float:
        mu, variance, w = pooled(y, v, tau2)
        return float(-np.log(w).sum() - math.log(variance) + w @ (y - mu) ** 2) / 2

    top = 10 * (float(np.var(y)) + float(v.max()))
    edges = np.concatenate([[0.0], np.geomspace(1e-8 * top, top, 200)])
    values = np.array([score(float(e)) for e in edges])
    if values[-1] > 0:
        raise ConvergenceError("the between-trial variance did not settle; look for a wild effect")
    candidates = [0.0]
    for i in np.flatnonzero((values[:-1] > 0) & (values[1:] <= 0)):
        candidates.append(float(brentq(score, edges[i], edges[i + 1], xtol=1e-14 * top)))
    return min(candidates, key=minus_loglik)


def _estimate(
    mu: float,
    se: float,
    df: float,
    level: float,
    k: int,
    model: str,
    unit: str,
    method: Method,
    outcome: Outcome,
) -> Estimate:
    critical = float(ndtri(0.5 + level / 2) if math.isinf(df) else stdtrit(df, 0.5 + level / 2))
    t = mu / se
    p = 2 * float(ndtr(-abs(t)) if math.isinf(df) else stdtr(df, -abs(t)))
    return Estimate(
        label="pooled effect",
        value=mu,
        se=se,
        df=df,
        statistic=t,
        p=p,
        lower=mu - critical * se,
        upper=mu + critical * se,
        level=level,
        unit=unit,
        n=k,
        model=model,
        method=method,
        outcome=outcome,
    )


def prediction(mu: float, variance: float, df: float, level: float) -> tuple[float, float]:
    """Return mu -+ q sqrt(variance), q from t with df degrees of freedom; unbounded for df = 0."""
    if df == 0:
        return -math.inf, math.inf
    q = float(ndtri(0.5 + level / 2) if math.isinf(df) else stdtrit(df, 0.5 + level / 2))
    return mu - q * math.sqrt(variance), mu + q * math.sqrt(variance)


def random_effects(
    effects: Sequence[float],
    variances: Sequence[float],
    *,
    estimator: Literal["REML", "DL"] = "REML",
    interval: Literal["knapp-hartung", "normal"] = "knapp-hartung",
    level: float = 0.95,
    unit: str = "points",
) -> Synthesis:
    """Return the random-effects synthesis of trials with effects y_i and variances v_i.

    I^2 = tau^2 / (tau^2 + s^2), s^2 = (k - 1) sum w / ((sum w)^2 - sum w^2) at w = 1 / v.
    Knapp-Hartung: Var(mu) = sum w (y - mu)^2 / ((k - 1) sum w), t with k - 1 df.  Prediction
    intervals: mu -+ q sqrt(tau^2 + Var(mu)), q from t with k - 2 df (infinite for k = 2; Higgins,
    Thompson and Spiegelhalter 2009) or the normal.
    """
    y, v = _checked(effects, variances)
    k = len(y)
    tau2 = tau2_reml(y, v) if estimator == "REML" else tau2_dersimonian_laird(y, v)
    mu, variance, w = pooled(y, v, tau2)
    spread = float(w @ (y - mu) ** 2) / (k - 1)
    method = _method(estimator, interval)
    outcome = Outcome.BOUNDARY if tau2 == 0 else Outcome.SETTLED
    normal = _estimate(
        mu, math.sqrt(variance), math.inf, level, k, f"{estimator}, normal", unit, method, outcome
    )
    if spread == 0:
        raise InputError("all trials report the same effect; Knapp-Hartung has no spread to use")
    knapp = _estimate(
        mu,
        math.sqrt(variance * spread),
        k - 1,
        level,
        k,
        f"{estimator}, Knapp-Hartung",
        unit,
        method,
        outcome,
    )
    Q = cochran_q(y, v)
    return Synthesis(
        mean=knapp if interval == "knapp-hartung" else normal,
        normal=normal,
        knapp_hartung=knapp,
        tau2=tau2,
        Q=Q,
        Q_p=float(chdtrc(k - 1, Q)),
        I2=tau2 / (tau2 + typical_variance(v)),
        prediction=prediction(mu, tau2 + variance, k - 2, level),
        prediction_normal=prediction(mu, tau2 + variance, math.inf, level),
        weights=tuple(float(x) for x in w / w.sum()),
        method=method,
    )


def _method(estimator: str, interval: str) -> Method:
    variance = "REML" if estimator == "REML" else "the DerSimonian-Laird method"
    ends = "Knapp and Hartung's t interval" if interval == "knapp-hartung" else "a normal interval"
    return Method(
        name="random-effects synthesis",
        sentence=f"Trials were pooled by a random-effects model with {variance} for the "
        f"between-trial variance and {ends}.",
        references=(
            VIECHTBAUER if estimator == "REML" else DERSIMONIAN,
            *((KNAPP_HARTUNG,) if interval == "knapp-hartung" else ()),
            HIGGINS,
        ),
    )
