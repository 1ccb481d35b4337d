"""Odds over rival mechanisms, and which of them the data tell apart."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class OddsRow:
    """One rival: prior and posterior probability, its Monte Carlo range, and its log evidence."""

    label: str
    prior: float
    probability: float
    low: float
    high: float
    log_evidence: float
    error: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Odds:
    """Every rival, in the order of its label."""

    rows: tuple[OddsRow, ...]

    def of(self, label: str) -> OddsRow:
        return next(r for r in self.rows if r.label == label)

    @property
    def most(self) -> OddsRow:
        """Return the rival with the highest probability."""
        return max(self.rows, key=lambda r: r.probability)


@dataclass(frozen=True, kw_only=True, slots=True)
class Parted:
    """One pair of rivals: log Bayes factor of the first over the second, its Monte Carlo error."""

    first: str
    second: str
    log_bayes_factor: float
    error: float
    told_apart: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class ShareShift:
    """How far a receptor's share of the opioid signal moved from its prior."""

    mechanism: str
    symbol: str
    prior_mean: float
    prior_sd: float
    mean: float
    sd: float
    distinguished: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Separation:
    """What would tell two rivals apart: an observable, the design that shows it, and how well.

    `apart` is the distance of the two predictions in units of what one such study of `people`
    cannot see (prediction spread and sampling error together): 2 is seen almost surely, 0.5 hardly
    ever. `first_value`, `second_value` are the predictions.
    """

    first: str
    second: str
    observable: str
    design: str
    people: int
    first_value: float
    second_value: float
    apart: float
