"""Linear mixed models with Kenward-Roger and Satterthwaite inference.

    fit(y, X, names=..., random=[RandomTerm(...)], residual=Residual(...), bounded=True,
        method="reml", unit="points") -> MixedFit
    fitted.contrast({"B": 1.0}, df="kr") -> domain.result.Estimate       (L may be an array (p,))
    fitted.ftest(L, df="kr") -> FTest                                     (L is (q, p))

Random participant intercept, variance bounded at 0 as in lme4:
    fit(y, X, names=names, random=[RandomTerm(name="participant", group=who)])
Marginal compound symmetry, the covariance free to be negative:
    fit(y, X, names=names, residual=Residual(kind="cs", unit=who))
Participant and participant:period, both free to be negative as long as V is positive definite:
    fit(y, X, names=names, bounded=False, random=[RandomTerm(name="participant", group=who),
        RandomTerm(name="participant:period", group=who_period)])
Formulas: stats.mixed_formula.fit_formula. Many data sets: stats.mixed_batch.fit_batch.
A score that is NaN is missing and its row is left out. Derivations: docs/derivations/reml.md,
docs/derivations/kenward-roger.md.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from crossblock.core.errors import ConvergenceError, DesignError, Problem, shorten
from crossblock.domain.result import Estimate, Method, Outcome
from crossblock.kernels import mixed
from crossblock.kernels.backend import NUMPY
from crossblock.kernels.covariance import Structure
from crossblock.stats.mixed_design import Design, RandomTerm, Residual, design, to_blocks
from crossblock.stats.mixed_inference import contrast_row, contrast_rows, contrasts, f_tests
from crossblock.stats.mixed_words import (
    DF_WORDS,
    describe,
    describe_contrast,
    method_of,
    parameter_names,
)

__all__ = [
    "OUTCOMES",
    "CovarianceParameter",
    "FTest",
    "MixedFit",
    "RandomTerm",
    "Residual",
    "fit",
]

OUTCOMES = tuple(Outcome)  # kernels.mixed codes are positions in this tuple


@dataclass(frozen=True, kw_only=True, slots=True)
class CovarianceParameter:
    """One covariance parameter; `unit` is the squared score unit, or empty for a correlation."""

    name: str
    value: float
    se: float
    unit: str


@dataclass(frozen=True, kw_only=True, slots=True)
class FTest:
    """An F test of q rows: `statistic` is scaled by `scale` already (lambda in Kenward-Roger)."""

    label: str
    statistic: float
    df1: int
    df2: float
    p: float
    scale: float = 1.0
    method: Method | None = None
    outcome: Outcome = Outcome.SETTLED


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class MixedFit:
    """A fitted linear mixed model.

    `beta` (p,) with model-based covariance `vcov` and Kenward-Roger covariance `vcov_kr` (p, p);
    `deviance` is -2 (restricted) log-likelihood with the constant that lme4 and SAS use.
    """

    names: tuple[str, ...]
    beta: np.ndarray
    vcov: np.ndarray
    vcov_kr: np.ndarray
    parameters: tuple[CovarianceParameter, ...]
    deviance: float
    reml: bool
    n: int
    unit: str
    model: str
    outcome: Outcome
    design: Design
    kernel: mixed.Fit
    warnings: tuple[str, ...] = ()
    info: Mapping[str, object] = field(default_factory=dict)

    def contrast(
        self,
        L: Any,
        df: str | float = "kr",
        *,
        level: float = 0.95,
        label: str = "",
    ) -> Estimate:
        """Return the estimate of l' beta with its t interval.

        `L` is (p,) or a mapping from effect names to coefficients; `df` is kr, satterthwaite,
        residual, containment or a number. Raises DesignError for an unknown effect.
        """
        return _contrast(self, L, df, level, label)

    def ftest(self, L: Any, df: str = "kr", *, label: str = "") -> FTest:
        """Return the F test that the rows L beta are 0; df is kr or satterthwaite.

        `L` is (q, p), or the name of a term, whose coefficients are then tested together.
        """
        return _ftest(self, L, df, label)

    def parameter(self, name: str) -> float:
        """Return the value of one covariance parameter."""
        for one in self.parameters:
            if one.name == name:
                return one.value
        raise DesignError(
            Problem(
                what="no such covariance parameter",
                value=shorten(name),
                fix=f"this fit has {', '.join(p.name for p in self.parameters)}",
            )
        )


def fit(
    y: Any,
    X: Any,
    *,
    names: Sequence[str] = (),
    terms: Mapping[str, tuple[int, ...]] | None = None,
    random: Sequence[RandomTerm] = (),
    residual: Residual | None = None,
    bounded: bool = True,
    method: str = "reml",
    information: str | None = None,
    kenward_roger: str = "linear",
    unit: str = "points",
) -> MixedFit:
    """Fit y = X beta + Z u + e by REML or ML.

    y (n,) in `unit`, NaN where missing; X (n, p), `terms` the columns of named groups of effects.
    `bounded` keeps variances of random terms at 0
    or above. `information` is what Kenward-Roger takes the covariance of the parameters from:
    expected (pbkrtest; the default with independent residuals) or observed (SAS and mmrm; the
    default with a residual structure). `kenward_roger` is linear, or full with the second
    derivatives that SAS DDFM=KR keeps for AR(1) and heterogeneous residuals. Raises DesignError
    where the data cannot carry the model and ConvergenceError where the likelihood does not
    settle.
    """
    made = design(y, X, names=names, terms=terms, random=random, residual=residual, bounded=bounded)
    return fit_design(
        made, method=method, information=information, kenward_roger=kenward_roger, unit=unit
    )


def default_information(residual: str) -> str:
    """Return the information whose reference program covers this residual structure."""
    return "expected" if residual == "independent" else "observed"


def options_of(
    structure: Structure, method: str, information: str | None, kenward_roger: str
) -> mixed.Options:
    """Return the options of the engine, or raise DesignError for a word that is not one."""
    information = information or default_information(structure.residual)
    check_choice("method", method, ("reml", "ml"))
    check_choice("information", information, ("expected", "observed"))
    check_choice("Kenward-Roger form", kenward_roger, ("linear", "full"))
    return mixed.Options(
        reml=method == "reml",
        expected=information == "expected",
        full=kenward_roger == "full",
    )


def check_choice(what: str, value: str, among: Sequence[str]) -> None:
    """Raise DesignError unless `value` is one of `among`."""
    if value not in among:
        raise DesignError(
            Problem(
                what=f"unknown {what}", value=shorten(value), fix=f"use one of {', '.join(among)}"
            )
        )


def fit_design(
    made: Design,
    *,
    method: str = "reml",
    information: str | None = None,
    kenward_roger: str = "linear",
    unit: str = "points",
) -> MixedFit:
    """Fit a design that is already checked."""
    options = options_of(made.structure, method, information, kenward_roger)
    reml = options.reml
    one = mixed.fit(made.structure, to_blocks([made]), options=options, backend=NUMPY)
    outcome = OUTCOMES[int(one.code[0])]
    _refuse(outcome, one)
    return MixedFit(
        names=made.names,
        beta=one.beta[0],
        vcov=one.Phi[0],
        vcov_kr=one.Phi_kr[0],
        parameters=_parameters(made, one, unit),
        deviance=float(one.deviance[0]),
        reml=reml,
        n=len(made.y),
        unit=unit,
        model=describe(made, reml),
        outcome=outcome,
        design=made,
        kernel=one,
        warnings=_warnings(made, outcome),
        info={"steps": int(one.steps[0]), "decrement": float(one.decrement[0])},
    )


def _refuse(outcome: Outcome, one: mixed.Fit) -> None:
    """Raise what a single analysis must not go on from."""
    if outcome in (Outcome.SETTLED, Outcome.BOUNDARY):
        return
    if outcome is Outcome.NOT_SETTLED:
        raise ConvergenceError(
            Problem(
                what="the likelihood did not settle",
                value=f"{int(one.steps[0])} steps",
                why="it keeps rising toward a covariance that is singular or not determined",
                fix=(
                    "use a simpler covariance, or look for a participant whose ratings are all "
                    "equal"
                ),
            )
        )
    what = {
        Outcome.RANK_DEFICIENT: "the covariance parameters cannot be told apart in this design",
        Outcome.NO_VARIATION: "the scores do not vary once the effects are taken out",
        Outcome.TOO_FEW: "too few scores for the number of effects",
    }[outcome]
    fix = {
        Outcome.RANK_DEFICIENT: "use a simpler covariance with fewer parameters",
        Outcome.NO_VARIATION: "check that the scores were read rightly; nothing can be estimated",
        Outcome.TOO_FEW: "drop effects or add participants",
    }[outcome]
    raise DesignError(Problem(what=what, fix=fix))


def _warnings(made: Design, outcome: Outcome) -> tuple[str, ...]:
    notes = [str(outcome)] if outcome is Outcome.BOUNDARY else []
    units = len(np.unique(made.unit))
    if made.structure.residual == "un" and made.structure.positions >= 6 and units <= 14:
        notes.append(
            f"an unstructured covariance of {made.structure.positions} cells from {units} "
            "participants is unstable; read participant + participant:period beside it"
        )
    return tuple(notes)


def _parameters(made: Design, one: mixed.Fit, unit: str) -> tuple[CovarianceParameter, ...]:
    return tuple(
        CovarianceParameter(
            name=name, value=float(v), se=float(s), unit=f"{unit}²" if squared else ""
        )
        for (name, squared), v, s in zip(
            parameter_names(made), one.tau[0], one.tau_se[0], strict=True
        )
    )


def term_rows(m: MixedFit, term: str) -> np.ndarray:
    """Return the rows (q, p) that pick the coefficients of a term."""
    if term not in m.design.terms:
        raise DesignError(
            Problem(
                what="the model has no such term",
                value=shorten(term),
                fix=f"use {', '.join(m.design.terms)}",
            )
        )
    return np.eye(len(m.names))[list(m.design.terms[term])]


def _contrast(m: MixedFit, L: Any, df: str | float, level: float, label: str) -> Estimate:
    row = contrast_row(m.names, L)
    nu = _df_of(m, df)
    one = contrasts(m.kernel, row, nu, level)
    return Estimate(
        label=label or describe_contrast(m.names, row),
        value=float(one.value[0]),
        se=float(one.se[0]),
        df=float(one.df[0]),
        statistic=float(one.statistic[0]),
        p=float(one.p[0]),
        lower=float(one.lower[0]),
        upper=float(one.upper[0]),
        level=level,
        unit=m.unit,
        n=m.n,
        model=m.model,
        method=method_of(m.model, m.reml, df),
        outcome=m.outcome,
        warnings=m.warnings,
        info={**m.info, "se_model": math.sqrt(float(row @ m.vcov @ row))},
    )


def _df_of(m: MixedFit, df: str | float) -> str | float:
    """Return kr or satterthwaite as they are, and any other choice as a number."""
    if not isinstance(df, str):
        return float(df)
    check_choice("degrees of freedom", df, tuple(DF_WORDS))
    if df == "kr":
        _needs_reml(m)
    if df == "residual":
        return float(m.n - len(m.names))
    if df == "containment":
        return float(m.n - _rank_with_random(m.design))
    return df


def _needs_reml(m: MixedFit) -> None:
    if not m.reml:
        raise DesignError(
            Problem(
                what="Kenward-Roger is defined for REML fits, and this is an ML fit",
                fix="fit with method reml, or ask for satterthwaite",
            )
        )


def _rank_with_random(d: Design) -> int:
    """Return the rank of [X Z], what containment degrees of freedom subtract from n."""
    parts, start = [d.X], 0
    for code, q in zip(d.group.T, d.structure.random, strict=True):
        levels = np.eye(int(code.max()) + 1)[code]
        parts += [levels * d.Z[:, [start + a]] for a in range(q)]
        start += q
    return int(np.linalg.matrix_rank(np.concatenate(parts, axis=1)))


def _ftest(m: MixedFit, L: Any, df: str, label: str) -> FTest:
    check_choice("degrees of freedom of an F test", df, ("kr", "satterthwaite"))
    if df == "kr":
        _needs_reml(m)
    rows = term_rows(m, L) if isinstance(L, str) else contrast_rows(m.names, L)
    one = f_tests(m.kernel, rows, df)
    return FTest(
        label=label or (L if isinstance(L, str) else ""),
        statistic=float(one.statistic[0]),
        df1=one.df1,
        df2=float(one.df2[0]),
        p=float(one.p[0]),
        scale=float(one.scale[0]),
        method=method_of(m.model, m.reml, df),
        outcome=m.outcome,
    )
