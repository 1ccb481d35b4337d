"""Counter-based random streams: the draw is a function of who asks, not of when.

Threefry-2x64 with 20 rounds (Salmon, Moraes, Dror and Shaw 2011, "Parallel random numbers: as easy
as 1, 2, 3", doi 10.1145/2063384.2063405). A stream is keyed by seed and purpose; the counter holds
trial, participant, period and draw. So adding a participant never changes another's draws, asking
for more draws never changes the first ones, and any split of the work over workers gives the same
bytes.

    (w0, w1) = Threefry2x64-20(key = (seed, hash(purpose)),
                               counter = (trial 2^32 + participant, period 2^32 + block))
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri

ROTATIONS = (16, 42, 12, 31, 16, 32, 24, 21)
PARITY = np.uint64(0x1BD11BDAA9FC1A22)
ROUNDS = 20
Words = NDArray[np.uint64]


def threefry2x64(key: tuple[Words, Words], counter: tuple[Words, Words]) -> tuple[Words, Words]:
    """Return the two output words of Threefry-2x64-20 for every counter.

    All four inputs are uint64 arrays that broadcast against each other.
    """
    k0, k1 = np.asarray(key[0], np.uint64), np.asarray(key[1], np.uint64)
    schedule = (k0, k1, PARITY ^ k0 ^ k1)
    with np.errstate(over="ignore"):
        x0, x1 = counter[0] + k0, counter[1] + k1
        for i in range(ROUNDS):
            r = np.uint64(ROTATIONS[i % 8])
            x0 = x0 + x1
            x1 = ((x1 << r) | (x1 >> (np.uint64(64) - r))) ^ x0
            if i % 4 == 3:
                j = i // 4 + 1
                x0 = x0 + schedule[j % 3]
                x1 = x1 + schedule[(j + 1) % 3] + np.uint64(j)
    return x0, x1


@dataclass(frozen=True, slots=True)
class Stream:
    """Random draws for one purpose ("weight", "rater noise") under one seed.

    The coordinates `trial`, `participant` and `period` are integer arrays in [0, 2^32) that
    broadcast; every method returns an array of their shape with a last axis of `draws`.
    """

    seed: int
    purpose: str

    def key(self) -> tuple[Words, Words]:
        digest = hashlib.sha256(self.purpose.encode()).digest()
        return np.array([self.seed], np.uint64), np.frombuffer(digest[:8], dtype="<u8").astype(
            np.uint64
        )

    def words(
        self, draws: int, *, trial: ArrayLike = 0, participant: ArrayLike = 0, period: ArrayLike = 0
    ) -> Words:
        """Return uniformly distributed 64-bit words, shape (..., draws)."""
        t, i, p = (np.asarray(a, dtype=np.uint64)[..., None] for a in (trial, participant, period))
        block = np.arange((draws + 1) // 2, dtype=np.uint64)
        high = np.uint64(32)
        w0, w1 = threefry2x64(self.key(), ((t << high) | i, (p << high) | block))
        w0, w1 = np.broadcast_arrays(w0, w1)
        return np.stack([w0, w1], axis=-1).reshape(*w0.shape[:-1], -1)[..., :draws]

    def uniform(
        self, draws: int, *, trial: ArrayLike = 0, participant: ArrayLike = 0, period: ArrayLike = 0
    ) -> NDArray[np.float64]:
        """Return uniform draws in the open interval (0, 1), shape (..., draws)."""
        w = self.words(draws, trial=trial, participant=participant, period=period)
        return ((w >> np.uint64(12)).astype(np.float64) + 0.5) * 2.0**-52

    def normal(
        self, draws: int, *, trial: ArrayLike = 0, participant: ArrayLike = 0, period: ArrayLike = 0
    ) -> NDArray[np.float64]:
        """Return standard normal draws by inversion, shape (..., draws)."""
        u = self.uniform(draws, trial=trial, participant=participant, period=period)
        return np.asarray(ndtri(u), dtype=np.float64)
