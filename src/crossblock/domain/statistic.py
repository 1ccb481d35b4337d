"""The statistics that published evidence is stated in, and which values each can take.

A word of the column `statistic` ("mean", "sd_of_change", "F(1,74)") becomes a `Statistic`: its
kind decides what a value may be, and whether two values of one figure contradict each other.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum


class Kind(StrEnum):
    """What sort of number a statistic is."""

    LEVEL = "level"  # a point of its scale
    CHANGE = "change"  # a difference of two points of its scale
    SPREAD = "spread"
    SHARE = "share"
    COUNT = "count"
    TEST = "test"
    P = "p"
    CORRELATION = "correlation"
    RATIO = "ratio"
    FREE = "free"
    WORDS = "words"


KINDS: dict[str, Kind] = {
    "mean": Kind.LEVEL,
    "median": Kind.LEVEL,
    "mean_change": Kind.CHANGE,
    "mean_difference": Kind.CHANGE,
    "median_difference": Kind.CHANGE,
    "paired_mean_difference": Kind.CHANGE,
    "sd": Kind.SPREAD,
    "sd_of_change": Kind.SPREAD,
    "paired_difference_sd": Kind.SPREAD,
    "response_rate": Kind.SHARE,
    "remission_rate": Kind.SHARE,
    "remission_rate_lower_bound": Kind.SHARE,
    "relapse_rate": Kind.SHARE,
    "rate": Kind.SHARE,
    "incidence": Kind.SHARE,
    "relative_reduction": Kind.FREE,  # a blocker may worsen or overshoot: below 0 or above 1
    "n": Kind.COUNT,
    "responders": Kind.COUNT,
    "F": Kind.TEST,
    "t": Kind.TEST,
    "paired_t": Kind.TEST,
    "p": Kind.P,
    "p_upper_bound": Kind.P,
    "correlation": Kind.CORRELATION,
    "within_person_correlation": Kind.CORRELATION,
    "odds_ratio": Kind.RATIO,
    "hazard_ratio": Kind.RATIO,
    "ratio": Kind.RATIO,
    "ed50": Kind.RATIO,
    "half_life_bound": Kind.RATIO,
    "median_time": Kind.RATIO,
    "mean_time": Kind.RATIO,
    "total": Kind.RATIO,
    "time": Kind.RATIO,
    "cohens_d": Kind.FREE,
    "percent": Kind.FREE,
    "percent_change": Kind.FREE,
    "range": Kind.WORDS,
    "qualitative": Kind.WORDS,
}
REPEATABLE = frozenset({"percent", "qualitative"})  # single measurements and statements may differ
WITH_DF = re.compile(r"(F|t)\s*\(\s*([0-9.]+)\s*(?:,\s*([0-9.]+)\s*)?\)")
Span = tuple[float, float]


@dataclass(frozen=True, kw_only=True, slots=True)
class Statistic:
    """One statistic. `df`: degrees of freedom as printed, () where none stand beside it."""

    name: str
    kind: Kind
    df: tuple[float, ...] = ()

    @property
    def repeatable(self) -> bool:
        """Tell whether several values may stand for one figure without contradiction."""
        return self.name in REPEATABLE

    def __str__(self) -> str:
        return f"{self.name}({','.join(f'{d:g}' for d in self.df)})" if self.df else self.name


def parse(text: str) -> Statistic | None:
    """Return the statistic of a word such as "mean" or "F(1,74)"; None for an unknown one."""
    match = WITH_DF.fullmatch(text.strip())
    if match:
        df = tuple(float(d) for d in match.groups()[1:] if d is not None)
        return Statistic(name=match[1], kind=Kind.TEST, df=df)
    kind = KINDS.get(text.strip())
    return None if kind is None else Statistic(name=text.strip(), kind=kind)


def nearest(text: str) -> str:
    """Return advice for an unknown statistic."""
    close = get_close_matches(text, KINDS, n=1, cutoff=0.6)
    return f"did you mean {close[0]}?" if close else f"use one of: {', '.join(KINDS)}"


def impossible(statistic: Statistic, value: float, n: int | None, scale: Span | None) -> str:
    """Return why `value` cannot be this statistic, or "" when it can.

    `scale` is the range of the instrument in points (None: not known here). A spread on a scale of
    width w is at most w / 2 sqrt(n / (n - 1)), that of half the people at each end.
    """
    if not math.isfinite(value):
        return "it is not a finite number"
    rule = RULES.get(statistic.kind)
    return "" if rule is None else rule(statistic, value, n, scale)


def _level(statistic: Statistic, value: float, n: int | None, scale: Span | None) -> str:
    if scale is None or scale[0] <= value <= scale[1]:
        return ""
    return f"it lies outside the scale, {scale[0]:g} to {scale[1]:g} points"


def _change(statistic: Statistic, value: float, n: int | None, scale: Span | None) -> str:
    if scale is None or abs(value) <= scale[1] - scale[0]:
        return ""
    return f"the scale is only {scale[1] - scale[0]:g} points wide"


def _spread(statistic: Statistic, value: float, n: int | None, scale: Span | None) -> str:
    if value <= 0:
        return "a standard deviation of 0 says that everybody was equal; below 0 it is none"
    if scale is None or n is None or n < 2:
        return ""
    width = scale[1] - scale[0]
    most = (width if statistic.name == "sd" else 2 * width) / 2 * math.sqrt(n / (n - 1))
    return "" if value <= most else f"on this scale it is at most {most:.1f}"


def _share(statistic: Statistic, value: float, n: int | None, scale: Span | None) -> str:
    return "" if 0 <= value <= 1 else "a share lies between 0 and 1"


def _count(statistic: Statistic, value: float, n: int | None, scale: Span | None) -> str:
    if value < 0 or value != round(value):
        return "people are counted in whole numbers"
    if statistic.name == "responders" and n is not None and value > n:
        return f"more responders than the {n} people"
    return ""


def _test(statistic: Statistic, value: float, n: int | None, scale: Span | None) -> str:
    if statistic.name in {"F", "t"} and not statistic.df:
        return f"{statistic.name} says nothing without its degrees of freedom"
    if statistic.name == "F" and (len(statistic.df) != 2 or min(statistic.df) <= 0):
        return "F has two degrees of freedom, both above 0"
    return "F is never negative" if statistic.name == "F" and value < 0 else ""


def _p(statistic: Statistic, value: float, n: int | None, scale: Span | None) -> str:
    return "" if 0 <= value <= 1 else "a p value lies between 0 and 1"


def _correlation(statistic: Statistic, value: float, n: int | None, scale: Span | None) -> str:
    return "" if -1 <= value <= 1 else "a correlation lies between -1 and 1"


def _ratio(statistic: Statistic, value: float, n: int | None, scale: Span | None) -> str:
    return "" if value > 0 else "it must be above 0"


RULES = {
    Kind.LEVEL: _level,
    Kind.CHANGE: _change,
    Kind.SPREAD: _spread,
    Kind.SHARE: _share,
    Kind.COUNT: _count,
    Kind.TEST: _test,
    Kind.P: _p,
    Kind.CORRELATION: _correlation,
    Kind.RATIO: _ratio,
}
