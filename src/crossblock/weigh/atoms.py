"""Atoms that are near in what they reach: where a particle may step without running the model.

The likelihood sees an atom of the bank only through what its people reach. Atoms are placed by the
leading axes of that (log mean and log spread of plasticity at every look, the glutamate surge), and
the pool is halved again and again along its longest side, in several rotations and down to several
sizes. A step to any other member of the same cell is symmetric.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.stats import special_ortho_group

from crossblock.weigh.bank import Rival

Array = NDArray[np.float64]
Ints = NDArray[np.int64]
HALVINGS = (0, 2, 4, 6)  # of the pool: from all of it to a sixty-fourth
TURNS = 3  # rotations of each, so that no atom lies at the border of its cell in all
AXES = 3  # of what atoms reach; what is left hardly moves a likelihood
SMALLEST = 4  # members of a cell
FLOOR = 1e-3  # of plasticity, relative to the reference dose: below it, logs say nothing
SURGE_SCALE = 3.0  # a surge of 0 to 1 against logs that span about as much


@dataclass(frozen=True, kw_only=True, eq=False)
class Partition:
    """A pool of atoms cut into cells.

    `cell` and `place` (atoms of the bank,) say where an atom sits, `members` (cells, largest) the
    atoms of a cell, `size` (cells,) how many they are.
    """

    cell: Ints
    place: Ints
    members: Ints
    size: Ints

    def other(self, atoms: Ints, rng: np.random.Generator) -> Ints:
        """Return for each atom another one of its cell, all alike; itself where it is alone."""
        cell = self.cell[atoms]
        size = self.size[cell]
        shift = 1 + (rng.random(len(atoms)) * (size - 1)).astype(np.int64)
        return np.asarray(self.members[cell, (self.place[atoms] + shift) % size])


@lru_cache(maxsize=64)
def partitions(
    rival: Rival, regimens: tuple[str, ...], island: int, islands: int
) -> tuple[Partition, ...]:
    """Return the partitions of the island's atoms: every `islands`-th of the bank's."""
    X = reached(rival, regimens)
    pool = np.arange(island, rival.particles.count, islands)
    rng = np.random.default_rng(0)  # the rotations are part of the method, not of a run
    out = []
    for halvings in HALVINGS:
        for _ in range(TURNS):
            turned = X @ special_ortho_group.rvs(AXES, random_state=rng)
            out.append(_partition(_halved(turned, pool, halvings), rival.particles.count))
    return tuple(out)


def reached(rival: Rival, regimens: Sequence[str]) -> Array:
    """Return the leading axes (atoms, AXES) of what atoms reach under some regimens (none: all)."""
    columns = []
    for regimen in tuple(regimens) or tuple(rival.reach.relative):
        R = rival.reach.relative[regimen]
        columns += [np.log(R.mean(axis=1) + FLOOR), np.log(R.std(axis=1) + FLOOR)]
        columns.append(SURGE_SCALE * rival.reach.glx[regimen].mean(axis=1)[:, None])
    F = np.concatenate(columns, axis=1)
    U, S, _ = np.linalg.svd(F - F.mean(axis=0), full_matrices=False)
    X = np.zeros((len(F), AXES))
    found = min(AXES, len(S))
    X[:, :found] = U[:, :found] * S[:found]
    return X


def _halved(X: Array, pool: Ints, halvings: int) -> list[Ints]:
    cells = [pool]
    for _ in range(halvings):
        if len(cells[0]) < 2 * SMALLEST:
            break
        cells = [half for cell in cells for half in _halves(X, cell)]
    return cells


def _halves(X: Array, cell: Ints) -> tuple[Ints, Ints]:
    longest = int(np.argmax(X[cell].std(axis=0)))
    order = cell[np.argsort(X[cell, longest], kind="stable")]
    return order[: len(order) // 2], order[len(order) // 2 :]


def _partition(cells: Sequence[Ints], count: int) -> Partition:
    size = np.array([len(c) for c in cells])
    cell, place = np.full(count, -1), np.full(count, -1)
    members = np.full((len(cells), size.max()), -1)
    for k, atoms in enumerate(cells):
        cell[atoms], place[atoms] = k, np.arange(len(atoms))
        members[k, : len(atoms)] = atoms
    return Partition(cell=cell, place=place, members=members, size=size)
