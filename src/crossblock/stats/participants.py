"""Every participant, also those rated in one period only: the two-condition mixed model.

    y_ip = mu + tau [condition = test] + pi_p + e_ip,   cov(e_ip, e_ip') = c (may be negative)

fitted by restricted maximum likelihood with Kenward-Roger standard error and degrees of freedom.
This is the marginal form: on complete 2 x 2 data it always equals the two-sample t on half period
differences, also where a participant variance would be negative; the form bounded at 0 would then
understate the standard error.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from crossblock.domain.result import Estimate
from crossblock.domain.table import AnalysisTable
from crossblock.stats.mixed import MixedFit, Residual, fit

MODEL = "condition + period, participant as correlated rows (REML, Kenward-Roger)"


def fit_participants(table: AnalysisTable, *, test: str, reference: str) -> tuple[MixedFit, int]:
    """Return the fit of the first trial and the number of people in it.

    Effects are "intercept", the test condition's id, and "period 2" and so on. Raises `DesignError`
    when a condition was never observed or the data cannot carry the model.
    """
    t, r = table.conditions.index(test), table.conditions.index(reference)
    here = table.observed[0] & np.isin(table.condition[0], (t, r))
    who, when = np.nonzero(here)
    periods = np.arange(1, table.y.shape[-1])
    X = np.column_stack(
        [
            np.ones(who.size),
            table.condition[0, who, when] == t,
            *(when == p for p in periods),
        ]
    ).astype(np.float64)
    names = ("intercept", test, *(f"period {p + 1}" for p in periods))
    fitted = fit(
        table.y[0, who, when],
        X,
        names=names,
        residual=Residual(kind="cs", unit=who),
    )
    return fitted, int(np.unique(who).size)


def all_participants(table: AnalysisTable, *, test: str, reference: str, label: str) -> Estimate:
    """Return test minus reference with everybody who has at least one rating."""
    fitted, n = fit_participants(table, test=test, reference=reference)
    seen = table.observed[0].any(axis=-1)
    by_sequence = {
        name: int((seen & (table.sequence[0] == s)).sum()) for s, name in enumerate(table.sequences)
    }
    return replace(
        fitted.contrast({test: 1.0}, df="kr"),
        label=label,
        n=n,
        n_by_sequence=by_sequence,
        model=MODEL,
    )
