"""How many people: planned, enrolled, studied and completed are different numbers."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from crossblock.domain.model import Model
from crossblock.domain.source import Sourced

Count = Annotated[int, Field(ge=1, le=100_000)]


class Participants(Model):
    """Numbers of participants. A running study knows `planned` only."""

    planned: Sourced[Count] | None = None
    enrolled: Sourced[Count] | None = None
    """Signed in, whether or not they were ever dosed."""
    studied: Sourced[Count] | None = None
    """Received at least one condition (at an interim: were looked at)."""
    completed: Sourced[Count] | None = None
    """Received every condition of their sequence."""
