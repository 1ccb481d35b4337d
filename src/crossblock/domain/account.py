"""The account of the evidence: odds, fractions, checks and hold-out, as a page tells them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from crossblock.domain.odds import Odds, Parted, Separation, ShareShift
from crossblock.domain.predicted import Fate, Predicted
from crossblock.domain.weighed import WeighedStudy


@dataclass(frozen=True, kw_only=True, slots=True)
class MechanismRow:
    """One variant: its evidence, diagnostics, and the share of effect that the blocker removes.

    `share`: (middle, lower, upper) of the 95 % interval on day 1 in a typical study; `each` the log
    marginal contribution of every study weighed on top of the calibration.
    """

    id: str
    label: str
    title: str
    log_marginal: float
    error: float
    effective: float
    tempered: bool
    each: Mapping[str, float]
    share: tuple[float, float, float]


@dataclass(frozen=True, kw_only=True, slots=True)
class FractionRow:
    """The blockade fraction that one report leaves possible, under a uniform prior.

    `selected`: the study's selection of responders is part of the likelihood; False is the naive
    reading. `range_of_log_likelihood` over fractions 0 to 1: near 0 the report says nothing.
    """

    study: str
    id: str
    selected: bool
    middle: float
    low: float
    high: float
    most: float
    range_of_log_likelihood: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Check:
    """A fitted study against its own replicates."""

    study: str
    title: str
    figures: tuple[Predicted, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class HeldOut:
    """Predictions that were hashed before their outcomes were read."""

    split: str
    sha256: str
    figures: tuple[Predicted, ...]

    @property
    def failures(self) -> tuple[Predicted, ...]:
        return tuple(f for f in self.figures if f.fate is Fate.OUTSIDE)


@dataclass(frozen=True, kw_only=True, slots=True)
class LeftOut:
    """The odds without one study, calibrated anew where it was a calibrating one."""

    study: str
    odds: Odds


@dataclass(frozen=True, kw_only=True, slots=True)
class Account:
    """Everything that weighing the evidence says."""

    odds: Odds
    calibration_odds: Odds
    sensitivity: Mapping[str, Odds]
    pairs: tuple[Parted, ...]
    separations: tuple[Separation, ...]
    receptors: tuple[ShareShift, ...]
    mechanisms: tuple[MechanismRow, ...]
    fractions: tuple[FractionRow, ...]
    checks: tuple[Check, ...]
    held_out: tuple[HeldOut, ...]
    left_out: tuple[LeftOut, ...]
    studies: tuple[WeighedStudy, ...]
    particles: int
