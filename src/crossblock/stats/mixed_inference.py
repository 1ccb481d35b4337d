"""Contrasts and F tests of fitted mixed models, for one data set or a batch of them.

Every array has the batch axis in front; one data set is the batch of one. A row of the batch whose
fit ended badly carries NaN, never a number.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from scipy import special

from crossblock.core.errors import DesignError, Problem, shorten
from crossblock.kernels import kenward_roger, satterthwaite
from crossblock.kernels.mixed import Fit


class Contrasts(NamedTuple):
    """Estimates of one contrast, each array (B,)."""

    value: np.ndarray
    se: np.ndarray
    df: np.ndarray
    statistic: np.ndarray
    p: np.ndarray
    lower: np.ndarray
    upper: np.ndarray


class FTests(NamedTuple):
    """F tests of one hypothesis of `df1` rows, each array (B,)."""

    statistic: np.ndarray
    df1: int
    df2: np.ndarray
    p: np.ndarray
    scale: np.ndarray


def contrasts(
    fit: Fit, row: np.ndarray, df: str | np.ndarray | float, level: float = 0.95
) -> Contrasts:
    """Return the estimates of l' beta, l of shape (p,), with their t intervals.

    `df` is kr (with the Kenward-Roger standard error), satterthwaite, or degrees of freedom.
    """
    covariance = fit.Phi_kr if isinstance(df, str) and df == "kr" else fit.Phi
    value = fit.beta @ row
    se = np.sqrt(row @ covariance @ row)
    nu = degrees_of_freedom(fit, row, df)
    with np.errstate(invalid="ignore"):
        t = value / se
        half = special.stdtrit(nu, (1.0 + level) / 2.0) * se
        p = 2.0 * special.stdtr(nu, -np.abs(t))
    return Contrasts(value, se, nu, t, p, value - half, value + half)


def degrees_of_freedom(fit: Fit, row: np.ndarray, df: str | np.ndarray | float) -> np.ndarray:
    """Return the degrees of freedom (B,) of l' beta."""
    B = fit.beta.shape[0]
    if not isinstance(df, str):
        return np.broadcast_to(np.asarray(df, dtype=float), (B,))
    rows = np.broadcast_to(row, (B, len(row)))
    if df == "satterthwaite":
        nu = satterthwaite.degrees_of_freedom(rows, fit.Phi, fit.spread, fit.C, np)
    else:
        A1, A2 = kenward_roger.moments(rows[:, None], fit.Phi, fit.spread, fit.W, np)
        nu, _ = kenward_roger.degrees_of_freedom(A1, A2, 1, np)
    return np.asarray(nu)


def f_tests(fit: Fit, rows: np.ndarray, df: str) -> FTests:
    """Return the F tests that the rows (q, p) of L beta are 0; df is kr or satterthwaite."""
    B, q = fit.beta.shape[0], rows.shape[0]
    L = np.broadcast_to(rows, (B, *rows.shape))
    if df == "kr":
        A1, A2 = kenward_roger.moments(L, fit.Phi, fit.spread, fit.W, np)
        nu, scale = kenward_roger.degrees_of_freedom(A1, A2, q, np)
        F = scale * _wald(L, fit.beta, fit.Phi_kr) / q
    else:
        turned = np.moveaxis(satterthwaite.directions(L, fit.Phi, np), 1, 0)
        each = [satterthwaite.degrees_of_freedom(r, fit.Phi, fit.spread, fit.C, np) for r in turned]
        nu, scale = satterthwaite.pooled(np.stack(each, axis=-1), np), np.ones(B)
        F = _wald(L, fit.beta, fit.Phi) / q
    return FTests(F, q, nu, special.fdtrc(q, nu, F), scale)


def _wald(L: np.ndarray, beta: np.ndarray, covariance: np.ndarray) -> np.ndarray:
    value = L @ beta[..., None]
    inner = L @ covariance @ L.swapaxes(-1, -2)
    return np.asarray((value.swapaxes(-1, -2) @ np.linalg.solve(inner, value))[..., 0, 0])


def contrast_rows(names: Sequence[str], L: Any) -> np.ndarray:
    """Return L as rows (q, p); a mapping names its effects."""
    if isinstance(L, Mapping):
        unknown = [key for key in L if key not in names]
        if unknown:
            raise DesignError(
                Problem(
                    what="the contrast names an effect that the model does not have",
                    value=shorten(", ".join(unknown)),
                    fix=f"use {', '.join(names)}",
                )
            )
        return np.array([[float(L.get(name, 0.0)) for name in names]])
    rows = np.atleast_2d(np.asarray(L, dtype=float))
    if rows.shape[-1] != len(names) or not np.all(np.isfinite(rows)):
        raise DesignError(
            Problem(
                what="the contrast does not fit the effects",
                value=f"{rows.shape[-1]} coefficients for {len(names)} effects",
                fix="give one finite coefficient for each effect",
            )
        )
    if np.linalg.matrix_rank(rows) < rows.shape[0]:
        raise DesignError(
            Problem(
                what="the contrast is 0, or some of its rows follow from the others",
                fix="give rows that are not sums of one another",
            )
        )
    return rows


def contrast_row(names: Sequence[str], L: Any) -> np.ndarray:
    """Return L as one row (p,)."""
    rows = contrast_rows(names, L)
    if rows.shape[0] != 1:
        raise DesignError(Problem(what="a contrast has one row", fix="use ftest for several"))
    return np.asarray(rows[0])
