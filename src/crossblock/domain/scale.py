"""Items, and the declarative rules that turn answers into scores.

A `Scale` names what is added up (items, or scales defined before it) and how: `sum`, `max` or
`count`. Scoring is data, so that a new instrument is a file; and it is written once, over arrays
with the items on the last axis, so that one rating and a million virtual ones take the same path.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from crossblock.core.errors import CatalogError, Problem

Values = NDArray[np.float64]
Mask = NDArray[np.bool_]


class RuleKind(StrEnum):
    """What a scale does with its operands."""

    SUM = "sum"
    MAX = "max"
    COUNT = "count"


class MissingRule(StrEnum):
    """What an unanswered item does to a score."""

    REFUSE = "refuse"
    PRORATE = "prorate"
    ZERO = "zero"


@dataclass(frozen=True, kw_only=True, slots=True)
class Gate:
    """The condition under which an item is asked: an earlier item reached `at_least`."""

    item: str
    at_least: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Item:
    """One question or observation.

    Answers are integers from `minimum` to `maximum`, or exactly the numbers in `values` when the
    steps are irregular (DUDIT 0, 2, 4), or any number in the range when `continuous` (a visual
    analog scale, a blood pressure). A `text` item is kept and never scored. An item behind a gate
    (`asked_if`) that was rightly not asked counts as its lowest answer. `label` and `anchors` are
    our own words; an owner's wording comes in as a site overlay.
    """

    id: str
    number: int
    label: str
    minimum: float = 0.0
    maximum: float = 0.0
    values: tuple[float, ...] = ()
    anchors: Mapping[float, str] = field(default_factory=dict)
    continuous: bool = False
    text: bool = False
    unit: str = ""
    suicide: bool = False
    asked_if: Gate | None = None
    loinc: str = ""

    @property
    def lowest(self) -> float:
        """The smallest allowed answer."""
        return min(self.values) if self.values else self.minimum

    @property
    def highest(self) -> float:
        """The largest allowed answer."""
        return max(self.values) if self.values else self.maximum

    @property
    def allowed(self) -> str:
        """The allowed answers in words, for forms and error texts."""
        if self.values:
            return "one of " + ", ".join(f"{v:g}" for v in self.values)
        unit = f" {self.unit}" if self.unit else ""
        kind = "a number" if self.continuous else "a whole number"
        return f"{kind} from {self.minimum:g} to {self.maximum:g}{unit}"

    def allows(self, x: float) -> bool:
        """Tell whether one number is an allowed answer."""
        return bool(self.accepts(np.array(x)))

    def accepts(self, x: Values) -> Mask:
        """Return True where `x` (any shape) is an allowed answer."""
        if self.values:
            return np.isin(x, self.values)
        inside = np.isfinite(x) & (x >= self.minimum) & (x <= self.maximum)
        return inside if self.continuous else inside & (x == np.floor(x))


@dataclass(frozen=True, kw_only=True, slots=True)
class Band:
    """A named part of a score's range, both ends included."""

    name: str
    minimum: float
    maximum: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Missing:
    """What unanswered items do: refuse, prorate up to `most` of them, or count as the lowest.

    Prorating spreads the answered share of the attainable range over the unanswered items:
    score = L + (s - l) (U - L) / (u - l), with [L, U] the scale's range and [l, u] the range of the
    items that were answered. With equal item ranges this is the mean of the answered items times
    the number of items; with unequal ranges it cannot leave the scale.
    """

    rule: MissingRule = MissingRule.REFUSE
    most: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Scale:
    """One score: a rule over items or earlier scales, or a total that is only reported.

    sum    sum of weight x operand;  max  largest weight x operand;  count  operands >= at_least.
    Without operands the scale is totals-only: it can be checked and banded, never computed.
    """

    id: str
    name: str
    minimum: float
    maximum: float
    rule: RuleKind = RuleKind.SUM
    of: tuple[str, ...] = ()
    weights: tuple[float, ...] = ()
    at_least: float = 0.0
    bands: tuple[Band, ...] = ()
    lower_is_better: bool | None = True
    whole: bool = True
    loinc: str = ""

    @property
    def totals_only(self) -> bool:
        return not self.of

    @property
    def factors(self) -> tuple[float, ...]:
        """The weight of every operand, 1 where none is given."""
        return self.weights or (1.0,) * len(self.of)

    def band(self, value: float) -> str:
        """Return the name of the band that holds `value`; "" where the scale has no bands.

        A prorated score may fall between two whole-number bands: it belongs to the lower one
        until it reaches the next.
        """
        name = ""
        for band in self.bands:
            if value >= band.minimum:
                name = band.name
        return name

    def attainable(self, lowest: Sequence[float], highest: Sequence[float]) -> tuple[float, float]:
        """Return the range that the rule can reach from its operands' ranges."""
        if self.rule is RuleKind.COUNT:
            sure = sum(low >= self.at_least for low in lowest)
            return float(sure), float(sum(high >= self.at_least for high in highest))
        ends = [sorted((w * a, w * b)) for w, a, b in zip(self.factors, lowest, highest)]
        if self.rule is RuleKind.MAX:
            return max(e[0] for e in ends), max(e[1] for e in ends)
        return sum(e[0] for e in ends), sum(e[1] for e in ends)


def combine(scale: Scale, columns: Sequence[Values]) -> Values:
    """Apply the rule of `scale` to its operands.

    sum: Σ w_j x_j;  max: max_j w_j x_j;  count: Σ [x_j >= c].
    columns: one array per operand, all of one shape (...,). Returns that shape, in points.
    """
    if scale.rule is RuleKind.COUNT:
        out = np.zeros(columns[0].shape)
        for x in columns:
            out += x >= scale.at_least
        return out
    out = np.array(columns[0] * scale.factors[0], dtype=np.float64)
    for w, x in zip(scale.factors[1:], columns[1:]):
        term = x if w == 1.0 else w * x
        if scale.rule is RuleKind.SUM:
            out += term
        else:
            np.maximum(out, term, out=out)
    return out


def leaves(scale: Scale, scales: Mapping[str, Scale]) -> tuple[str, ...]:
    """Return the ids of all items that `scale` rests on, directly or through other scales."""
    found: dict[str, None] = {}
    for name in scale.of:
        lower = scales.get(name) if name != scale.id else None  # a scale may be one item's own
        below = leaves(lower, scales) if lower is not None else (name,)
        found.update(dict.fromkeys(below))
    return tuple(found)


def check_scales(items: Sequence[Item], scales: Sequence[Scale], where: str) -> None:
    """Raise CatalogError, with every problem at once, unless rules, ranges and bands agree."""
    ranges = {i.id: (i.lowest, i.highest) for i in items if not i.text}
    problems: list[Problem] = []
    for scale in scales:
        at = f"{where}, scale {scale.id}"
        unknown = [name for name in scale.of if name not in ranges]
        if unknown:
            problems.append(
                Problem(
                    what="the rule names what is neither an item nor an earlier scale",
                    where=at,
                    value=", ".join(unknown),
                    why="scores are added up in the order of the file",
                    fix="name scored items of this file, or scales defined above this one",
                )
            )
        elif scale.weights and len(scale.weights) != len(scale.of):
            problems.append(
                Problem(
                    what=f"{len(scale.weights)} weights for {len(scale.of)} operands",
                    where=at,
                    why="each weight belongs to one operand",
                    fix="give one weight per operand, or none",
                )
            )
        elif scale.of:
            ends = [ranges[name] for name in scale.of]
            reach = scale.attainable([e[0] for e in ends], [e[1] for e in ends])
            if reach != (scale.minimum, scale.maximum):
                problems.append(
                    Problem(
                        what="the stated range is not the range that the rule can reach",
                        where=at,
                        value=f"stated {scale.minimum:g} to {scale.maximum:g}",
                        why=f"its operands reach {reach[0]:g} to {reach[1]:g}",
                        fix="correct the range, an item's range or the rule",
                    )
                )
        problems += _band_problems(scale, at)
        ranges[scale.id] = (scale.minimum, scale.maximum)
    if problems:
        raise CatalogError(*problems)


def _band_problems(scale: Scale, where: str) -> list[Problem]:
    """Bands must start at the minimum, end at the maximum, and leave no whole number out."""
    if not scale.bands:
        return []
    step = 1.0 if scale.whole else 0.0
    edge, wrong = scale.minimum - step, ""
    for band in scale.bands:
        if band.minimum != edge + step or band.maximum < band.minimum:
            wrong = wrong or band.name
        edge = band.maximum
    if not wrong and edge == scale.maximum:
        return []
    return [
        Problem(
            what="the bands do not cover the range without gap or overlap",
            where=where,
            value=wrong or f"last band ends at {edge:g}, the range at {scale.maximum:g}",
            why="every score belongs to exactly one band",
            fix="list bands upward; each starts one point above the end of the one before",
        )
    ]
