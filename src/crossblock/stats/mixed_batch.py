"""Mixed models for many data sets at once: the engine of stats.mixed with its batch axis open.

    fit_batch(designs, backend=NUMPY) -> MixedBatch       (designs share effects and structure)
    batch.contrast({"B": 1.0}, df="kr") -> mixed_inference.Contrasts, arrays over the batch

Pass `crossblock.kernels.backend_jax.JAX` for thousands of data sets. A data set that cannot be
fitted gets an outcome and NaN; it never stops the others. Row k equals the analysis of data set k
alone (tests/properties/test_batch_is_single.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from crossblock.core.errors import DesignError, Problem
from crossblock.domain.result import Outcome
from crossblock.kernels import mixed
from crossblock.kernels.backend import NUMPY, Backend
from crossblock.kernels.covariance import Blocks, Structure
from crossblock.stats.mixed import OUTCOMES, check_choice, options_of
from crossblock.stats.mixed_design import Design, to_blocks
from crossblock.stats.mixed_inference import (
    Contrasts,
    FTests,
    contrast_row,
    contrast_rows,
    contrasts,
    f_tests,
)


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class MixedBatch:
    """Fits of B data sets; `kernel` holds the arrays, `codes` (B,) positions in OUTCOMES."""

    names: tuple[str, ...]
    structure: Structure
    reml: bool
    kernel: mixed.Fit
    codes: np.ndarray

    def contrast(
        self, L: Any, df: str | float | np.ndarray = "kr", *, level: float = 0.95
    ) -> Contrasts:
        """Return the estimates of l' beta; df is kr, satterthwaite, or numbers."""
        if isinstance(df, str):
            check_choice("degrees of freedom", df, ("kr", "satterthwaite"))
        return contrasts(self.kernel, contrast_row(self.names, L), df, level)

    def ftest(self, L: Any, df: str = "kr") -> FTests:
        """Return the F tests that the rows L beta, (q, p), are 0."""
        check_choice("degrees of freedom of an F test", df, ("kr", "satterthwaite"))
        return f_tests(self.kernel, contrast_rows(self.names, L), df)

    def outcomes(self) -> list[Outcome]:
        """Return how each fit ended."""
        return [OUTCOMES[int(code)] for code in self.codes]


def fit_batch(
    designs: Sequence[Design],
    *,
    method: str = "reml",
    information: str | None = None,
    backend: Backend = NUMPY,
) -> MixedBatch:
    """Fit every design; they must share effect names and covariance structure."""
    first = designs[0]
    if any(d.names != first.names or d.structure != first.structure for d in designs):
        raise DesignError(
            Problem(
                what="the data sets of a batch differ in their effects or covariance",
                fix="fit data sets with the same model together, and the others apart",
            )
        )
    return fit_blocks(
        to_blocks(designs),
        first.structure,
        names=first.names,
        method=method,
        information=information,
        backend=backend,
    )


def fit_blocks(
    blocks: Blocks,
    structure: Structure,
    *,
    names: Sequence[str],
    method: str = "reml",
    information: str | None = None,
    backend: Backend = NUMPY,
) -> MixedBatch:
    """Fit data sets that are already in blocks, as derived designs are."""
    options = options_of(structure, method, information, "linear")
    fitted = mixed.fit(structure, blocks, options=options, backend=backend)
    kernel = mixed.Fit(*(np.asarray(a) for a in fitted))
    return MixedBatch(
        names=tuple(names), structure=structure, reml=options.reml, kernel=kernel, codes=kernel.code
    )
