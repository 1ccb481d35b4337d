"""Results: numbers with their method, degrees of freedom, diagnostics and warnings.

Statistical methods return these; reports draw them. A `Result` cites itself: `Method` carries the
words and the references that the report's methods paragraph and bibliography are made of, so that
what is printed is what ran.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Outcome(StrEnum):
    """How a fit ended. A closed set; each value is a sentence a reader can act on."""

    SETTLED = "settled"
    BOUNDARY = (
        "a variance component is at its lower bound of 0; read the marginal fit beside this one"
    )
    NOT_SETTLED = (
        "the likelihood did not settle; try a simpler covariance or look for a participant "
        "whose ratings are all equal"
    )
    RANK_DEFICIENT = "some effects cannot be told apart in this design; drop or merge one of them"
    NO_VARIATION = "the scores do not vary, so there is nothing to estimate a variance from"
    TOO_FEW = "too few participants for the degrees of freedom that this model needs"


@dataclass(frozen=True, kw_only=True, slots=True)
class Reference:
    """A source that a method or a number rests on."""

    key: str
    text: str
    doi: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Method:
    """What ran, in words for the methods paragraph, with its references.

    `sentence` is a full sentence in the past tense ("The difference was estimated by ...").
    """

    name: str
    sentence: str
    references: tuple[Reference, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Estimate:
    """One estimate with its uncertainty.

    `df` is infinite for a normal reference. `lower`/`upper` may be infinite: an unbounded interval
    is reported as such and never cut. `None` means "not defined here" and is never a number.
    """

    label: str
    value: float
    se: float | None = None
    df: float | None = None
    statistic: float | None = None
    p: float | None = None
    lower: float = -math.inf
    upper: float = math.inf
    level: float = 0.95
    unit: str = "points"
    n: int = 0
    n_by_sequence: Mapping[str, int] = field(default_factory=dict)
    model: str = ""
    method: Method | None = None
    outcome: Outcome = Outcome.SETTLED
    warnings: tuple[str, ...] = ()
    info: Mapping[str, object] = field(default_factory=dict)
