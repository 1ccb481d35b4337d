"""The mixed model of `stats.participants` for many trials at once: row k is the single analysis."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from crossblock.domain.table import AnalysisTable
from crossblock.kernels.backend import NUMPY, Backend
from crossblock.kernels.covariance import Blocks, Structure
from crossblock.stats.mixed_batch import fit_blocks
from crossblock.stats.mixed_inference import Contrasts

STRUCTURE = Structure(random=(), residual="cs", positions=1, bounded=False)


def everybody(
    table: AnalysisTable, *, test: str, reference: str, backend: Backend = NUMPY
) -> tuple[Contrasts, NDArray[np.int64]]:
    """Return test minus reference for every trial (REML, Kenward-Roger), and people in each (B,).

    A trial that the model cannot be fitted to has NaN.
    """
    t, r = table.conditions.index(test), table.conditions.index(reference)
    here = table.observed & np.isin(table.condition, (t, r))
    used = np.flatnonzero(here.any(axis=(0, 1)))
    columns = [np.ones(here.shape), table.condition == t]
    columns += [np.broadcast_to(np.arange(here.shape[-1]) == p, here.shape) for p in used[1:]]
    X = np.stack(columns, axis=-1).astype(np.float64) * here[..., None]
    unit = np.broadcast_to(np.arange(here.shape[1])[:, None], here.shape)
    blocks = Blocks(
        y=np.where(here, table.y, 0.0),
        X=X,
        observed=here,
        group=np.zeros((*here.shape, 0), dtype=np.int64),
        Z=np.zeros((*here.shape, 0)),
        unit=np.where(here, unit, 0),
        position=np.zeros(here.shape, dtype=np.int64),
    )
    names = ("intercept", test, *(f"period {p + 1}" for p in used[1:]))
    fitted = fit_blocks(blocks, STRUCTURE, names=names, backend=backend)
    return fitted.contrast({test: 1.0}, df="kr"), here.any(axis=-1).sum(axis=-1)
