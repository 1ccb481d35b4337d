"""Average bioequivalence on the log scale: fixed-effects analysis, power and size by design.

EMA method A treats participants as fixed effects, so that a person seen under one condition only
adds nothing to the contrast; method B (random participants) uses the mixed-model engine.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtr, stdtrit

from crossblock.core.errors import ConvergenceError, DesignError, InputError, Problem
from crossblock.domain.result import Estimate, Method, Reference
from crossblock.kernels.tost import tost_power
from crossblock.stats.designs import constants

Floats = NDArray[np.float64]

EMA = Reference(
    key="ema2010",
    text="European Medicines Agency. Guideline on the investigation of bioequivalence. "
    "CPMP/EWP/QWP/1401/98 Rev. 1/Corr, 2010.",
)
HAUSCHKE = Reference(
    key="hauschke2007",
    text="Hauschke D, Steinijans V, Pigeot I. Bioequivalence Studies in Drug Development: Methods "
    "and Applications. Wiley, 2007.",
    doi="10.1002/9780470094778",
)
METHOD_A = Method(
    name="EMA method A",
    sentence="The ratio of geometric means was estimated by least squares on the log scale with "
    "sequence, participant within sequence, period and treatment as fixed effects.",
    references=(EMA,),
)
#: The usual acceptance range for the ratio of geometric means.
LIMITS = (0.80, 1.25)


@dataclass(frozen=True, kw_only=True, slots=True)
class Observation:
    """One measured exposure (AUC or Cmax, above 0) of a participant in a period."""

    participant: str
    sequence: str
    period: str
    treatment: str
    value: float


@dataclass(frozen=True, kw_only=True, slots=True)
class RatioResult:
    """Ratio of geometric means test/reference with interval (as ratios), and the spread behind it.

    `log_estimate` is on the log scale; `mse` is the residual mean square there; CVs are fractions.
    """

    ratio: float
    lower: float
    upper: float
    level: float
    mse: float
    df: float
    cv: float
    log_estimate: Estimate
    method: Method


def cv_of_variance(variance: float) -> float:
    """Return the coefficient of variation sqrt(exp(sigma^2) - 1) of a log-scale variance."""
    return math.sqrt(math.expm1(variance))


def variance_of_cv(cv: float) -> float:
    """Return the log-scale variance log(1 + CV^2)."""
    if not cv > 0:
        raise InputError(Problem(what="a coefficient of variation is above 0", value=str(cv)))
    return math.log1p(cv * cv)


def indicators(levels: Sequence[str], drop_first: bool) -> Floats:
    """Return 0/1 columns of the sorted levels, shape (rows, levels), the first one left out."""
    names = sorted(set(levels))[1 if drop_first else 0 :]
    return np.array([[float(x == name) for name in names] for x in levels]).reshape(
        len(levels), len(names)
    )


def checked(data: Sequence[Observation]) -> list[Observation]:
    """Return the observations, or name every one that has no logarithm."""
    bad = [o for o in data if not (math.isfinite(o.value) and o.value > 0)]
    if bad:
        raise InputError(
            *(
                Problem(
                    what="an exposure must be a finite number above 0 to be put on the log scale",
                    where=f"participant {o.participant}, period {o.period}",
                    value=str(o.value),
                    fix="leave a missing value out",
                )
                for o in bad
            )
        )
    return list(data)


def _least_squares(X: Floats, y: Floats) -> tuple[Floats, Floats, float, int]:
    """Return coefficients, their unscaled covariance, residual sum of squares and df."""
    coefficients, _, rank, _ = np.linalg.lstsq(X, y, rcond=1e-10)
    residual = y - X @ coefficients
    return (
        np.asarray(coefficients, dtype=np.float64),
        np.asarray(np.linalg.pinv(X.T @ X, rcond=1e-10), dtype=np.float64),
        float(residual @ residual),
        len(y) - int(rank),
    )


def both_treatments(rows: Sequence[Observation], test: str, reference: str) -> list[str]:
    """Return the sorted treatments; `DesignError` if test or reference was never observed."""
    treatments = sorted({o.treatment for o in rows})
    for name in (test, reference):
        if name not in treatments:
            raise DesignError(
                Problem(
                    what=f"no observations under {name}",
                    why="a ratio needs both treatments",
                    fix=f"treatments here are {', '.join(treatments)}",
                )
            )
    return treatments


def fixed_effects(
    data: Sequence[Observation],
    *,
    test: str = "T",
    reference: str = "R",
    level: float = 0.90,
    log: bool = True,
) -> RatioResult:
    """Return the test/reference comparison with participants as fixed effects (EMA method A).

    log y = participant + period + treatment, by least squares; the sequence effect lies in the
    participants'.  `log=False` analyzes the raw scale, where `ratio` is the difference.  Raises
    `DesignError` when the contrast cannot be estimated.
    """
    rows = checked(data) if log else list(data)
    others = [t for t in both_treatments(rows, test, reference) if t != reference]
    y = np.array([math.log(o.value) if log else o.value for o in rows])
    treatment = np.array([[float(o.treatment == name) for name in others] for o in rows])
    people = [f"{o.sequence}\x00{o.participant}" for o in rows]
    X = np.hstack(
        [treatment, indicators(people, False), indicators([o.period for o in rows], True)]
    )
    coefficients, cov, rss, df = _least_squares(X, y)
    pick = others.index(test)
    unit = np.zeros(X.shape[1])
    unit[pick] = 1.0
    estimable = np.allclose(cov @ (X.T @ X) @ unit, unit, atol=1e-7)
    if df < 1 or not estimable:
        raise DesignError(
            Problem(
                what=f"{test} cannot be compared with {reference} in these data",
                why="treatment is not separable from participant and period, or no degrees of "
                "freedom are left",
                fix="include people seen under both treatments, in two sequences",
            )
        )
    return _ratio(
        float(coefficients[pick]),
        rss / df,
        float(cov[pick, pick]),
        df,
        level,
        len(set(people)),
        f"{test} - {reference}",
        log,
    )


def _ratio(
    value: float, mse: float, factor: float, df: int, level: float, n: int, label: str, log: bool
) -> RatioResult:
    se = math.sqrt(mse * factor)
    if se == 0:
        raise DesignError("the values do not vary within participants; there is no spread to use")
    reach = float(stdtrit(df, 0.5 + level / 2)) * se
    low, high = value - reach, value + reach
    back = math.exp if log else float
    return RatioResult(
        ratio=back(value),
        lower=back(low),
        upper=back(high),
        level=level,
        mse=mse,
        df=df,
        cv=cv_of_variance(mse) if log else math.nan,
        method=METHOD_A,
        log_estimate=Estimate(
            label=label,
            value=value,
            se=se,
            df=df,
            statistic=value / se,
            p=2 * float(stdtr(df, -abs(value / se))),
            lower=low,
            upper=high,
            level=level,
            unit="log ratio" if log else "points",
            n=n,
            model="participants as fixed effects",
            method=METHOD_A,
        ),
    )


def within_cv(data: Sequence[Observation], treatment: str = "R") -> float:
    """Return the within-participant CV of one treatment from its replicates, as a fraction.

    Least squares of log y on participant and period among that treatment's observations of people
    who received it more than once.
    """
    rows = [o for o in checked(data) if o.treatment == treatment]
    y = np.array([math.log(o.value) for o in rows])
    if not rows:
        raise DesignError(f"no observations under {treatment}")
    X = np.hstack(
        [
            indicators([f"{o.sequence}\x00{o.participant}" for o in rows], False),
            indicators([o.period for o in rows], True),
        ]
    )
    _, _, rss, df = _least_squares(X, y)
    if df < 1:
        raise DesignError(
            Problem(
                what=f"{treatment} is not replicated, so its within-participant spread is unknown",
                fix="use a replicate design such as TRTR|RTRT",
            )
        )
    return cv_of_variance(rss / df)


def interval_from_cv(
    ratio: float, cv: float, n: int | Sequence[int], design: str = "2x2", *, level: float = 0.90
) -> tuple[float, float]:
    """Return the interval that a published ratio, CV and n imply (n in all, or by sequence)."""
    se, df = _design_se(cv, n, design)
    reach = float(stdtrit(df, 0.5 + level / 2)) * se
    return math.exp(math.log(ratio) - reach), math.exp(math.log(ratio) + reach)


def spread_over(n: int, sequences: int) -> list[int]:
    """Return n people spread over sequences as evenly as can be."""
    return [n // sequences + (i < n % sequences) for i in range(sequences)]


def _design_se(cv: float, n: int | Sequence[int], design: str) -> tuple[float, int]:
    c = constants(design)
    groups = spread_over(n, c.sequences) if isinstance(n, int) else list(n)
    if len(groups) != c.sequences or min(groups) < 1 or c.df(sum(groups)) < 1:
        raise InputError(
            Problem(
                what=f"the {design} design has {c.sequences} sequences with 1 or more people each",
                value=str(groups),
                fix="give n by sequence or a larger total",
            )
        )
    variance = c.bkni * variance_of_cv(cv) * sum(1 / g for g in groups)
    return math.sqrt(variance), c.df(sum(groups))


def power(
    design: str,
    n: int | Sequence[int],
    cv: float,
    theta: float = 0.95,
    *,
    limits: tuple[float, float] = LIMITS,
    alpha: float = 0.05,
) -> float:
    """Return the exact power of average bioequivalence, 0 to 1.

    Standard error sqrt(bkni log(1 + CV^2) sum 1/n_s), df of the design, limits and true ratio theta
    on the ratio scale.  Phillips (1990); Hauschke, Steinijans and Pigeot (2007).
    """
    se, df = _design_se(cv, n, design)
    return tost_power(math.log(limits[0]), math.log(limits[1]), math.log(theta), se, df, alpha)


@dataclass(frozen=True, kw_only=True, slots=True)
class Size:
    """Total people in balanced sequences and the power they reach."""

    n: int
    power: float
    method: Method


def size(
    design: str,
    cv: float,
    theta: float = 0.95,
    *,
    target: float = 0.8,
    limits: tuple[float, float] = LIMITS,
    alpha: float = 0.05,
    most: int = 50_000,
) -> Size:
    """Return the smallest balanced total n with the target power, by exact search."""
    c = constants(design)
    if not limits[0] < theta < limits[1]:
        raise InputError(
            Problem(
                what="the assumed ratio lies outside the limits",
                value=f"{theta:g}",
                why="no size can show an equivalence that is not there",
                fix=f"assume a ratio between {limits[0]:g} and {limits[1]:g}",
            )
        )
    n = c.sequences
    while c.df(n) < 1:
        n += c.sequences
    while n <= most:
        reached = power(design, n, cv, theta, limits=limits, alpha=alpha)
        if reached >= target:
            return Size(
                n=n,
                power=reached,
                method=Method(
                    name="exact equivalence size",
                    sentence=f"Sample size for the {c.title} was found by exact power of the two "
                    "one-sided tests.",
                    references=(HAUSCHKE,),
                ),
            )
        n += c.sequences
    raise ConvergenceError(f"more than {most} people would be needed")
