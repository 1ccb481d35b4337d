"""A dose: how much of a compound enters whom, by which route, when and for how long."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from crossblock.core.errors import InputError, Problem, shorten


class Route(StrEnum):
    """Ways in. Which of them a parameter set can serve, the set says."""

    IV = "iv"
    ORAL = "oral"
    IM = "im"
    DEPOT = "im-depot"
    NASAL = "nasal"
    SUBLINGUAL = "sublingual"
    BUCCAL = "buccal"
    SUBCUTANEOUS = "subcutaneous"

    @property
    def words(self) -> str:
        """Return the way in as a reader says it: "by mouth"."""
        return WAYS[self]


WAYS = {
    Route.IV: "into a vein",
    Route.ORAL: "by mouth",
    Route.IM: "into a muscle",
    Route.DEPOT: "as a depot injection",
    Route.NASAL: "into the nose",
    Route.SUBLINGUAL: "under the tongue",
    Route.BUCCAL: "inside the cheek",
    Route.SUBCUTANEOUS: "under the skin",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Dose:
    """One dose. `start_h` counts from the time origin of the caller; `duration_h` 0 is a bolus.

    `amount` is in mg, or in mg/kg when `per_kg`; it must be finite and not negative.
    """

    start_h: float
    amount: float
    route: Route
    duration_h: float = 0.0
    per_kg: bool = False

    def __post_init__(self) -> None:
        wrong = [
            _problem(self, name, value, why)
            for name, value, bad, why in (
                ("start", self.start_h, not math.isfinite(self.start_h), "a time is finite"),
                ("amount", self.amount, not 0 <= self.amount < math.inf, "a dose is 0 or more"),
                (
                    "duration",
                    self.duration_h,
                    not 0 <= self.duration_h < math.inf,
                    "an infusion does not end before it starts",
                ),
            )
            if bad
        ]
        if wrong:
            raise InputError(*wrong)

    def mg(self, weight_kg: Any) -> Any:
        """Return the amount in mg for a person or people of `weight_kg`."""
        return self.amount * weight_kg if self.per_kg else self.amount


def check_durations(doses: Iterable[Dose]) -> None:
    """Refuse doses that last although their route has an absorption of its own."""
    wrong = [
        Problem(
            what=f"a dose by the {d.route} route cannot last {d.duration_h:g} h",
            where=f"dose at {d.start_h:g} h",
            why="only an intravenous dose is infused; other routes have their absorption",
            fix="drop the duration or change the route to iv",
        )
        for d in doses
        if d.duration_h > 0 and d.route is not Route.IV
    ]
    if wrong:
        raise InputError(*wrong)


def _problem(dose: Dose, name: str, value: float, why: str) -> Problem:
    return Problem(
        what=f"the {name} of a dose cannot be used",
        where=f"dose at {dose.start_h} h",
        value=shorten(value),
        why=why,
        fix=f"give the {name} as a finite number that is not negative",
    )
