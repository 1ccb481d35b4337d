"""Open sequences to `CodeList`. The only module that reads one from plain files."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from crossblock.core.errors import AllocationError, Problem
from crossblock.domain.codelist import CodeList
from crossblock.domain.protocol import Protocol
from crossblock.load import tidy


def read_open(
    path_or_name: str | Path, protocol: Protocol, participants: str | Path | None = None
) -> CodeList:
    """Return who received which sequence, from files whose sequence column is open.

    Takes what `load.ratings.read` takes and keeps its order of participants; people without a
    sequence were never allocated (-1). Raises `AllocationError` when the column is sealed.
    """
    found = tidy.read(path_or_name, protocol, participants)
    index = [person.sequence for person in found.people.values()]
    if max(index) < 0:
        raise AllocationError(
            Problem(
                what="the sequences of this table are sealed",
                where=found.source,
                why="no row names a sequence, so nobody's condition is known",
                fix="give the sealed allocation and its key, or a table with open sequences",
            )
        )
    return CodeList(
        sequence=np.array([index], dtype=np.int64),
        sequences=protocol.sequence_ids,
        conditions=protocol.sequence_conditions,
    )
