"""Which sequence each virtual participant goes through: the protocol's own scheme, trial by trial.

The list is made by the very function that makes the real one (`domain.blocks`); its entropy comes
from a counter-based stream, one row of words a trial.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from crossblock.core.errors import AllocationError, Problem
from crossblock.core.streams import Stream
from crossblock.domain.blocks import Draw, Slot, allocation_list, strata
from crossblock.domain.scheme import Scheme

Ints = NDArray[np.int64]
WORD = 1 << 64


def allot(
    scheme: Scheme, *, sequences: int, trials: Ints, people: int, seed: int
) -> tuple[Ints, Ints]:
    """Return (sequence, stratum) of every participant, each (B, n), for the trials (B,).

    Participants fall into strata with equal chances and take the next free slot of their own.
    """
    names = strata(scheme)
    stratum = _strata(len(names), trials, people, seed)
    count = len(names) * (2 * people + 64)
    words = Stream(seed, "allocation").words(count, trial=trials)
    sequence = np.empty((trials.size, people), dtype=np.int64)
    for b in range(trials.size):
        slots = allocation_list(
            scheme, sequences=sequences, slots_per_stratum=people, draw=_draw(words[b])
        )
        sequence[b] = _in_turn(slots, names, stratum[b])
    return sequence, stratum


def _strata(count: int, trials: Ints, people: int, seed: int) -> Ints:
    if count == 1:
        return np.zeros((trials.size, people), dtype=np.int64)
    u = Stream(seed, "stratum").uniform(1, trial=trials[:, None], participant=np.arange(people))
    return np.minimum((u[..., 0] * count).astype(np.int64), count - 1)


def _in_turn(slots: tuple[Slot, ...], names: tuple[str, ...], stratum: Ints) -> Ints:
    """Give each participant the next slot of their stratum."""
    found = np.empty(stratum.size, dtype=np.int64)
    for k, name in enumerate(names):
        mine = stratum == k
        row = [s.sequence for s in slots if s.stratum == name]
        found[mine] = row[: int(mine.sum())]
    return found


def _draw(words: NDArray[np.uint64]) -> Draw:
    """Return a `Draw` that uses up one row of words, throwing away those that would favor some."""
    left = iter(words.tolist())

    def draw(n: int) -> int:
        for word in left:
            if word < WORD - WORD % n:
                return int(word % n)
        raise AllocationError(
            Problem(
                what="the virtual allocation list needs more random words than were drawn",
                where="randomization",
                fix="report this: it is a fault of the program",
            )
        )

    return draw
