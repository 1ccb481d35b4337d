"""What is possible but unlikely: asked about before it is saved, with the number spelled out.

A doubt is a question about one field. It never blocks: whoever typed it says that it is right, and
that stands in the record. What cannot be at all is a fault of the form (`record.sheet`) or here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from statistics import median

from crossblock.server.clinic.references import BY, DRUGS, Reference
from crossblock.server.record.sheet import Answer

LB = 0.45359237
SMALL = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
    "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
TENS = (
    "zero", "ten", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety",
)  # fmt: skip
HEAVY = 160.0
FEWEST = 3
"""From so many sessions of a drug and route on, their median is the patient's usual dose."""
PLAN_TEXTS = ("schedule", "stop")
FULL, THIN = 45.0, 13.0
"""Body mass index (kg/m2) above and below which a weight is asked about."""
KNOWN = 0.1
"""A weight within this share of one that was confirmed before is not asked about again."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Before:
    """What is known of a patient before this form.

    height (cm), weight (kg, the median of the newest) and the weights that somebody confirmed;
    doses: mg/kg of the past sessions by drug and route; reference: of a drug by a route.
    """

    height: float | None = None
    weight: float | None = None
    confirmed: tuple[float, ...] = ()
    doses: Mapping[tuple[str, str], tuple[float, ...]] = field(default_factory=dict)
    reference: Callable[[str, str], Reference] | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Doubt:
    """A question before saving. `text` is what is confirmed; some want their reason in words."""

    words: str
    text: str = "yes"
    reason: bool = False


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


def impossible(
    form: str, answers: Mapping[str, Answer], review_by: date | None = None
) -> dict[str, str]:
    """Return faults that single ranges do not show: pressures exchanged, a plan that says nothing.

    `review_by` is the last day on which a plan may next be reviewed.
    """
    found = {}
    high, low = answers.get("systolic"), answers.get("diastolic")
    if isinstance(high, float) and isinstance(low, float) and high <= low:
        found["diastolic"] = (
            f"The upper pressure ({high:g}) must be above the lower ({low:g}): "
            "were the two exchanged?"
        )
    if form == "plan":
        for key in PLAN_TEXTS:
            if key in answers and not says(str(answers[key])):
                found[key] = "Say it so that another reader knows what was decided."
        review = str(answers.get("review", ""))
        if review_by and review > review_by.isoformat():
            found["review"] = (
                f"The next review is at most on {review_by.isoformat()} (clinic.toml, "
                "review_within_months)."
            )
    return found


def says(text: str) -> bool:
    """Tell whether a text has words in it: two or more, ten letters together."""
    words = [w for w in text.split() if any(c.isalpha() for c in w)]
    return len(words) >= 2 and sum(c.isalpha() for c in text) >= 10


def doubts(form: str, answers: Mapping[str, Answer], before: Before) -> dict[str, str]:
    """Return a question for each number that is possible but unlikely."""
    found: dict[str, str] = {}
    weight = answers.get("weight")
    if isinstance(weight, float):
        said = _weight(weight, answers.get("height"), before)
        if said:
            found["weight"] = said
    if form == "dose":
        known = weight if isinstance(weight, float) else before.weight
        said = _dose(answers, known, before)
        if said:
            found["dose"] = said
    return found


def _weight(weight: float, tall: Answer | None, before: Before) -> str:
    pounds = f"{weight:g} pounds would be {weight * LB:.1f} kg."
    said = f"{weight:g} kg ({spelled(weight)} kilograms)"
    if before.weight and weight / before.weight > 1.6:
        return (
            f"{said} is {weight / before.weight:.1f} times "
            f"the {before.weight:g} kg noted before. {pounds} Is it kilograms?"
        )
    if before.weight and weight / before.weight < 0.7:
        return f"{said} is well below the {before.weight:g} kg noted before. Is it right?"
    if any(abs(weight / w - 1) <= KNOWN for w in before.confirmed):
        return ""
    height = tall if isinstance(tall, float) else before.height
    index = weight / (height / 100) ** 2 if height else None
    if height and index and index > FULL:
        return (
            f"{said} at {height:g} cm is unusual (body mass index {index:.0f}). {pounds} "
            "Is it kilograms?"
        )
    if height and index and index < THIN:
        return f"{said} at {height:g} cm is unusual (body mass index {index:.0f}). Is it right?"
    if height is None and weight > HEAVY:
        return f"{said} is unusual. {pounds} Is it kilograms?"
    return ""


def _dose(answers: Mapping[str, Answer], weight: float | None, before: Before) -> str:
    """Ask about a dose far from the reference of its drug and route, or from the patient's own."""
    dose, drug, route = (answers.get(k) for k in ("dose", "drug", "route"))
    if not isinstance(dose, float) or drug not in DRUGS or route not in BY:
        return ""
    what = f"{BY[str(route)]} {DRUGS[str(drug)]}"
    for reference, whose in _references(str(drug), str(route), before):
        if reference.unit != "mg" and not weight:
            continue
        value = dose if reference.unit == "mg" else dose / (weight or 1.0)
        outside = reference.asks(value)
        if outside:
            tag = ", assumed" if reference.assumed and reference.source != "assumed" else ""
            return (
                f"{_plain(dose, weight)} That is {outside}, {whose} {what} "
                f"({reference.source}{tag}). Is it right?"
            )
    return ""


def _references(drug: str, route: str, before: Before) -> list[tuple[Reference, str]]:
    found = [(before.reference(drug, route), "the reference for")] if before.reference else []
    given = before.doses.get((drug, route), ())
    if len(given) >= FEWEST:  # one slip among three does not move a median
        usual = round(median(given), 3)
        source = f"median of {len(given)} sessions"
        own = Reference(low=usual, high=usual, unit="mg/kg", source=source, assumed=False)
        found.append((own, "this patient's usual dose of"))
    return found


def _plain(dose: float, weight: float | None) -> str:
    per = f" is {dose / weight:.2f} mg/kg" if weight else ""
    return f"{dose:g} mg ({spelled(dose)} milligrams){per}."
