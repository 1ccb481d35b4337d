"""The units that crossblock reads, from `units.txt`: exact factors, and what each one measures.

A unit is a factor times powers of base dimensions. Factors are exact fractions, so that a value is
rounded once, when it has arrived in canonical units, and never on the way.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from pathlib import Path

TABLE = Path(__file__).with_name("units.txt")


@dataclass(frozen=True, slots=True)
class Unit:
    """A product of units: its exact factor to the base units, and the power of each dimension."""

    factor: Fraction
    powers: Mapping[str, int]

    def times(self, other: Unit, sign: int) -> Unit:
        """Return this unit times `other` to the power `sign` (1 or -1)."""
        powers = dict(self.powers)
        for dimension, power in other.powers.items():
            powers[dimension] = powers.get(dimension, 0) + sign * power
        return Unit(self.factor * other.factor**sign, {d: p for d, p in powers.items() if p != 0})


NONE = Unit(Fraction(1), {})


@cache
def table() -> Mapping[str, Unit]:
    """Return every name and symbol of `units.txt` with its unit, each built from earlier ones."""
    found: dict[str, Unit] = {}
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        parts = [p.strip() for p in line.partition("#")[0].split("=")]
        if len(parts) > 1:
            unit = _product(parts[1], found)
            found |= {name: unit for name in (parts[0], *parts[2:]) if name != "_"}
    return found


def unit(expression: str) -> Unit:
    """Return the unit of a product such as "mL/nmol/min"; raise `KeyError` for an unknown name."""
    return _product(expression, table())


def converted(value: float, given: Unit, wanted: Unit) -> float | None:
    """Return `value` of `given` in `wanted`, rounded once; None where they measure other things.

    Raises `OverflowError` where the result is beyond the range of a float.
    """
    if given.powers != wanted.powers:
        return None
    return float(Fraction(value) * given.factor / wanted.factor)


def _product(expression: str, known: Mapping[str, Unit]) -> Unit:
    """Multiply out "24 * hour", "hour / 60" or "mL/nmol/min"."""
    whole, sign = NONE, 1
    for word in re.findall(r"[*/]|[^*/\s]+", expression):
        if word in "*/":
            sign = 1 if word == "*" else -1
        else:
            whole = whole.times(_factor(word, known), sign)
    return whole


def _factor(word: str, known: Mapping[str, Unit]) -> Unit:
    if word[0] in "0123456789.":
        return Unit(Fraction(word), {})
    return Unit(Fraction(1), {word: 1}) if word[0] == "[" else known[word]
