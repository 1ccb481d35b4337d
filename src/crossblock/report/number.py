"""How a number is written for people: real minus signs, thin spaces, intervals in words."""

from __future__ import annotations

import math

from crossblock.domain.result import Estimate

MINUS = "\u2212"
THIN = "\u202f"  # narrow no-break space: as thin as typographers ask, and never a line break
DASH = "\u2013"


def fixed(x: float, digits: int = 1) -> str:
    """Return `x` with `digits` decimals and a real minus sign; never "−0.0"."""
    text = f"{abs(x):.{digits}f}"
    negative = x < 0 and float(text) != 0
    return f"{MINUS}{text}" if negative else text


def signed(x: float, digits: int = 1) -> str:
    """Return `x` as `fixed`, with a plus sign when it is above zero."""
    text = fixed(x, digits)
    return f"+{text}" if x > 0 and float(text) != 0 else text


def short(x: float) -> str:
    """Return a count or a rounded quantity with no more than three digits that matter."""
    if x == 0 or not math.isfinite(x):
        return "0" if x == 0 else ("unbounded" if x > 0 else f"{MINUS}unbounded")
    digits = max(0, 2 - math.floor(math.log10(abs(x))))
    text = fixed(x, min(digits, 6))
    return text.rstrip("0").rstrip(".") if "." in text else text


def percent(fraction: float, digits: int = 0) -> str:
    """Return a fraction (0 to 1) as a percentage, with a thin space before the sign."""
    return f"{fixed(100 * fraction, digits)}{THIN}%"


def level(e: Estimate) -> str:
    """Return "95 % interval" for the level of this estimate."""
    return f"{short(100 * e.level)}{THIN}% interval"


def bounds(lower: float, upper: float, digits: int = 1) -> str:
    """Return "−10.9 to −2.6"; an unbounded side is said in words, never cut."""
    if math.isinf(lower) and math.isinf(upper):
        return "unbounded on both sides"
    if math.isinf(lower):
        return f"unbounded below, up to {fixed(upper, digits)}"
    if math.isinf(upper):
        return f"{fixed(lower, digits)} and up, unbounded above"
    return f"{fixed(lower, digits)} to {fixed(upper, digits)}"


def with_interval(e: Estimate, digits: int = 1) -> str:
    """Return "−6.8 (−10.9 to −2.6)"."""
    return f"{fixed(e.value, digits)} ({bounds(e.lower, e.upper, digits)})"


def probability(p: float) -> str:
    """Return a p value for a table column that stands beside its estimate and interval."""
    return "< 0.001" if p < 0.001 else fixed(p, 3)


def freedom(df: float | None) -> str:
    """Return degrees of freedom: whole when whole, one decimal when not, a word when infinite."""
    if df is None:
        return ""
    if math.isinf(df):
        return "infinite"
    return f"{df:.0f}" if abs(df - round(df)) < 0.05 else f"{df:.1f}"


def of(part: int, whole: int, noun: str = "people") -> str:
    """Return "18 of 24 people"."""
    return f"{part} of {whole} {noun}"


def listed(words: list[str] | tuple[str, ...]) -> str:
    """Return "a", "a and b" or "a, b and c"."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"
