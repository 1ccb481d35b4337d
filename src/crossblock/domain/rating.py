"""Measured scores of one trial or of many: the same type for human and virtual raters.

A `RatingsBatch` holds arrays with a leading trial axis; one real study is the batch of one. It says
nothing about what anybody received: the allocation lives apart, sealed (`domain.allocation`) or
opened (`domain.codelist`), and the two are joined in exactly one place, `stats.derive`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from crossblock.core.errors import Problem, RatingsError


@dataclass(frozen=True, kw_only=True, eq=False)
class RatingsBatch:
    """Scores on the grid trial x participant x period x visit x instrument.

    score      float64 (B, n, P, V, K), in points of instrument k; 0 where not observed
    observed   bool    (B, n, P, V, K)
    stratum    int64   (B, n), index into the protocol's strata (0 when there is none)
    enrolled   bool    (B, n), False pads a trial with fewer people than the widest of its batch
    participants, visits, instruments   the labels of axes n, V and K, in order

    Participant labels are those of trial 0; simulated batches number them from 1.
    """

    score: NDArray[np.float64]
    observed: NDArray[np.bool_]
    enrolled: NDArray[np.bool_]
    stratum: NDArray[np.int64]
    participants: tuple[str, ...]
    visits: tuple[str, ...]
    instruments: tuple[str, ...]
    source: str = ""
    sha256: str = ""

    def __post_init__(self) -> None:
        B, n, P, V, K = self.score.shape
        shapes = {
            "observed": (self.observed.shape, (B, n, P, V, K)),
            "enrolled": (self.enrolled.shape, (B, n)),
            "stratum": (self.stratum.shape, (B, n)),
            "labels": (
                (len(self.participants), len(self.visits), len(self.instruments)),
                (n, V, K),
            ),
        }
        bad = [f"{k} {got}, expected {want}" for k, (got, want) in shapes.items() if got != want]
        if bad:
            raise RatingsError(
                Problem(what="ratings arrays do not fit together: " + "; ".join(bad))
            )
        if not np.isfinite(self.score).all():
            raise RatingsError(
                Problem(
                    what="a score is not a finite number",
                    why="missing ratings are marked in `observed`, never as NaN",
                    fix="leave the cell of a missing rating empty",
                )
            )

    @property
    def n_trials(self) -> int:
        return int(self.score.shape[0])

    @property
    def n_periods(self) -> int:
        return int(self.score.shape[2])

    def at(self, visit: str, instrument: str) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        """Return (score, observed), each (B, n, P), of one instrument at one visit."""
        v, k = self.visits.index(visit), self.instruments.index(instrument)
        return self.score[:, :, :, v, k], self.observed[:, :, :, v, k]

    def trial(self, b: int) -> RatingsBatch:
        """Return trial `b` as a batch of one."""
        return replace(
            self,
            score=self.score[b : b + 1],
            observed=self.observed[b : b + 1],
            enrolled=self.enrolled[b : b + 1],
            stratum=self.stratum[b : b + 1],
        )
