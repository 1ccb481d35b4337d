"""The opened allocation: who received which sequence.

Only `load.codelist`, `simulate.trial`, `stats.derive` and the commands that unblind may import this
module; an import contract holds it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from crossblock.core.errors import AllocationError, Problem


@dataclass(frozen=True, kw_only=True, eq=False)
class CodeList:
    """Sequence of every participant of every trial, and the condition of every period.

    sequence    int64 (B, n), index into `sequences`; -1 for people who were never allocated
    conditions  sequence index -> condition ids by period, e.g. (("drug", "saline"), ...)
    """

    sequence: NDArray[np.int64]
    sequences: tuple[str, ...]
    conditions: tuple[tuple[str, ...], ...]

    def __post_init__(self) -> None:
        if len(self.sequences) != len(self.conditions):
            raise AllocationError(Problem(what="every sequence needs its list of conditions"))
        if self.sequence.size and int(self.sequence.max()) >= len(self.sequences):
            raise AllocationError(
                Problem(
                    what="the allocation names a sequence that the protocol does not have",
                    value=str(int(self.sequence.max())),
                    fix="open the allocation with the protocol it was made from",
                )
            )

    def condition_index(self, condition_ids: tuple[str, ...]) -> NDArray[np.int64]:
        """Return the condition of every period, (B, n, P), by index; -1 unknown."""
        table = np.array(
            [[condition_ids.index(c) for c in row] for row in self.conditions], dtype=np.int64
        )
        out = table[np.maximum(self.sequence, 0)]
        return np.where(self.sequence[..., None] >= 0, out, -1)
