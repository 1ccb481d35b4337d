"""What is possible but unlikely: asked about before it is saved, with the number spelled out.

A doubt is a question about one field. It never blocks: whoever typed it says that it is right, and
that stands in the record. What cannot be at all is a fault of the form (`record.sheet`) or here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from crossblock.server.record.sheet import Answer

LB = 0.45359237
SMALL = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
    "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
TENS = (
    "zero", "ten", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety",
)  # fmt: skip
TIMES_USUAL = 3.0
HEAVY = 160.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Before:
    """What is known of a patient before this form: height (cm), weight (kg), usual dose (mg/kg)."""

    height: float | None = None
    weight: float | None = None
    usual_mg_per_kg: float = 0.5


def spelled(value: float) -> str:
    """Return a number below 10,000 in words: 350 is three hundred fifty, 0.5 is zero point five."""
    whole, _, rest = f"{value:g}".partition(".")
    words = _whole(int(whole)) if value < 10_000 else whole
    return f"{words} point {' '.join(SMALL[int(d)] for d in rest)}" if rest else words


def _whole(n: int) -> str:
    if n < 20:
        return SMALL[n]
    if n < 100:
        return TENS[n // 10] + (f"-{SMALL[n % 10]}" if n % 10 else "")
    size, name = (1000, "thousand") if n >= 1000 else (100, "hundred")
    head = f"{_whole(n // size)} {name}"
    return f"{head} {_whole(n % size)}" if n % size else head


def impossible(form: str, answers: Mapping[str, Answer]) -> dict[str, str]:
    """Return faults that single ranges do not show: pressures the wrong way round."""
    high, low = answers.get("systolic"), answers.get("diastolic")
    if isinstance(high, float) and isinstance(low, float) and high <= low:
        return {
            "diastolic": f"The upper pressure ({high:g}) must be above the lower ({low:g}): "
            "were the two exchanged?"
        }
    return {}


def doubts(form: str, answers: Mapping[str, Answer], before: Before) -> dict[str, str]:
    """Return a question for each answer that is possible but unlikely."""
    found: dict[str, str] = {}
    weight = answers.get("weight")
    if isinstance(weight, float):
        said = _weight(weight, before)
        if said:
            found["weight"] = said
    if form == "dose" and isinstance(weight, float):
        said = _dose(answers, weight, before)
        if said:
            found["dose"] = said
    return found


def _weight(weight: float, before: Before) -> str:
    pounds = f"{weight:g} pounds would be {weight * LB:.1f} kg."
    if before.weight and weight / before.weight > 1.6:
        return (
            f"{weight:g} kg ({spelled(weight)} kilograms) is {weight / before.weight:.1f} times "
            f"the {before.weight:g} kg noted before. {pounds} Is it kilograms?"
        )
    if before.weight and weight / before.weight < 0.7:
        return (
            f"{weight:g} kg ({spelled(weight)} kilograms) is well below the {before.weight:g} kg "
            "noted before. Is it right?"
        )
    if before.weight is None and weight > HEAVY:
        return f"{weight:g} kg ({spelled(weight)} kilograms) is unusual. {pounds} Is it kilograms?"
    if before.weight is None and before.height and weight / (before.height / 100) ** 2 > 45:
        return f"{weight:g} kg at {before.height:g} cm is unusual. {pounds} Is it kilograms?"
    return ""


def _dose(answers: Mapping[str, Answer], weight: float, before: Before) -> str:
    dose = answers.get("dose")
    if not isinstance(dose, float) or answers.get("route") not in {"iv", "im", "sc"}:
        return "" if not isinstance(dose, float) or dose <= 300 else _plain(dose, weight)
    times = dose / weight / before.usual_mg_per_kg
    if times >= TIMES_USUAL:
        return (
            f"{_plain(dose, weight)} That is {times:.0f} times the dose usual for this patient or "
            f"clinic ({before.usual_mg_per_kg:g} mg/kg). Is it right?"
        )
    if times <= 1 / TIMES_USUAL:
        return (
            f"{_plain(dose, weight)} That is less than a third of the dose usual for this patient "
            f"or clinic ({before.usual_mg_per_kg:g} mg/kg). Is it right?"
        )
    return ""


def _plain(dose: float, weight: float) -> str:
    return f"{dose:g} mg ({spelled(dose)} milligrams) is {dose / weight:.2f} mg/kg."
