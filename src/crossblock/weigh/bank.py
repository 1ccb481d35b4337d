"""The bank: prior draws of every mechanism, pushed once through the population model.

One file for each mechanism and regimen, named by a hash of everything it depends on: an
interrupted build goes on where it stopped, a new regimen costs only itself, and a changed prior
can never meet old numbers.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from crossblock.domain.mechanism import Mechanism
from crossblock.domain.regimen import Regimen
from crossblock.weigh.particles import OWN, UNKNOWNS, Particles, at, draw
from crossblock.weigh.reach import Model, Reach, push
from crossblock.weigh.store import Array, load, save

VERSION = 2  # of what is computed; raise it when the population model's numbers change
NODES = 16  # quadrature people
SIZE = 2048  # particles of each mechanism
Say = Callable[[str], None]


@dataclass(frozen=True, kw_only=True, eq=False)
class Rival:
    """One mechanism with its particles and what they reach."""

    mechanism: Mechanism
    particles: Particles
    reach: Reach

    @property
    def amplitude_cv(self) -> float:
        """Return how much people differ in the size of their response."""
        return self.mechanism.parameter("amplitude").cv

    def moved(self, atoms: NDArray[np.int64], z: Array, regimens: Sequence[str] = ()) -> Rival:
        """Return the rival at other coordinates z (N, D) of which the model's are those of `atoms`.

        What the model computed belongs to an atom (a row of the bank); the free coordinates
        (`particles.FREE`) may take any value without another run.
        """
        return replace(
            self,
            particles=at(self.mechanism, z),
            reach=self.reach.take(atoms, regimens),
        )


@dataclass(frozen=True, kw_only=True, eq=False)
class Bank:
    """Every rival, under every regimen.

    `keys` name what each rival rests on (mechanism, priors, regimens, compounds, size, seed);
    `fresh` counts the files that had to be computed.
    """

    rivals: Mapping[str, Rival]
    regimens: tuple[Regimen, ...]
    seed: int
    keys: Mapping[str, str]
    fresh: int = 0

    @property
    def size(self) -> int:
        """Return the particles of each mechanism."""
        return next(iter(self.rivals.values())).particles.count


def build(
    mechanisms: Sequence[Mechanism],
    regimens: Sequence[Regimen],
    model: Model,
    *,
    size: int = SIZE,
    seed: int = 1,
    folder: Path | None = None,
    say: Say = lambda words: None,
) -> Bank:
    """Return the bank, taking from `folder` what is there already.

    `size` particles of each mechanism, drawn from `seed`; `say` is told of every file computed.
    """
    rivals: dict[str, Rival] = {}
    keys: dict[str, str] = {}
    fresh = 0
    for mechanism in mechanisms:
        particles = draw(mechanism, size, seed)
        kept: dict[str, dict[str, Array]] = {}
        for regimen in regimens:
            key = _key(mechanism, regimen, model, size, seed)
            found = load(folder, key)
            if found is None:
                say(f"{mechanism.label}, {regimen.words}")
                one = push(mechanism, particles, [regimen], model)
                found = {"R": one.relative[regimen.id], "glx": one.glx[regimen.id]}
                save(folder, key, found)
                fresh += 1
            kept[regimen.id] = found
            keys[mechanism.id] = keys.get(mechanism.id, "") + key
        reach = Reach(
            relative={r: x["R"] for r, x in kept.items()},
            glx={r: x["glx"] for r, x in kept.items()},
            looks_h={r.id: r.looks_h for r in regimens},
            blocked=frozenset(r.id for r in regimens if r.blocker),
        )
        rivals[mechanism.id] = Rival(mechanism=mechanism, particles=particles, reach=reach)
    return Bank(rivals=rivals, regimens=tuple(regimens), seed=seed, keys=keys, fresh=fresh)


def _key(mechanism: Mechanism, regimen: Regimen, model: Model, size: int, seed: int) -> str:
    """Return the name of a file: a hash of all that its numbers depend on."""
    compounds = [
        model.compounds[c] for c in (regimen.drug, regimen.blocker) if c in model.compounds
    ]
    parts = (
        VERSION,
        sorted((s, p.value, repr(p.prior), p.cv) for s, p in mechanism.parameters.items()),
        repr(mechanism.binding),
        repr(regimen),
        [repr(c) for c in (model.reference, *compounds)],
        [repr(u) for u in UNKNOWNS],
        OWN,
        np.round(model.nodes, 12).tolist(),
        size,
        seed,
    )
    digest = hashlib.sha256(repr(parts).encode()).hexdigest()[:16]
    return f"{mechanism.id}-{regimen.id}-{digest}"
