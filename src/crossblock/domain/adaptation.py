"""Adaptation to repeated use: the numbers of the slow system, and why an effect may be lost.

Rival explanations of a lost effect are kept side by side, because the controlled data cannot tell
them apart: a projection never rests on one tolerance constant.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from crossblock.domain.mechanism import Constants


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
class Adaptation(Constants):
    """Every number of the slow system, whose states are such as "A" or "C"."""

    KIND: ClassVar[str] = "adaptation"
