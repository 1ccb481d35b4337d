"""A form's questions and what was typed into it, instrument or procedure alike.

Nothing typed is ever lost: what cannot be read comes back with its sentence beside the field.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Literal
from zoneinfo import ZoneInfo

from crossblock.domain.instrument import Instrument, Wording
from crossblock.domain.scale import Item

Kind = Literal["choice", "number", "whole", "text", "date"]
Answer = float | str
NUMBER = re.compile(r"[+-]?([0-9]{1,9}([.,][0-9]{1,9})?|[.,][0-9]{1,9})")
MOST_TEXT = 1000
MOST_CHOICES = 11
BIDI = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


@dataclass(frozen=True, kw_only=True, slots=True)
class Question:
    """One row of a form. `choices`: (stored value, words); `asked_if`: (question, at least)."""

    id: str
    label: str
    kind: Kind
    number: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    low: float = -math.inf
    high: float = math.inf
    unit: str = ""
    hint: str = ""
    needed: bool = True
    suicide: bool = False
    asked_if: tuple[str, float] | None = None
    language: str = ""
    """Of the label and the choices, where a site words them itself."""
    ends: tuple[str, str] = ("", "")
    """What the lowest and the highest answer mean, where not every answer has words."""

    @property
    def numeric(self) -> bool:
        return self.kind in {"number", "whole"} or (self.kind == "choice" and self._numbers)

    @property
    def _numbers(self) -> bool:
        return all(NUMBER.fullmatch(value) for value, _ in self.choices)


@dataclass(frozen=True, kw_only=True, slots=True)
class Sheet:
    """A form: its name and its questions, in order."""

    id: str
    title: str
    questions: tuple[Question, ...]
    note: str = ""
    recall: str = ""
    license: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Typed:
    """What was typed: readable answers, and a sentence for every field that needs one."""

    answers: Mapping[str, Answer] = field(default_factory=dict)
    faults: Mapping[str, str] = field(default_factory=dict)
    unanswered: tuple[str, ...] = ()


def of_instrument(found: Instrument, language: str = "") -> Sheet:
    """Return the form of an instrument: its items, or its totals where only those may be kept.

    language: of the site; an item that has a wording in it is shown in that.
    """
    words = found.wording.get(language, {})
    rows = [_worded(item, words[item.id], language) if item.id in words else _question(item)
            for item in found.items]  # fmt: skip
    if not found.scored_items:
        rows += [
            Question(
                id=scale.id,
                label=scale.name,
                kind="whole" if scale.whole else "number",
                low=scale.minimum,
                high=scale.maximum,
            )
            for scale in found.scales
            if scale.totals_only
        ]
    return Sheet(
        id=found.id,
        title=found.name,
        questions=tuple(rows),
        recall=found.recall,
        license=found.license,
    )


def _worded(item: Item, wording: Wording, language: str) -> Question:
    """Return an item as its owner words it; what it measures and allows stays."""
    said = replace(item, label=wording.text, anchors={**item.anchors, **wording.anchors})
    return replace(_question(said), language=language)


def _question(item: Item) -> Question:
    if item.text:
        return Question(
            id=item.id, label=item.label, kind="text", number=str(item.number), needed=False
        )
    values = item.values or tuple(float(v) for v in range(int(item.minimum), int(item.maximum) + 1))
    choose = not item.continuous and len(values) <= MOST_CHOICES
    words = {v: item.anchors.get(v, "") for v in values} if choose else {}
    return Question(
        id=item.id,
        label=item.label,
        kind="choice" if choose else "number" if item.continuous else "whole",
        number=str(item.number),
        choices=tuple((f"{v:g}", text) for v, text in words.items()),
        low=item.lowest,
        high=item.highest,
        unit=item.unit,
        suicide=item.suicide,
        asked_if=(item.asked_if.item, item.asked_if.at_least) if item.asked_if else None,
        ends=(item.anchors.get(item.lowest, ""), item.anchors.get(item.highest, "")),
    )


def read(sheet: Sheet, typed: Mapping[str, str]) -> Typed:
    """Return answers and faults of what was typed. Fields that the form does not have are ignored.

    A question whose gate is shut is neither asked nor missing.
    """
    answers: dict[str, Answer] = {}
    faults: dict[str, str] = {}
    for question in sheet.questions:
        text = typed.get(question.id, "").strip()
        if not text:
            continue
        answer = _answer(question, text)
        if isinstance(answer, Fault):
            faults[question.id] = answer.words
        else:
            answers[question.id] = answer
    unanswered = tuple(
        q.id
        for q in sheet.questions
        if q.needed and q.id not in answers and q.id not in faults and _asked(q, answers)
    )
    return Typed(answers=answers, faults=faults, unanswered=unanswered)


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a text is no answer."""

    words: str


def _asked(question: Question, answers: Mapping[str, Answer]) -> bool:
    if question.asked_if is None:
        return True
    before = answers.get(question.asked_if[0])
    return isinstance(before, float) and before >= question.asked_if[1]


def _answer(question: Question, text: str) -> Answer | Fault:
    if question.kind == "choice":
        if text not in {value for value, _ in question.choices}:
            return Fault("Choose one of the answers shown.")
        return float(text) if question.numeric else text
    if question.kind == "text":
        return _text(text)
    if question.kind == "date":
        return _date(text)
    return _number(question, text)


def _text(text: str) -> Answer | Fault:
    if len(text) > MOST_TEXT:
        return Fault(f"At most {MOST_TEXT} characters; these are {len(text)}.")
    odd = invisible(text)
    if odd:
        return Fault(f"It holds an invisible character (U+{ord(odd):04X}); type it again.")
    return text.replace("\r\n", "\n")


def invisible(text: str) -> str:
    """Return the first character that nobody sees, or that turns the order of others round."""
    odd = (c for c in text if not (c.isprintable() or c in "\n\r\t") or c in BIDI)
    return next(odd, "")


def _date(text: str) -> Answer | Fault:
    try:
        return date.fromisoformat(text).isoformat() if len(text) == 10 else Fault(DATE_WORDS)
    except ValueError:
        return Fault(DATE_WORDS)


DATE_WORDS = "Write a date as year-month-day, for example 2026-11-21."


def _number(question: Question, text: str) -> Answer | Fault:
    if not NUMBER.fullmatch(text):
        return Fault(f"Write {_range(question)}, in digits.")
    value = float(text.replace(",", "."))
    if question.kind == "whole" and value != math.floor(value):
        return Fault(f"Write {_range(question)}.")
    if not question.low <= value <= question.high:
        return Fault(f"{value:g} is not possible here: {_range(question)}.")
    return value


def _range(question: Question) -> str:
    kind = "a whole number" if question.kind == "whole" else "a number"
    unit = f" {question.unit}" if question.unit else ""
    if math.isinf(question.high) and math.isinf(question.low):
        return f"{kind}{unit}"
    if math.isinf(question.high):
        return f"{kind} of at least {question.low:g}{unit}"
    return f"{kind} from {question.low:g} to {question.high:g}{unit}"


def read_moment(text: str, zone: str) -> datetime | None:
    """Return a local time typed into a form ("2026-11-21T14:02") as UTC, or None.

    A time that a clock change skips is none; of a time that comes twice the first is meant.
    """
    try:
        local = datetime.fromisoformat(text).replace(tzinfo=None)
    except ValueError:
        return None
    if not 1900 <= local.year <= 2200:
        return None
    there = local.replace(tzinfo=ZoneInfo(zone))
    back = there.astimezone(UTC)
    same = back.astimezone(ZoneInfo(zone)).replace(tzinfo=None) == local
    return back if same else None
