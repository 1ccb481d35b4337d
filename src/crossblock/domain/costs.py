"""What a study costs, where somebody says so: the plan trades it against information."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from crossblock.domain.model import Model
from crossblock.domain.source import Sourced

Money = Annotated[float, Field(ge=0, le=1e12)]


class Costs(Model):
    """Costs in one currency (ISO 4217 code)."""

    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
    fixed: Sourced[Money] | None = None
    per_participant: Sourced[Money] | None = None
    per_session: Sourced[Money] | None = None
    per_visit: Sourced[Money] | None = None
