"""Adjusted means of every cell (drug, drug and blocker, blocker alone, neither) with covariance.

The mixed model of `stats.visits` gives the mean of each condition at each visit, averaged over
periods; the degrees of freedom are those of the very contrast that the blockade fraction tests,
blocked effect minus rho times open effect, at the estimated rho.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from crossblock.domain.blockade import CellMeans
from crossblock.stats.blockade import contrasts
from crossblock.stats.mixed import MixedFit
from crossblock.stats.visits import Layout, Model, fit_visits

Floats = NDArray[np.float64]


def mean_weights(names: tuple[str, ...], condition: str, visit: str, periods: int) -> Floats:
    """Return the weights of one condition's mean at one visit, averaged over periods.

    `visit` is empty where the model has one visit.
    """
    tag = f":{visit}" if visit else ""
    L = np.zeros(len(names))
    L[names.index(f"mean{tag}")] = 1.0
    for p in range(2, periods + 1):
        L[names.index(f"period {p}{tag}")] = 1.0 / periods
    for name in (f"{condition}{tag}", condition):
        if name in names:
            L[names.index(name)] = 1.0
            break
    return L


def cell_means(data: Layout, cells: Mapping[str, str], model: Model, visit: str) -> CellMeans:
    """Return the means of the conditions that `cells` maps to a cell, at one visit.

    Scores must be changes when the neither-cell is missing: the two-cell form takes it as 0.
    """
    fitted = fit_visits(data, model)
    shown = visit if len(data.visits) > 1 else ""
    conditions = [c for c in data.conditions if c in cells]
    L = np.array([mean_weights(fitted.names, c, shown, data.periods) for c in conditions])
    names = tuple(cells[c] for c in conditions)
    return CellMeans(
        cells=names,
        mean=L @ fitted.beta,
        covariance=L @ fitted.vcov_kr @ L.T,
        df=_df(fitted, L, names),
        n=int(np.unique(data.participant).size),
    )


def _df(fitted: MixedFit, L: Floats, names: tuple[str, ...]) -> float:
    a, d = contrasts(names)
    mean = L @ fitted.beta
    rho = float(a @ mean) / (float(d @ mean) or 1.0)
    found = fitted.contrast((a - rho * d) @ L, df="kr").df
    return float(found if found is not None else fitted.n)
