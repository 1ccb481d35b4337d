"""A small bank that the tests of this folder share: three rivals, a hundred draws, four people."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np

from crossblock.domain.regimen import Regimen
from crossblock.domain.weighed import Outcome, WeighedStudy, Weighing
from crossblock.load import evidence, weighing
from crossblock.load.compound import compound
from crossblock.load.mechanism import mechanism
from crossblock.weigh.bank import Bank, Rival, build
from crossblock.weigh.people import nodes
from crossblock.weigh.reach import Model

RIVALS = ("h1", "h3a", "h5")
ROWS = evidence.shipped()
STUDIES = weighing.shipped()
PEOPLE = 12


@cache
def model() -> Model:
    compounds = {name: compound(name) for name in ("ketamine", "naltrexone")}
    return Model(reference=compounds["ketamine"], compounds=compounds, nodes=nodes(4))


def regimens(*names: str) -> tuple[Regimen, ...]:
    return tuple(r for r in STUDIES.regimens if r.id in names)


ONE_DOSE = (
    "ketamine",
    "ketamine-naltrexone",
    "placebo",
    "placebo-naltrexone",
    "ketamine-naltrexone-150",
)


@cache
def bank(size: int = 96, folder: Path | None = None) -> Bank:
    rivals = [mechanism(name) for name in RIVALS]
    return build(rivals, regimens(*ONE_DOSE), model(), size=size, folder=folder)


def rival(name: str = "h3a") -> Rival:
    return bank().rivals[name]


def study(name: str) -> WeighedStudy:
    return STUDIES.study(name)


def outcome(name: str) -> Outcome:
    return weighing.outcome(study(name), ROWS, secondary=True)


def ratings() -> Outcome:
    """Return shares lost of a dozen people: most lose more under the drug; three miss a session."""
    rng = np.random.default_rng(5)
    person = 0.15 * rng.standard_normal(PEOPLE)
    y = np.stack([0.35 + person, 0.06 + person], axis=1) + 0.12 * rng.standard_normal((PEOPLE, 2))
    y[0, 0] = y[1, 1] = y[2, 1] = np.nan
    return Outcome(study="nimh-day-2", value=np.zeros(()), se=np.zeros(()), ratings=y)


def read(s: WeighedStudy) -> Outcome:
    return ratings() if s.id == "nimh-day-2" else outcome(s.id)


def only(*names: str) -> Weighing:
    """Return the shipped regimens with some of the shipped studies."""
    return Weighing(
        regimens=STUDIES.regimens, studies=tuple(s for s in STUDIES.studies if s.id in names)
    )
