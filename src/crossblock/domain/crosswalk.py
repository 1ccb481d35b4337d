"""A crosswalk: which score of one scale goes with which score of another, and how surely.

A conversion table equates scales over many people. For one person it carries the error of both
measurements, so a conversion is an interval and is never given without it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from statistics import NormalDist

from crossblock.core.errors import CatalogError, Problem, RatingsError, shorten
from crossblock.domain.fact import Fact

Span = tuple[float, float]


@dataclass(frozen=True, kw_only=True, slots=True)
class Conversion:
    """A score carried over: the middle of the table's range, that range, and the interval.

    `low` and `high` are the scores that the table gives; `lower` and `upper` widen them by the
    measurement error of both scales at `level`.
    """

    source: str
    target: str
    given: float
    value: float
    low: float
    high: float
    error: float
    lower: float
    upper: float
    level: float
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Crosswalk:
    """A conversion table: each row holds one span of scores per instrument, rows in rising order.

    `error` is the standard error of measurement of each instrument, in its own points.
    """

    id: str
    name: str
    instruments: tuple[str, ...]
    rows: tuple[Mapping[str, Span], ...]
    error: Mapping[str, float]
    facts: Mapping[str, Fact]
    sources: Mapping[str, str]
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        problems = [p for name in self.instruments for p in _column_problems(self, name)]
        if problems:
            raise CatalogError(*problems)

    def range(self, instrument: str) -> Span:
        """Return the lowest and highest score that the table knows of an instrument."""
        return self.rows[0][instrument][0], self.rows[-1][instrument][1]

    def convert(self, value: float, source: str, target: str, level: float = 0.95) -> Conversion:
        """Return `value` of the source scale on the target scale, with its interval.

        error = sqrt(e_t² + (b e_s)²), in points of the target, with e_s and e_t the standard errors
        of measurement and b the slope of the table at that place (delta method); the interval is
        [low - z error, high + z error] within the range of the target. Raises RatingsError for an
        instrument or a score that the table does not have.
        """
        self._known(source)
        self._known(target)
        first, last = self.range(source)
        inside = math.isfinite(value) and first <= value <= last
        # Between two whole scores (a prorated total) the lower row holds until the next begins.
        at = [i for i, row in enumerate(self.rows) if inside and row[source][0] <= value]
        if not at:
            raise RatingsError(
                Problem(
                    what="the table has no such score",
                    where=f"crosswalk {self.id}, {source}",
                    value=f"{value:g}",
                    why=f"it runs from {first:g} to {last:g}",
                    fix="check for a typing error or a score of another version of the scale",
                )
            )
        start = self.rows[at[-1]][source][0]
        held = [i for i in at if self.rows[i][source][0] == start]
        low, high = self.rows[held[0]][target][0], self.rows[held[-1]][target][1]
        b = self._slope(held[0], held[-1], source, target)
        error = math.hypot(self.error[target], b * self.error[source])
        z = NormalDist().inv_cdf((1 + level) / 2)
        bottom, top = self.range(target)
        return Conversion(
            source=source,
            target=target,
            given=value,
            value=(low + high) / 2,
            low=low,
            high=high,
            error=error,
            lower=max(bottom, low - z * error),
            upper=min(top, high + z * error),
            level=level,
            notes=self.notes,
        )

    def _slope(self, first: int, last: int, source: str, target: str) -> float:
        """Return d target / d source between the rows around `first` and `last`."""
        below, above = self.rows[max(first - 1, 0)], self.rows[min(last + 1, len(self.rows) - 1)]
        rise = sum(above[target]) - sum(below[target])
        run = sum(above[source]) - sum(below[source])
        return rise / run

    def _known(self, instrument: str) -> None:
        if instrument not in self.instruments:
            raise RatingsError(
                Problem(
                    what="the table does not hold this instrument",
                    where=f"crosswalk {self.id}",
                    value=shorten(instrument),
                    fix="use one of: " + ", ".join(self.instruments),
                )
            )


def _column_problems(walk: Crosswalk, name: str) -> list[Problem]:
    """A column must be filled, rise, and leave no whole score out; two rows may share a span."""
    where = f"crosswalk {walk.id}, {name}"
    if any(name not in row for row in walk.rows) or name not in walk.error:
        return [
            Problem(
                what="an instrument lacks a span in some row, or its measurement error",
                where=where,
                fix="give every row and [error] an entry for every instrument",
            )
        ]
    problems = []
    spans = [row[name] for row in walk.rows]
    for before, after in zip([(0.0, spans[0][0] - 1), *spans], spans):
        follows = after[0] == before[1] + 1 or after == before
        if after[1] < after[0] or not follows:
            problems.append(
                Problem(
                    what="the spans do not follow each other without gap",
                    where=where,
                    value=f"{before[0]:g} to {before[1]:g}, then {after[0]:g} to {after[1]:g}",
                    fix="list rows upward; each span starts one point above the one before",
                )
            )
    return problems
