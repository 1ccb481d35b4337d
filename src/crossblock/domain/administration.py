"""An administration: one drug, blocker or placebo, given once or on a schedule in a period."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from crossblock.domain.dimension import Amount, Time
from crossblock.domain.dose import Dose, Route
from crossblock.domain.model import Id, Label, Model, Note, refusal
from crossblock.domain.source import Sourced

Way = Annotated[Route, Field(strict=False)]


class Repeat(Model):
    """The same dose again within one period, `count` times in all, counted from the first start."""

    every: Sourced[Time]
    count: Sourced[Annotated[int, Field(ge=2, le=1000)]]


class Administration(Model):
    """What is given, how much, by which route, when and for how long."""

    id: Id
    label: Label
    role: Literal["drug", "blocker", "comparator", "placebo"]
    """drug: the agent under test. blocker: the antagonist. comparator: an active control."""
    compound: Id | None = None
    """A file of catalog/compounds; a placebo has none."""
    vehicle: Label | None = None
    """What a placebo is made of: saline, capsule."""
    in_place_of: Id | None = None
    """The administration whose look a placebo or comparator takes."""
    dose: Sourced[Amount] | None = None
    route: Sourced[Way]
    start: Sourced[Time]
    """Counted from the protocol's time_zero; negative is before it."""
    duration: Sourced[Time] | None = None
    """Length of an infusion; left out when given at once."""
    repeat: Repeat | None = None
    note: Note = ""

    @model_validator(mode="after")
    def _whole(self) -> Administration:
        active = self.role != "placebo"
        if active and (self.compound is None or self.dose is None):
            missing = " and ".join(k for k in ("compound", "dose") if getattr(self, k) is None)
            raise refusal(
                f"a {self.role} without its {missing}",
                why="an exposure cannot be computed without it",
                fix='add the key, or set role = "placebo"',
            )
        if not active and self.compound is not None:
            raise refusal(
                "a placebo has a compound",
                why="a placebo holds nothing that acts",
                fix='write vehicle = "…" instead, or change the role',
            )
        if self.duration is not None and self.duration.value.value < 0:
            raise refusal(
                "an infusion ends before it starts",
                why="the duration is negative",
                fix="write a duration of 0 or more",
            )
        if self.repeat is not None and self.repeat.every.value.value <= 0:
            raise refusal(
                "repeated doses go backward in time",
                why="the interval between doses is not positive",
                fix="write repeat.every as a time above 0",
            )
        return self

    @property
    def start_h(self) -> float:
        """Hours from time_zero to the first dose."""
        return self.start.value.value

    @property
    def duration_h(self) -> float:
        """Hours one dose lasts; 0 when given at once."""
        return self.duration.value.value if self.duration else 0.0

    def doses(self) -> tuple[Dose, ...]:
        """Return every dose of one period, in hours from time_zero; a placebo gives none."""
        if self.dose is None or self.compound is None:
            return ()
        count, every = 1, 0.0
        if self.repeat is not None:
            count, every = self.repeat.count.value, self.repeat.every.value.value
        return tuple(
            Dose(
                start_h=self.start_h + k * every,
                amount=self.dose.value.value,
                route=self.route.value,
                duration_h=self.duration_h,
                per_kg=self.dose.value.unit == "mg/kg",
            )
            for k in range(count)
        )
