"""An endpoint: an instrument at a visit, with the family of effects it speaks for."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from crossblock.domain.model import Id, Label, Many, Model, Note
from crossblock.domain.source import Sourced

Family = Literal["efficacy", "suicidality", "dissociation", "opioid_like", "safety"]


class Endpoint(Model):
    """One endpoint. `opioid_like` covers liking, craving, euphoria and nausea."""

    id: Id
    label: Label
    instrument: Id
    """A file of catalog/instruments."""
    item: Id | None = None
    """A single item or sub-scale of the instrument, where the total is not meant."""
    family: Family
    role: Sourced[Literal["primary", "secondary", "exploratory"]]
    visit: Id
    """The visit at which it is first of all read."""
    also_at: Many[Id] = ()
    """Further visits at which it is read."""
    margin: Sourced[Annotated[float, Field(gt=0)]] | None = None
    """Difference in points that still counts as none: what "equivalent" means for it."""
    note: Note = ""

    @property
    def score(self) -> str:
        """Label of its scores in tables and batches: hamd17, or hamd17.item3 for an item."""
        return f"{self.instrument}.{self.item}" if self.item else self.instrument
