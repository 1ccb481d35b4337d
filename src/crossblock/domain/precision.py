"""Precision of the blockade fraction under a design: what its 95 % intervals will look like."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Precision:
    """Widths, bounds and range as fractions (0.30 is 30 percentage points).

    at_truth       width of Fieller's set when every estimate is the truth
    median_width   half of the intervals are narrower; unbounded ones count as infinitely wide
    mean_width     mean over the bounded intervals
    bounded        share of intervals that are bounded
    coverage       share that hold the true fraction
    low, high      2.5 and 97.5 % quantiles of the estimated fraction: the sampling range
    above_none     share of intervals that exclude "nothing is blocked" (0)
    below_all      share that exclude "everything is blocked" (1)
    """

    fraction: float
    df: float
    at_truth: float
    median_width: float
    mean_width: float
    bounded: float
    coverage: float
    low: float
    high: float
    above_none: float
    below_all: float
