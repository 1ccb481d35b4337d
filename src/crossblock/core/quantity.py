"""A number with a unit: read at the door, converted once to canonical units, floats inside.

The text is checked against a small grammar before any unit library sees it, so that nothing but a
number and a short product of known units is ever parsed. Canonical units are h, L, mg, kg and
nmol/L; drug mass and body mass are different dimensions (see `units.txt`).
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from pathlib import Path

import pint

from crossblock.core.errors import Problem, QuantityError, shorten

LONGEST = 64
NUMBER = r"[+\-−]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+\-]?[0-9]{1,4})?"
UNIT = r"[A-Za-zµμ]{1,12}|%"
GRAMMAR = re.compile(rf"\s*({NUMBER})\s*((?:1|{UNIT})(?:[*/](?:{UNIT})){{0,3}})?\s*")
WORDS = {"days": "day", "hours": "hour", "minutes": "minute", "seconds": "second", "weeks": "week"}

# dimension -> canonical unit, and whether a negative value makes sense
DIMENSIONS: dict[str, tuple[str, bool]] = {
    "time": ("h", True),
    "drug mass": ("mg", False),
    "body mass": ("kg", False),
    "dose per body mass": ("mg/kg", False),
    "volume": ("L", False),
    "volume per body mass": ("L/kg", False),
    "mass concentration": ("mg/L", False),
    "molar concentration": ("nmol/L", False),
    "clearance": ("L/h", False),
    "clearance per body mass": ("L/h/kg", False),
    "rate": ("1/h", False),
    "binding rate": ("L/nmol/h", False),
    "infusion rate": ("mg/h", False),
    "infusion rate per body mass": ("mg/kg/h", False),
    "molar mass": ("mg/nmol", False),
    "score": ("point", True),
    "pressure": ("mmHg", False),
    "fraction": ("fraction", True),
}
GROUPS: dict[str, tuple[str, ...]] = {
    "dose": ("drug mass", "dose per body mass"),
    "mass": ("drug mass",),
    "concentration": ("mass concentration", "molar concentration"),
}
EXAMPLES = {
    "time": "45 min, 24 h or 14 d",
    "dose": "50 mg or 0.5 mg/kg",
    "body mass": "70 kg",
    "volume": "133 L",
    "clearance": "95.2 L/h",
    "rate": "2 1/h",
    "concentration": "185 ng/mL or 0.78 uM",
    "fraction": "0.05 or 5 %",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Quantity:
    """A finite number in canonical units. `text` keeps what was written."""

    value: float
    unit: str
    dimension: str
    text: str = ""

    def __str__(self) -> str:
        return self.text or f"{self.value:g} {self.unit}"


@cache
def registry() -> pint.UnitRegistry[float]:
    """Return the unit registry made from `units.txt` alone."""
    return pint.UnitRegistry(str(Path(__file__).with_name("units.txt")))


@cache
def unit_names() -> tuple[str, ...]:
    """Return every unit name and symbol that may be written, sorted.

    Membership is tested here and not in the registry, which would also take plurals and prefixes.
    """
    return tuple(sorted(n for n in registry() if n.isascii() and "[" not in n))


def parse(text: object, *, dimension: str, where: str = "") -> Quantity:
    """Read "0.5 mg/kg" as a finite quantity of `dimension` in canonical units.

    `dimension` is a key of `DIMENSIONS` or of `GROUPS`. Raises `QuantityError` when the text is not
    a number with a known unit, is not finite, has another dimension, or is negative where that
    makes no sense.
    """
    number, unit = _split(text, dimension, where)
    value = float(number.replace("−", "-"))
    if not math.isfinite(value):
        raise _refuse("the number is too large to represent", text, where, dimension)
    return _convert(value, unit, dimension, where, str(text).strip())


def convert(value: float, unit: str, *, dimension: str, where: str = "") -> Quantity:
    """Return `value` in `unit` as a quantity of `dimension` in canonical units."""
    return parse(f"{value!r} {unit}", dimension=dimension, where=where)


def _split(text: object, dimension: str, where: str) -> tuple[str, str]:
    if not isinstance(text, str):
        if isinstance(text, int | float) and not isinstance(text, bool):
            raise _refuse("a number without its unit", text, where, dimension)
        raise _refuse("not a number with a unit", text, where, dimension)
    if len(text) > LONGEST:
        raise _refuse(f"longer than {LONGEST} characters", text, where, dimension)
    match = GRAMMAR.fullmatch(text)
    if match is None:
        raise _refuse(_reason(text), text, where, dimension)
    unit = (match[2] or "").replace("µ", "u").replace("μ", "u")
    if not unit and dimension != "fraction":
        raise _refuse("a number without its unit", text, where, dimension)
    return match[1], "/".join(WORDS.get(u, u) for u in unit.split("/")) or "fraction"


def _reason(text: str) -> str:
    word = text.strip().lower().split(" ")[0]
    if word.lstrip("+-") in {"nan", "inf", "infinity"}:
        return "not a finite number"
    odd = next((c for c in text if not c.isascii() and c not in "µμ−"), None)
    if odd is not None:
        return f"a character that only looks like a letter or digit (U+{ord(odd):04X})"
    return "not a number with a unit"


def _convert(value: float, unit: str, dimension: str, where: str, text: str) -> Quantity:
    ureg = registry()
    for part in re.split(r"[*/]", unit):
        if part != "1" and part not in unit_names():
            near = get_close_matches(part, unit_names(), n=1)
            hint = f"did you mean {near[0]}?" if near else f"units are {', '.join(unit_names())}"
            raise _refuse(f"unknown unit {shorten(part, 20)}", text, where, dimension, hint)
    given = ureg.Quantity(value, unit.replace("%", "percent"))
    for name in GROUPS.get(dimension, (dimension,)):
        canonical, signed = DIMENSIONS[name]
        if given.is_compatible_with(canonical):
            result = float(given.to(canonical).magnitude)
            if result < 0 and not signed:
                raise _refuse("a negative value makes no sense here", text, where, dimension)
            return Quantity(value=result, unit=canonical, dimension=name, text=text)
    raise _refuse(f"{unit} is not a unit of {dimension}", text, where, dimension)


def _refuse(what: str, value: object, where: str, dimension: str, fix: str = "") -> QuantityError:
    example = EXAMPLES.get(dimension) or EXAMPLES.get("dose", "")
    return QuantityError(
        Problem(
            what=what,
            where=where,
            value=shorten(value),
            why=f"a {dimension} is expected here",
            fix=fix or f"write it as {example}",
        )
    )
