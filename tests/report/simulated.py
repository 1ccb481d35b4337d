"""Operating characteristics for the pages' tests: a few hundred textbook trials, made once."""

from __future__ import annotations

from functools import cache

from crossblock.domain.characteristics import Characteristics, Gallery
from crossblock.domain.protocol import Protocol
from crossblock.load.protocol import read
from crossblock.simulate.batch import run
from crossblock.simulate.chunk import trial_job
from crossblock.simulate.gallery import trial_gallery
from crossblock.simulate.grid import truth_grid

FRACTIONS = ("fraction=0,0.28,1",)
SEED = 5


@cache
def study(name: str = "williams-2018") -> Protocol:
    return read(name)


@cache
def found(*asked: str, name: str = "williams-2018") -> tuple[Characteristics, ...]:
    return tuple(
        run(trial_job(study(name), t, trials=250, seed=SEED))
        for t in truth_grid(asked or FRACTIONS, "gaussian")
    )


@cache
def galleries() -> tuple[Gallery, ...]:
    return trial_gallery(study(), truth_grid(FRACTIONS, "gaussian"), seed=SEED)
