"""Open sequences, or a sealed list and its key, to `CodeList`. The only module that reads one."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np

from crossblock.core.errors import AllocationError, Problem
from crossblock.domain.codelist import CodeList
from crossblock.domain.protocol import Protocol
from crossblock.load import tidy
from crossblock.load.bundle import StudyBundle
from crossblock.load.sealed import read_key, unseal


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


def open_sealed(bundle: StudyBundle, key: Path) -> CodeList:
    """Return who received which sequence in a locked study: the one unblinding.

    Raises `AllocationError` when the key does not open the list, or the list is not the one whose
    commitment was published before the first participant.
    """
    where = "mapping.age"
    text = unseal(bundle.sealed.ciphertext, read_key(key), where)
    if hashlib.sha256(text.encode()).hexdigest() != bundle.sealed.commitment:
        raise AllocationError(
            Problem(
                what="the opened list does not fit the published commitment",
                where=where,
                why="it is not the list that was sealed before the first participant",
                fix="do not analyze; compare with the registration and ask who made it",
            )
        )
    content = json.loads(text)
    protocol = bundle.protocol
    if content["protocol_sha256"] != protocol.sha256:
        raise AllocationError(Problem(what="the list was made for another protocol", where=where))
    by_slot = {
        row["slot"]: protocol.sequence_ids.index(row["sequence"]) for row in content["slots"]
    }
    index = [by_slot.get(bundle.slots.get(p, 0), -1) for p in bundle.ratings.participants]
    return CodeList(
        sequence=np.array([index], dtype=np.int64),
        sequences=protocol.sequence_ids,
        conditions=protocol.sequence_conditions,
    )
