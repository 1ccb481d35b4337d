"""The interim rule: when the trial is looked at, and what would stop it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from crossblock.domain.model import Id, Many, Model, Note, Some, refusal
from crossblock.domain.source import Sourced

Boundary = Literal[
    "O'Brien-Fleming", "Pocock", "Hwang-Shih-DeCani", "Kim-DeMets", "fixed", "judgment"
]
Scale = Literal[
    "two-sided p", "one-sided p", "z", "conditional power", "predictive power", "points", "fraction"
]


class StoppingRule(Model):
    """One reason to stop, with its own endpoint and threshold.

    A spending boundary needs no threshold (it follows from alpha and the looks); `fixed` needs one;
    `judgment` says that people decided without a number.
    """

    purpose: Literal["efficacy", "futility", "harm"]
    endpoint: Id
    boundary: Sourced[Boundary]
    threshold: Sourced[float] | None = None
    scale: Scale | None = None
    alpha: Sourced[Annotated[float, Field(gt=0, lt=1)]] | None = None
    note: Note = ""

    @model_validator(mode="after")
    def _fixed_has_threshold(self) -> StoppingRule:
        if self.boundary.value == "fixed" and (self.threshold is None or self.scale is None):
            raise refusal(
                "a fixed stopping rule without its threshold or scale",
                why="nobody could apply it",
                fix='add threshold and scale, or set boundary = "judgment"',
            )
        return self


class Interim(Model):
    """Planned looks at the data before the end."""

    looks: Some[Sourced[Annotated[int, Field(ge=2, le=100_000)]]]
    """Numbers of participants at which the data are looked at, ascending."""
    counts: Literal["studied", "completed"]
    """What the looks count: people who entered, or people who completed every period."""
    rules: Many[StoppingRule] = ()
    note: Note = ""
