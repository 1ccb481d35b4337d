"""Doses and times in words, the same on every page that plans."""

from __future__ import annotations

import math
from collections.abc import Sequence

from crossblock.domain.dose import Dose
from crossblock.report import number


def amount(value: float, per_kg: bool) -> str:
    """Return "50 mg", "0.1 mg/kg" or, where milligrams are too coarse, "5.7 µg/kg"."""
    unit, shown = ("mg", value) if value >= 0.01 or value == 0 else ("µg", 1000.0 * value)
    return f"{number.short(shown)} {unit}{'/kg' if per_kg else ''}"


def planned(value: float, per_kg: bool) -> str:
    """Return a computed dose to two digits: more would promise what the band does not keep."""
    return amount(float(f"{value:.2g}"), per_kg)


def given(doses: Sequence[Dose], name: str) -> str:
    """Return what was given in words: "50 mg of naltrexone by mouth", "30 doses of 50 mg …"."""
    kinds = dict.fromkeys((d.amount, d.per_kg, d.route) for d in doses)
    parts = []
    for kind in kinds:
        value, per_kg, route = kind
        n = sum((d.amount, d.per_kg, d.route) == kind for d in doses)
        times = f"{n} doses of " if n > 1 else ""
        parts.append(f"{times}{amount(value, per_kg)} of {name} {route.words}")
    return number.listed(parts)


def clock(hours: float) -> str:
    """Return a time a person would say: "45 min", "3.9 h", "9.1 days"; "no end" when infinite."""
    if math.isinf(hours):
        return "no end"
    size = abs(hours)
    if size < 1.95 and abs(60 * hours - round(60 * hours)) < 0.05 and size != int(size):
        return f"{number.fixed(60 * hours, 0)} min"
    if size < 0.95:
        return f"{number.fixed(60 * hours, 0)} min"
    if size < 72:
        return f"{_trimmed(hours)} h"
    return days(hours / 24.0)


def days(value: float) -> str:
    """Return "9.1 days", "40 days" or "no end"."""
    if math.isinf(value):
        return "no end"
    if 0.0 < value < 0.95:
        return f"{number.fixed(24.0 * value, 0)} h"
    return f"{number.fixed(value, 0) if value >= 20 else _trimmed(value)} days"


def day_band(band: tuple[float, float, float]) -> str:
    """Return "9.1 days (6.2 to 12.3)"; an unbounded end is said in words."""
    low, high = band[1], band[2]
    if low == high:
        return days(band[0])
    edge = "no upper end" if math.isinf(high) else _plain(high)
    return f"{days(band[0])} ({_plain(low)} to {edge})"


def span(start_h: float, stop_h: float) -> str:
    """Return "from 45 min to 85 min", or what is left of it when there is no end."""
    if math.isinf(stop_h):
        return f"from {clock(start_h)} on, without an end in sight"
    return f"from {clock(start_h)} to {clock(stop_h)}"


def _plain(value: float) -> str:
    return number.fixed(value, 0) if value >= 10 else _trimmed(value)


def _trimmed(value: float) -> str:
    return number.fixed(value, 1).removesuffix(".0")
