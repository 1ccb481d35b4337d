"""What every forecast of a run shares: mechanisms and their weights, numbers, horizon, people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from crossblock.core.errors import InputError, Problem
from crossblock.domain.adaptation import Adaptation, Loss
from crossblock.domain.compound import Compound
from crossblock.domain.mechanism import Mechanism

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
            Problem(
                what="too few people to draw",
                value=str(count),
                why="four reasons of a lost effect need ten people each",
                fix="draw at least 40",
            )
        )
    return problems
