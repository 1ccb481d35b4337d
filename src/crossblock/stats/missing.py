"""When the missing unit is a whole period: what would it have to be to change the answer?

Missing at random is the likelihood fit (`stats.participants`). Departures are asked by multiple
imputation of the unseen session of people seen once, given the session that was seen:

    y_miss | y_seen ~ N(mu_miss + rho (y_seen - mu_seen) + delta, (1 - rho^2) s^2)

`delta` is added to sessions missing under one condition (points of the scale), or the unseen
session is given the mean of the other condition ("jump to reference"). Means, correlation and
variance are drawn anew for each imputation; results are combined by Rubin's rules with the degrees
of freedom of Barnard and Rubin. The tipping point is the smallest delta at which the 95 % interval
reaches no difference.
Sources: Rubin 1987; Barnard and Rubin 1999, Biometrika 86:948; Carpenter, Roger and Kenward 2013,
J Biopharm Stat 23:1352. Derivation: docs/derivations/missing.md.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaincinv

from crossblock.core.errors import DesignError, Problem
from crossblock.core.streams import Stream
from crossblock.domain.result import Estimate, Method, Reference
from crossblock.domain.table import AnalysisTable
from crossblock.stats.crossover import treatment, two_periods
from crossblock.stats.mixed import CovarianceParameter
from crossblock.stats.participants import fit_participants
from crossblock.stats.student import student

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

METHOD = Method(
    name="missing periods",
    sentence=(
        "Sessions of participants who were seen once were imputed given the session that was seen, "
        "shifted as stated, and combined over imputations by Rubin's rules."
    ),
    references=(
        Reference(
            key="barnard1999",
            text="Barnard J, Rubin DB. Small-sample degrees of freedom with multiple imputation. "
            "Biometrika 1999;86:948-955.",
            doi="10.1093/biomet/86.4.948",
        ),
        Reference(
            key="carpenter2013",
            text="Carpenter JR, Roger JH, Kenward MG. Analysis of longitudinal trials with "
            "protocol deviation. J Biopharm Stat 2013;23:1352-1371.",
            doi="10.1080/10543406.2013.834911",
        ),
    ),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Shift:
    """What is assumed of sessions nobody saw.

    `delta` points are added when the session under `condition` is the unseen one;
    `jump_to_reference` gives it the mean of the condition that was seen.
    """

    condition: str
    delta: float = 0.0
    jump_to_reference: bool = False

    def __str__(self) -> str:
        if self.jump_to_reference:
            return f"unseen {self.condition} sessions as if the other condition had been given"
        return f"unseen {self.condition} sessions {self.delta:+g} points".replace("-", "−")


@dataclass(frozen=True, kw_only=True, slots=True)
class Tipping:
    """The estimates along `deltas` and the smallest delta at which the interval reaches 0."""

    estimates: tuple[Estimate, ...]
    deltas: tuple[float, ...]
    point: float | None
    unseen: int


def shifted(
    table: AnalysisTable,
    *,
    test: str,
    reference: str,
    shift: Shift,
    stream: Stream,
    imputations: int = 200,
) -> Estimate:
    """Return test minus reference with everybody seen at least once, under one assumption.

    Raises `DesignError` when the design has not two periods or nobody was seen twice.
    """
    pairs = two_periods(table, test, reference)
    if not pairs.complete[0].any():
        raise DesignError(
            Problem(
                what="nobody was seen under both conditions",
                why="what an unseen session would have been is learned from people seen twice",
                fix="report the two conditions as separate groups",
            )
        )
    whole = _imputed(table, test, reference, shift, stream, imputations)
    t = treatment(two_periods(whole, test, reference))
    return _combined(t.estimate, t.se**2, float(t.df[0]), table, str(shift))


def tipping_point(
    table: AnalysisTable,
    *,
    test: str,
    reference: str,
    condition: str,
    deltas: Sequence[float],
    stream: Stream,
    imputations: int = 200,
) -> Tipping:
    """Scan `deltas` (points, in order of size) for the first whose 95 % interval holds 0."""
    found = tuple(
        shifted(
            table,
            test=test,
            reference=reference,
            shift=Shift(condition=condition, delta=d),
            stream=stream,
            imputations=imputations,
        )
        for d in deltas
    )
    tipped = [d for d, e in zip(deltas, found, strict=True) if e.lower <= 0.0 <= e.upper]
    once = table.observed[0].sum(axis=-1) == 1
    return Tipping(
        estimates=found,
        deltas=tuple(deltas),
        point=min(tipped, key=abs) if tipped else None,
        unseen=int(once.sum()),
    )


def _imputed(
    table: AnalysisTable, test: str, reference: str, shift: Shift, stream: Stream, m: int
) -> AnalysisTable:
    """Return m completed tables of everybody who was seen at least once."""
    fitted, _ = fit_participants(table, test=test, reference=reference)
    beta, s2, rho = _draws(
        fitted.beta, fitted.vcov, *_variance(fitted.parameters), table, stream, m
    )
    kept = table.observed[0].any(axis=-1) & (table.sequence[0] >= 0)
    y = np.repeat(table.y[:, kept], m, axis=0)
    seen = table.observed[0, kept]
    given = table.condition[0, kept] == table.conditions.index(test)
    period = np.arange(2)
    mean = beta[:, 0, None, None] + beta[:, 1, None, None] * given + beta[:, 2, None, None] * period
    people = np.nonzero(seen.sum(axis=-1) == 1)[0]
    z = stream.normal(1, trial=np.arange(m)[:, None], participant=people)[..., 0]
    for k, i in enumerate(people):
        miss = int(np.argmin(seen[i]))
        have = 1 - miss
        is_test = bool(given[i, miss])
        target = mean[:, i, miss]
        if is_test == (shift.condition == test):
            if shift.jump_to_reference:
                target = target - beta[:, 1] if is_test else target + beta[:, 1]
            target = target + shift.delta
        y[:, i, miss] = (
            target + rho * (y[:, i, have] - mean[:, i, have]) + np.sqrt((1 - rho**2) * s2) * z[:, k]
        )
    return replace(
        table,
        y=y,
        observed=np.ones_like(y, dtype=bool),
        condition=np.repeat(table.condition[:, kept], m, axis=0),
        sequence=np.repeat(table.sequence[:, kept], m, axis=0),
        participants=tuple(p for p, k in zip(table.participants, kept, strict=True) if k),
    )


def _variance(parameters: Sequence[CovarianceParameter]) -> tuple[float, float]:
    """Return total variance and correlation of the compound-symmetric fit (s2 + c, c / total)."""
    values = [p.value for p in parameters]
    total = values[0] + values[1]
    return total, values[1] / total


def _draws(
    beta: Floats, vcov: Floats, s2: float, rho: float, table: AnalysisTable, stream: Stream, m: int
) -> tuple[Floats, Floats, Floats]:
    """Return beta (m, 3), total variance (m,) and correlation (m,), each drawn anew."""
    n = float(table.observed[0].all(axis=-1).sum())
    own = Stream(stream.seed, f"{stream.purpose}: parameters")
    z = own.normal(4, trial=np.arange(m))
    u = own.uniform(5, trial=np.arange(m))[:, 4]
    L = np.linalg.cholesky(vcov)
    df = max(n - 2.0, 1.0)
    scale = df / (2.0 * gammaincinv(df / 2.0, u))  # df over a chi-square draw
    fisher = math.atanh(max(min(rho, 0.999), -0.999)) + z[:, 3] / math.sqrt(max(n - 3.0, 1.0))
    drawn = beta + np.sqrt(scale)[:, None] * (z[:, :3] @ L.T)
    return drawn, s2 * scale, np.tanh(fisher)


def _combined(
    values: Floats, within: Floats, complete_df: float, table: AnalysisTable, label: str
) -> Estimate:
    """Combine by Rubin's rules with Barnard and Rubin's degrees of freedom."""
    m = values.size
    W, B = float(within.mean()), float(values.var(ddof=1))
    T = W + (1.0 + 1.0 / m) * B
    lam = (1.0 + 1.0 / m) * B / T
    nu_old = (m - 1) / max(lam, 1e-12) ** 2
    nu_obs = (complete_df + 1) / (complete_df + 3) * complete_df * (1.0 - lam)
    df = 1.0 / (1.0 / nu_old + 1.0 / nu_obs)
    value, se = float(values.mean()), math.sqrt(T)
    return student(
        label,
        value,
        se,
        df,
        int(table.observed[0].any(axis=-1).sum()),
        model=f"multiple imputation of unseen sessions ({m}); {label}",
        method=METHOD,
        info={"fraction of missing information": lam},
    )
