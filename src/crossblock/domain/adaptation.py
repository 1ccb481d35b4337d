"""Adaptation to repeated use: the numbers of the slow system, and why an effect may be lost.

Rival explanations of a lost effect are kept side by side, because the controlled data cannot tell
them apart: a projection never rests on one tolerance constant.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from crossblock.core.errors import CatalogError, Problem, shorten
from crossblock.domain.compound import Source
from crossblock.domain.mechanism import MechanismParameter

LN2 = math.log(2.0)


class Loss(StrEnum):
    """Rival explanations of a lost effect. Each is a sentence about what would be true."""

    ILLNESS = "illness"
    CEILING = "ceiling"
    TOLERANCE = "tolerance"
    SENSITIZATION = "sensitization"

    @property
    def claim(self) -> str:
        return CLAIMS[self]


CLAIMS = {
    Loss.ILLNESS: "The drug keeps its effect; the illness comes back or grows, in some more often.",
    Loss.CEILING: "The drug keeps its effect but cannot go beyond a personal limit; when the "
    "illness grows, more drug does not help.",
    Loss.TOLERANCE: "Each session does a little less than the one before, and recovers with time "
    "off the drug.",
    Loss.SENSITIZATION: "Each session makes the next a little stronger, for mood and for wanting.",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Adaptation:
    """Every number of the slow system with its prior, spread between people and source."""

    id: str
    title: str
    parameters: Mapping[str, MechanismParameter]
    sources: tuple[Source, ...] = ()

    def __getitem__(self, symbol: str) -> float:
        return self.parameter(symbol).value

    def parameter(self, symbol: str) -> MechanismParameter:
        """Return one number with its source; CatalogError names the known ones."""
        if symbol in self.parameters:
            return self.parameters[symbol]
        raise CatalogError(
            Problem(
                what="the slow system has no number of this name",
                where=f"adaptation {self.id}",
                value=shorten(symbol),
                fix=f"use one of: {', '.join(self.parameters)}",
            )
        )

    def with_values(self, **values: float) -> Adaptation:
        """Return the system with other values; priors and sources stay as they are."""
        changed = {s: replace(self.parameter(s), value=float(v)) for s, v in values.items()}
        return replace(self, parameters={**self.parameters, **changed})

    def rate(self, state: str) -> float:
        """Return k = ln 2 / half-life in 1/h of a slow state, such as "A" or "C"."""
        return LN2 / self[f"half_life_{state}"]

    @property
    def amber(self) -> tuple[str, ...]:
        """Name every assumed or remembered number that is not 0."""
        return tuple(
            f"{p.symbol} = {p.value:g} {p.unit} ({p.confidence})"
            for p in self.parameters.values()
            if p.confidence.amber and p.value != 0.0
        )
