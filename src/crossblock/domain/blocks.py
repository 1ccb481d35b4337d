"""Allocation lists: which slot of which stratum goes through which sequence.

A pure function of its entropy, so that one algorithm serves the real trial (operating-system
entropy, kept by nobody) and the virtual one (a counter-based stream). Block sizes are drawn at
random and stay inside the sealed list: whoever knows them can foretell the end of a block.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import product
from typing import TypeVar

import numpy as np

from crossblock.core.errors import AllocationError, Problem
from crossblock.core.streams import Stream
from crossblock.domain.scheme import Scheme

T = TypeVar("T")
Draw = Callable[[int], int]
"""Given n >= 1, return a uniformly distributed integer of 0 .. n - 1."""
WORDS_AT_ONCE = 1024
WORD = 1 << 64


@dataclass(frozen=True, kw_only=True, slots=True)
class Slot:
    """One place of the list. `number` counts from 1 over all strata, `place` within the stratum."""

    number: int
    stratum: str
    place: int
    block: int
    sequence: int
    """Index into the protocol's sequences."""


def strata(scheme: Scheme) -> tuple[str, ...]:
    """Return the names of all strata, "level/level" in the order of the factors, or ("all",)."""
    levels = [factor.levels for factor in scheme.strata]
    return tuple("/".join(names) for names in product(*levels)) if levels else ("all",)


def allocation_list(
    scheme: Scheme, *, sequences: int, slots_per_stratum: int, draw: Draw
) -> tuple[Slot, ...]:
    """Return the list of `scheme` for every stratum, in order of allocation within each.

    sequences           number of sequences of the design
    slots_per_stratum   at least this many slots in each stratum; the last block is never cut
    draw                entropy (see `Draw`)

    Raises AllocationError for a scheme that cannot be laid down in advance.
    """
    ratio = scheme.ratio or (1,) * sequences
    _check(scheme, ratio, sequences, slots_per_stratum)
    found: list[Slot] = []
    for stratum in strata(scheme):
        place = 0
        for block, members in enumerate(_blocks(scheme, ratio, slots_per_stratum, draw), start=1):
            for sequence in members:
                place += 1
                found.append(
                    Slot(
                        number=len(found) + 1,
                        stratum=stratum,
                        place=place,
                        block=block,
                        sequence=sequence,
                    )
                )
    return tuple(found)


def _blocks(scheme: Scheme, ratio: tuple[int, ...], slots: int, draw: Draw) -> list[list[int]]:
    """Return the blocks of one stratum, each a list of sequence indices."""
    deck = [s for s, share in enumerate(ratio) for _ in range(share)]
    method = scheme.method.value
    if method in {"fixed order", "none"}:
        return [[0] for _ in range(slots)]
    if method == "simple":
        return [[deck[draw(len(deck))]] for _ in range(slots)]
    if method == "balanced":
        return [shuffle(deck * -(-slots // len(deck)), draw)]
    sizes = scheme.block_sizes or (2 * len(deck), 3 * len(deck))
    blocks: list[list[int]] = []
    while sum(map(len, blocks)) < slots:
        size = sizes[draw(len(sizes))]
        blocks.append(shuffle(deck * (size // len(deck)), draw))
    return blocks


def shuffle(deck: list[T], draw: Draw) -> list[T]:
    """Return a uniformly random order of `deck` (Fisher and Yates)."""
    deck = list(deck)
    for last in range(len(deck) - 1, 0, -1):
        other = draw(last + 1)
        deck[last], deck[other] = deck[other], deck[last]
    return deck


def seeded(seed: int) -> Draw:
    """Return a repeatable `Draw` for virtual trials and dummy lists; never for a real trial.

    Words of a Threefry stream, with those that would make small numbers likelier thrown away.
    """
    stream = Stream(seed, "allocation")
    words: list[int] = []
    block = 0

    def draw(n: int) -> int:
        nonlocal words, block
        while True:
            if not words:
                drawn = stream.words(WORDS_AT_ONCE, period=np.array(block))
                words, block = [int(w) for w in drawn], block + 1
            word = words.pop()
            if word < WORD - WORD % n:
                return word % n

    return draw


def _check(scheme: Scheme, ratio: tuple[int, ...], sequences: int, slots: int) -> None:
    where = "randomization"
    if scheme.method.value == "minimization":
        raise AllocationError(
            Problem(
                what="minimization cannot be laid down as a list",
                where=where,
                why="it needs the people who are already in; a sealed list must come before them",
                fix="use permuted blocks within strata",
            )
        )
    if len(ratio) != sequences:
        raise AllocationError(
            Problem(
                what="the ratio does not name every sequence",
                where=where,
                value=str(list(ratio)),
                fix=f"give {sequences} numbers, or leave it out for equal shares",
            )
        )
    wrong = [size for size in scheme.block_sizes if size % sum(ratio)]
    if wrong:
        raise AllocationError(
            Problem(
                what="a block size does not hold the ratio a whole number of times",
                where=f"{where}.block_sizes",
                value=", ".join(map(str, wrong)),
                fix=f"use multiples of {sum(ratio)}",
            )
        )
    if slots < 1:
        raise AllocationError(
            Problem(what="a list needs at least one slot", where=where, value=str(slots))
        )
