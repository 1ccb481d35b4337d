"""A visit: when it is due after time_zero or the drug, within which window, and what is rated."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from crossblock.domain.dimension import Time
from crossblock.domain.model import Id, Label, Many, Model, Note, Some
from crossblock.domain.source import Sourced

PeriodNumber = Annotated[int, Field(ge=1, le=32)]


class Window(Model):
    """The earliest and the latest time that still counts, from the same origin as the visit."""

    earliest: Time
    latest: Time


class Visit(Model):
    """One visit of every period, or only of the periods it names.

    A baseline taken once, before the first period, has `kind = "baseline"` and `periods = [1]`; its
    ratings are stored in period 1.
    """

    id: Id
    label: Label
    kind: Literal["baseline", "session", "outcome"]
    """baseline: before anything is given. session: while drugs act. outcome: after the drug."""
    after: Literal["time_zero", "drug"] = "time_zero"
    """What `time` counts from: the protocol's time_zero, or the start of the drug."""
    time: Sourced[Time]
    """When it is due; negative is before the origin."""
    window: Sourced[Window] | None = None
    periods: Some[PeriodNumber] | None = None
    """Periods in which it takes place, counted from 1; left out for every period."""
    instruments: Many[Id] = ()
    """What is rated here: files of catalog/instruments."""
    note: Note = ""

    def takes_place(self, period: int) -> bool:
        """Tell whether the visit belongs to `period` (counted from 1)."""
        return self.periods is None or period in self.periods
