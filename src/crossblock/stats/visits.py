"""Crossover models over repeated visits, any number of periods and conditions.

    y_ipv = mu + pi_p:v + tau_c:v + [lambda of the previous condition] + [baseline] + e_ipv

with condition c of participant i in period p at visit v. Effects are condition (by visit where
there are several), period (by visit), and on request sequence, first-order carryover (sum-to-zero,
absent in period 1), and the period's own baseline: subtracted (change), as its deviation from and
its mean over a person's periods (dbase and mbase; Kenward and Roger 2010), or as a response whose
mean no condition can have changed (constrained longitudinal). The covariance of e is part of the
estimand: the default is participant + participant:period, both free to be negative.
Sources: Kenward and Roger 2010, Biostatistics 11:1; Liang and Zeger 2000, Sankhya B 62:134.
Derivation: docs/derivations/visits.md.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crossblock.core.errors import ConvergenceError, DesignError, Problem
from crossblock.domain.analysis import PanelRow
from crossblock.domain.table import AnalysisTable
from crossblock.stats.mixed import MixedFit, RandomTerm, Residual, fit

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
BASELINE = -1  # visit index of a baseline row in the constrained longitudinal model


class Baseline(StrEnum):
    """What is done with the score before a period's treatment."""

    NONE = "none"
    CHANGE = "change from the period's baseline"
    ADJUSTED = "period baseline as deviation and person mean"
    CONSTRAINED = "baseline as a response that no condition changed"


class Covariance(StrEnum):
    """How scores of one participant go together."""

    SESSIONS = "participant and participant:period, free to be negative"
    BOUNDED = "participant and participant:period, bounded at 0"
    CS = "compound symmetry over all cells of a participant"
    TOEPLITZ = "Toeplitz over visits within participant:period, random participant"
    AR1 = "first-order autoregressive over visits within participant:period, random participant"
    UN = "unstructured over period-by-visit cells of a participant"


@dataclass(frozen=True, kw_only=True, eq=False)
class Layout:
    """Scores in long form, one row an observed score; codes index the labels.

    y (n,); participant, period, visit, condition, sequence int64 (n,); previous int64 (n,), the
    condition of the period before, -1 in period 1; baseline (n,), NaN where not rated.
    """

    y: Floats
    participant: Ints
    period: Ints
    visit: Ints
    condition: Ints
    sequence: Ints
    previous: Ints
    baseline: Floats
    conditions: tuple[str, ...]
    visits: tuple[str, ...]
    periods: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Model:
    """Which effects and which covariance."""

    baseline: Baseline = Baseline.NONE
    carryover: bool = False
    sequence: bool = False
    by_visit: bool = True
    covariance: Covariance = Covariance.SESSIONS


def layout(
    tables: Mapping[str, AnalysisTable], baseline: AnalysisTable | None = None, trial: int = 0
) -> Layout:
    """Stack one table a visit (in order) to long form; `baseline` is the table before treatment."""
    visits = tuple(tables)
    first = tables[visits[0]]
    rows = []
    for v, table in enumerate(tables.values()):
        who, when = np.nonzero(table.observed[trial])
        rows.append((who, when, np.full(who.size, v), table.y[trial, who, when]))
    who, when, visit = (np.concatenate([r[k] for r in rows]).astype(np.int64) for k in range(3))
    condition = first.condition[trial]
    before = np.full(who.size, np.nan)
    if baseline is not None:
        seen = baseline.observed[trial, who, when]
        before[seen] = baseline.y[trial, who, when][seen]
    return Layout(
        y=np.concatenate([r[3] for r in rows]),
        participant=who,
        period=when,
        visit=visit,
        condition=condition[who, when],
        sequence=first.sequence[trial, who],
        previous=np.where(when > 0, condition[who, np.maximum(when - 1, 0)], -1),
        baseline=before,
        conditions=first.conditions,
        visits=visits,
        periods=int(condition.shape[1]),
    )


def fit_visits(data: Layout, model: Model) -> MixedFit:
    """Fit one crossover model. Effects are named "B", "B:day3", "period 2:day3" and so on.

    Raises `DesignError` when the data cannot carry it.
    """
    used = _with_baseline(data, model.baseline)
    X, names = effects(used, model)
    random, residual, bounded = covariance_terms(used, model.covariance)
    return fit(used.y, X, names=names, random=random, residual=residual, bounded=bounded)


def difference(data: Layout, test: str, reference: str, visit: str = "") -> dict[str, float]:
    """Return the weights of test minus reference at one visit (`effects` leaves out the first)."""
    tag = f":{visit}" if visit and len(data.visits) > 1 else ""
    base = data.conditions[0]
    return {f"{c}{tag}": w for c, w in ((test, 1.0), (reference, -1.0)) if c != base}


def effects(data: Layout, model: Model) -> tuple[Floats, tuple[str, ...]]:
    """Return the fixed-effect columns (n, p) and their names; the first condition is reference."""
    columns: dict[str, Any] = {}
    after = data.visit != BASELINE
    shown = range(len(data.visits))
    if not after.all():
        columns["baseline"] = ~after
    for v in shown:
        tag = f":{data.visits[v]}" if len(shown) > 1 else ""
        here = data.visit == v
        columns[f"mean{tag}"] = here
        for p in range(1, data.periods):
            columns[f"period {p + 1}{tag}"] = here & (data.period == p)
    for c in range(1, len(data.conditions)):
        given = after & (data.condition == c)
        if not given.any():
            raise DesignError(
                Problem(
                    what="a condition was never observed",
                    value=data.conditions[c],
                    fix="leave it out of the comparison, or check the allocation",
                )
            )
        if model.by_visit and len(shown) > 1:
            for v in shown:
                columns[f"{data.conditions[c]}:{data.visits[v]}"] = given & (data.visit == v)
        else:
            columns[data.conditions[c]] = given
    if model.sequence:
        for s in np.unique(data.sequence)[1:]:
            columns[f"sequence {s + 1}"] = data.sequence == s
    if model.carryover:
        for c in range(1, len(data.conditions)):
            columns[f"carryover {data.conditions[c]}"] = after * (
                (data.previous == c) * 1.0 - (data.previous == 0) * 1.0
            )
    if model.baseline is Baseline.ADJUSTED:
        mean = _person_mean(data)
        columns["dbase"], columns["mbase"] = data.baseline - mean, mean
    return np.column_stack(list(columns.values())).astype(np.float64), tuple(columns)


def _person_mean(data: Layout) -> Floats:
    """Return each row's mean baseline of its person over the periods that were observed."""
    mean = np.empty_like(data.baseline)
    for i in np.unique(data.participant):
        mine = data.participant == i
        _, once = np.unique(data.period[mine], return_index=True)
        mean[mine] = data.baseline[mine][once].mean()
    return mean


def _with_baseline(data: Layout, how: Baseline) -> Layout:
    """Drop rows without the baseline that the model needs, subtract it, or stack it as a row."""
    if how is Baseline.NONE:
        return data
    keep = ~np.isnan(data.baseline)
    if not keep.any():
        raise DesignError(
            Problem(
                what="no baseline was rated, so it cannot be adjusted for",
                fix="compare scores as they are (baseline none), or name the baseline visit",
            )
        )
    kept = _rows(data, np.nonzero(keep)[0])
    if how is Baseline.CHANGE:
        return replace(kept, y=kept.y - kept.baseline)
    if how is Baseline.ADJUSTED:
        return kept
    cell = kept.participant * data.periods + kept.period
    _, once = np.unique(cell, return_index=True)
    extra = _rows(kept, once)
    both: dict[str, Any] = {
        name: np.concatenate([getattr(kept, name), getattr(extra, name)])
        for name in ("participant", "period", "condition", "sequence", "previous", "baseline")
    }
    return replace(
        kept,
        y=np.concatenate([kept.y, extra.baseline]),
        visit=np.concatenate([kept.visit, np.full(once.size, BASELINE)]),
        **both,
    )


def _rows(data: Layout, index: Ints) -> Layout:
    names = ("y", "participant", "period", "visit", "condition", "sequence", "previous", "baseline")
    some: dict[str, Any] = {n: getattr(data, n)[index] for n in names}
    return replace(data, **some)


def covariance_terms(
    data: Layout, kind: Covariance
) -> tuple[Sequence[RandomTerm], Residual | None, bool]:
    """Return random terms, residual and whether variances are bounded."""
    who = data.participant
    session = who * data.periods + data.period
    person = RandomTerm(name="participant", group=who)
    if kind is Covariance.CS:
        return (), Residual(kind="cs", unit=who), False
    if kind is Covariance.UN:
        cell = data.period * (len(data.visits) + 1) + data.visit + 1
        return (), Residual(kind="un", unit=who, position=cell), False
    if kind in (Covariance.TOEPLITZ, Covariance.AR1):
        name = "toeplitz" if kind is Covariance.TOEPLITZ else "ar1"
        return (person,), Residual(kind=name, unit=session, position=data.visit), False
    repeated = np.unique(session).size < session.size
    sessions = (RandomTerm(name="participant:period", group=session),) if repeated else ()
    return (person, *sessions), None, kind is Covariance.BOUNDED


def panel(
    data: Layout,
    model: Model,
    weights: Mapping[str, float],
    covariances: Sequence[Covariance] = tuple(Covariance),
) -> tuple[PanelRow, ...]:
    """Return the same contrast under every covariance: which one was chosen must not hide.

    `weights` maps names that `effects` gives to coefficients, for example {"B:day1": 1.0}.
    """
    rows = []
    for kind in covariances:
        try:
            found = fit_visits(data, replace(model, covariance=kind)).contrast(weights)
            rows.append(PanelRow(covariance=str(kind), estimate=replace(found, model=str(kind))))
        except (DesignError, ConvergenceError) as error:
            rows.append(
                PanelRow(covariance=str(kind), estimate=None, refused=error.problems[0].what)
            )
    return tuple(rows)
