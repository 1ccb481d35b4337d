"""An estimand: which difference is meant, in whom, whatever else may happen to them."""

from __future__ import annotations

from typing import Literal

from crossblock.domain.model import Id, Label, Many, Model, Some, Text

Strategy = Literal[
    "treatment policy",
    "hypothetical",
    "composite",
    "while on treatment",
    "principal stratum",
]


class IntercurrentEvent(Model):
    """Something that happens after randomization and changes what a rating means."""

    event: Text
    strategy: Strategy
    handling: Text
    """What the analysis does with it, in words."""


class Estimand(Model):
    """Test condition minus reference condition, for these endpoints, in this population."""

    id: Id
    label: Label
    test: Id
    """Condition id."""
    reference: Id
    """Condition id. Equal to `test` only in a single-arm study (change from baseline)."""
    endpoints: Some[Id]
    population: Text
    measure: Literal["mean difference", "change from baseline", "blockade fraction"] = (
        "mean difference"
    )
    intercurrent: Many[IntercurrentEvent] = ()
