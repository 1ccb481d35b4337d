"""A forecast: one regimen under every mechanism still alive, with the parts of its spread apart.

Nothing here is advice. A forecast says what would follow if a mechanism and a cause of loss were
true; how probable a mechanism is comes from outside as weights, and equal weights are said to be
equal and not evidence.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from crossblock.core.errors import InputError, Problem
from crossblock.domain.adaptation import Adaptation, Loss
from crossblock.domain.compound import Compound
from crossblock.domain.mechanism import Mechanism
from crossblock.domain.repeated_regimen import Regimen
from crossblock.forecast.course import follow, plan
from crossblock.forecast.dependence import Index, Reference, index, reference
from crossblock.forecast.outcomes import OUTCOMES, Outcome
from crossblock.forecast.people import WORLDS, Cohort, cohort
from crossblock.forecast.session import session_effect
from crossblock.forecast.spread import Spread, spread
from crossblock.forecast.track import Track

Array = NDArray[np.float64]
DAY = 24.0
LEAST_IN_A_CELL = 10  # people of one world and explanation, so that their spread can be told
EQUAL = "every mechanism that is still alive counts alike: a choice, not evidence"


@dataclass(frozen=True, kw_only=True, slots=True)
class Setup:
    """What every forecast of a run shares."""

    mechanisms: tuple[Mechanism, ...]
    adaptation: Adaptation
    compounds: Mapping[str, Compound]
    weights: Mapping[str, float]
    weights_from: str
    days: float
    count: int
    seed: int
    losses: tuple[Loss, ...] = tuple(Loss)


@dataclass(frozen=True, kw_only=True, eq=False)
class Forecast:
    """One regimen: tracks, controls and dependence index by mechanism, outcomes summed up."""

    regimen: Regimen
    setup: Setup
    people: Cohort
    tracks: Mapping[str, Track]
    controls: Mapping[str, Reference]
    indices: Mapping[str, Index]
    outcomes: Mapping[str, Spread]

    @property
    def flags(self) -> tuple[str, ...]:
        """Return what stands out: doses above the usual range, compounds not computed."""
        unknown = [x for t in self.tracks.values() for x in t.unknown]
        return tuple(dict.fromkeys([*self.regimen.flags, *unknown]))

    @property
    def assumed(self) -> tuple[str, ...]:
        every = [x for t in self.tracks.values() for x in t.assumed]
        return tuple(dict.fromkeys([*self.setup.adaptation.amber, *every]))


def setup(
    mechanisms: Sequence[Mechanism],
    adaptation: Adaptation,
    compounds: Mapping[str, Compound],
    *,
    weights: Mapping[str, float] | None = None,
    weights_from: str = EQUAL,
    days: float = 364.0,
    count: int = 2000,
    seed: int = 1,
    losses: Sequence[Loss] = tuple(Loss),
) -> Setup:
    """Return what forecasts are run on; `weights` by mechanism id, any positive scale.

    Raises `InputError` for no mechanism, weights of unknown mechanisms or none above 0, a horizon
    outside 1 day to 20 years, or fewer than 40 people.
    """
    given = dict(weights) if weights is not None else {m.id: 1.0 for m in mechanisms}
    problems = _refused({m.id for m in mechanisms}, given, days, count)
    if problems:
        raise InputError(*problems)
    total = sum(given.values())
    kept = {k: v / total for k, v in given.items() if v > 0}
    return Setup(
        mechanisms=tuple(m for m in mechanisms if m.id in kept),
        adaptation=adaptation,
        compounds=compounds,
        weights=kept,
        weights_from=weights_from,
        days=days,
        count=count,
        seed=seed,
        losses=tuple(losses),
    )


def _refused(names: set[str], given: Mapping[str, float], days: float, count: int) -> list[Problem]:
    problems = []
    unknown = sorted(set(given) - names)
    if unknown:
        problems.append(
            Problem(
                what="a weight for a mechanism that is not forecast",
                value=", ".join(unknown),
                fix=f"use one of: {', '.join(sorted(names))}",
            )
        )
    total = sum(given.values())
    if not names or not np.isfinite(total) or total <= 0 or min(given.values()) < 0:
        problems.append(
            Problem(
                what="no mechanism has a weight above 0, or one is negative",
                fix="give at least one mechanism a positive weight",
            )
        )
    if not 1.0 <= days <= 7305.0:
        problems.append(
            Problem(
                what="the horizon cannot be used",
                value=f"{days:g} d",
                why="a course lasts from a day to 20 years",
                fix="choose a horizon in this range",
            )
        )
    if count < 40:
        problems.append(
            Problem(what="too few people to draw", value=str(count), fix="draw at least 40")
        )
    return problems


def forecast(regimen: Regimen, on: Setup) -> Forecast:
    """Return the forecast of one regimen; equal seeds give equal people under every regimen.

    Raises `InputError` for a regimen that cannot be given, `CatalogError` for a drug or route
    without numbers.
    """
    worlds = max(1, min(WORLDS, on.count // (LEAST_IN_A_CELL * len(on.losses))))
    people = cohort(on.adaptation, on.count, seed=on.seed, losses=on.losses, worlds=worlds)
    where = plan(people, regimen, on.days * DAY)
    tracks, controls, indices = {}, {}, {}
    for m in on.mechanisms:
        effects = [
            session_effect(m, regimen, people, on.adaptation, on.compounds, factor)
            for factor in regimen.rules.escalate
        ]
        tracks[m.id] = follow(regimen, effects, where, on.adaptation)
        controls[m.id] = reference(effects[0], people, on.adaptation)
        indices[m.id] = index(tracks[m.id], controls[m.id])
    return Forecast(
        regimen=regimen,
        setup=on,
        people=people,
        tracks=tracks,
        controls=controls,
        indices=indices,
        outcomes={o.id: summed(o, tracks, indices, on, people) for o in OUTCOMES},
    )


def summed(
    o: Outcome,
    tracks: Mapping[str, Track],
    indices: Mapping[str, Index],
    on: Setup,
    people: Cohort,
) -> Spread:
    """Return one outcome with the parts of its spread."""
    return spread({m: o.value(tracks[m], indices[m]) for m in tracks}, on.weights, people)
