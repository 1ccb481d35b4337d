"""The randomization scheme: how participants come to their sequence."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from crossblock.domain.model import Id, Label, Many, Model, Note, Some
from crossblock.domain.source import Sourced

Method = Literal["permuted blocks", "simple", "balanced", "minimization", "fixed order", "none"]


class Stratum(Model):
    """A factor within whose levels the allocation is balanced."""

    id: Id
    label: Label | None = None
    levels: Some[Id]


class Scheme(Model):
    """How the list is made. The list itself, and its block sizes if secret, live elsewhere."""

    method: Sourced[Method]
    ratio: Many[Annotated[int, Field(ge=1, le=100)]] = ()
    """Participants per sequence, in the order of the sequences; left out for equal shares."""
    block_sizes: Many[Annotated[int, Field(ge=2, le=1000)]] = ()
    strata: Many[Stratum] = ()
    note: Note = ""
