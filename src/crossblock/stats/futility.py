"""Futility bounds by beta spending, beside an efficacy boundary by alpha spending.

Upper bounds spend alpha under no effect; lower bounds spend beta under the design effect, the drift
at which both meet at the last look.  Non-binding bounds (the default) leave alpha intact when the
committee goes on past one; binding bounds buy a little power with that promise.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq

from crossblock.core.errors import ConvergenceError, Problem
from crossblock.domain.result import Method, Reference
from crossblock.kernels import boundary as kernel
from crossblock.stats.sequential import Boundary, bounds, checked_fractions, fixed_drift
from crossblock.stats.spending import Spending

Floats = NDArray[np.float64]

PAMPALLONA = Reference(
    key="pampallona2001",
    text="Pampallona S, Tsiatis AA, Kim K. Interim monitoring of group sequential trials using "
    "spending functions for the type I and type II error probabilities. Drug Information Journal "
    "2001;35:1113-1121.",
    doi="10.1177/009286150103500408",
)


@dataclass(frozen=True, kw_only=True, slots=True)
class FutilityDesign:
    """A boundary with futility bounds, and the drift E[Z] at which it has power 1 - beta."""

    boundary: Boundary
    drift: float
    beta_spent: tuple[float, ...]


def _lower(beta: Floats, t: Floats, upper: Floats, drift: float) -> Floats:
    """Return lower bounds that spend `beta` under `drift` inside the given upper bounds."""
    running, lower = kernel.start(), np.empty(len(t))
    for k, step in enumerate(np.diff(beta, prepend=0.0)):
        lower[k] = min(kernel.bound_below(running, t[k], float(step), drift), upper[k])
        if k + 1 < len(t):
            running = kernel.advance(running, t[k], float(lower[k]), float(upper[k]), drift)
    return lower


def _pair(
    alpha: Floats, beta: Floats, t: Floats, drift: float, binding: bool
) -> tuple[Floats, Floats]:
    """Return (upper, lower) for one drift; binding bounds settle by repeated substitution."""
    upper = kernel.spend_upper(alpha, t)
    lower = _lower(beta, t, upper, drift)
    for _ in range(60 if binding else 0):
        closed = kernel.spend_upper(alpha, t, np.append(lower[:-1], -np.inf))
        finite = np.isfinite(closed)
        shift = float(np.max(np.abs(closed[finite] - upper[finite]), initial=0.0))
        upper, lower = closed, _lower(beta, t, closed, drift)
        if shift < 1e-9:
            break
    return upper, lower


def with_futility(
    alpha_rule: Spending,
    beta_rule: Spending,
    information: Sequence[float],
    *,
    binding: bool = False,
) -> FutilityDesign:
    """Return efficacy and futility bounds that meet at the last look, with their design drift.

    One-sided.  `beta_rule.alpha` is the type II error (1 minus power).  Pampallona, Tsiatis and Kim
    (2001).
    """
    t = checked_fractions(information)
    alpha, beta = alpha_rule.spent(t), beta_rule.spent(t)

    def gap(drift: float) -> float:
        upper, lower = _pair(alpha, beta, t, drift, binding)
        return float(upper[-1] - lower[-1]) if lower[-1] < upper[-1] else _overlap(drift)

    def _overlap(drift: float) -> float:
        # Past the meeting point `_lower` is cut at the upper bound; the sign comes from the error.
        upper, lower = _pair(alpha, beta, t, drift, binding)
        missed = float(kernel.crossing(lower, upper, t, drift).below.sum())
        return min(missed - float(beta[-1]), -1e-12)

    fixed = fixed_drift(alpha_rule.alpha, 1 - beta_rule.alpha)
    try:
        drift = float(brentq(gap, 0.5 * fixed, 3 * fixed + 3, xtol=1e-8))
    except ValueError:
        raise ConvergenceError(
            Problem(
                what="the efficacy and futility bounds do not meet",
                why="no effect size exhausts both errors at the last look",
                fix="use a later first look or a more conservative beta spending",
            )
        ) from None
    upper, lower = _pair(alpha, beta, t, drift, binding)
    lower[-1] = upper[-1]
    return FutilityDesign(
        boundary=_with_lower(bounds(alpha_rule, information), upper, lower, beta_rule, binding),
        drift=drift,
        beta_spent=tuple(map(float, beta)),
    )


def _with_lower(
    plain: Boundary, upper: Floats, lower: Floats, beta_rule: Spending, binding: bool
) -> Boundary:
    kind = "binding" if binding else "non-binding"
    return replace(
        plain,
        efficacy=tuple(map(float, upper)),
        futility=tuple(map(float, lower)),
        binding=binding,
        method=Method(
            name=plain.method.name,
            sentence=f"{plain.method.sentence} Futility bounds ({kind}) followed {beta_rule} "
            f"of a type II error of {beta_rule.alpha:g}.",
            references=(*plain.method.references, PAMPALLONA),
        ),
    )
