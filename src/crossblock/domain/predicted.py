"""Predicted figures: what a model expects of a study, beside what was found."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

LEAST = 0.05  # chance that must have been given to what happened


class Fate(StrEnum):
    """How a prediction fared. A closed set."""

    INSIDE = "inside"
    OUTSIDE = "outside"
    NOT_OBSERVED = "no figure published"


@dataclass(frozen=True, kw_only=True, slots=True)
class Predicted:
    """One figure of one study: middle and 95 % interval of its prediction, sampling included.

    `observed` is None until the outcome is read, or where nothing was published as a number. With
    the unit "probability", `middle` is the chance given to an event and `observed` is 1 or 0: the
    prediction failed where what happened had been given less than 5 %.
    """

    study: str
    title: str
    label: str
    unit: str
    middle: float
    low: float
    high: float
    observed: float | None = None
    cited: str = ""

    @property
    def fate(self) -> Fate:
        """Tell whether the observed figure lies inside the interval."""
        if self.observed is None:
            return Fate.NOT_OBSERVED
        if self.unit == "probability":
            given = self.middle if self.observed == 1.0 else 1.0 - self.middle
            return Fate.INSIDE if given >= LEAST else Fate.OUTSIDE
        return Fate.INSIDE if self.low <= self.observed <= self.high else Fate.OUTSIDE
