"""The design: which sequence of conditions a participant goes through, and how far apart."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from crossblock.domain.dimension import Time
from crossblock.domain.model import Id, Label, Model, Some
from crossblock.domain.source import Sourced


class Sequence(Model):
    """One order of conditions; in a parallel study, one arm."""

    id: Id
    label: Label | None = None
    conditions: Some[Id]
    """Condition ids, one per period."""


class Design(Model):
    """Periods, sequences and washout. One period makes a parallel or a single-arm study."""

    periods: Annotated[int, Field(ge=1, le=32)]
    sequences: Some[Sequence]
    washout: Sourced[Time] | None = None
    """From time_zero of one period to time_zero of the next; needed with several periods."""

    @property
    def kind(self) -> Literal["crossover", "parallel", "single arm"]:
        """What trialists call it."""
        if self.periods > 1:
            return "crossover"
        return "parallel" if len(self.sequences) > 1 else "single arm"
