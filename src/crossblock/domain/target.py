"""A target: a published figure that a model is fitted to, or that it must predict unseen."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from crossblock.domain.compound import Source
from crossblock.domain.fact import Confidence


class Use(StrEnum):
    """What a target is for. Nothing may serve both."""

    FIT = "fit"
    HELD_OUT = "held out"


@dataclass(frozen=True, kw_only=True, slots=True)
class Target:
    """One figure: `value` with its standard `error` in `unit`, in `words`, and where it stands."""

    id: str
    words: str
    value: float
    error: float
    unit: str
    use: Use
    source: Source
    confidence: Confidence
    note: str = ""
