"""Sentences of a press report or abstract against evidence rows, by fixed rules.

A sentence is split off, its number words become digits, and every topic whose pattern it matches
gives a finding. Numbers that stand beside the name of a scale are looked up among the rows besides.
No language model: the same text always gives the same answer, and each answer names its rows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from crossblock.core.errors import InputError, Problem
from crossblock.domain.evidence import Evidence, EvidenceRow
from crossblock.domain.press import Case, Finding, Judged, PressFile, Standing, Topic
from crossblock.domain.statistic import Kind

MOST_TEXT = 200_000  # characters; a press report has about 5,000
LONGEST = 2_000  # characters of a sentence that are looked at
UNITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
TEENS = ("eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen")
TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
NUMBERS = {
    **{word: n for n, word in enumerate((*UNITS, *TEENS, "eighteen", "nineteen"))},
    **{word: 10 * n for n, word in enumerate(TENS, start=2)},
    "dozen": 12,
}
WORD_NUMBER = re.compile(rf"\b(?:a )?({'|'.join(TENS)})[- ]({'|'.join(UNITS[1:10])})\b", re.I)
ONE_WORD = re.compile(rf"\b(?:a )?({'|'.join(NUMBERS)})\b", re.I)
END = re.compile(r"(?<=[.!?])[\"'”’)]*\s+(?=[\"'“‘(]?[A-Z0-9])|\n\s*\n|\n(?=[-*•])")
ABBREVIATED = re.compile(
    r"\b(?:Dr|Prof|Mr|Mrs|Ms|St|vs|v|et al|e\.g|i\.e|cf|approx|no|fig)\.$", re.I
)
SCALE = re.compile(r"\b(MADRS|HAM-?D-?17|HAM-?D-?6|CADSS|QIDS-SR|BDI-II|PWC-20)\b", re.I)
QUESTION = re.compile(
    r"\?[\"'”’)]*$|\b(?:asked|wondered|tested|examined|unclear|unknown|not (?:yet )?clear|"
    r"not (?:yet )?known|remains? open|open question|"
    r"to (?:learn|test|see|find out)) (?:\w+ )?(?:whether|if|how)\b",
    re.I,
)
NUMBER = re.compile(r"(?<![\w.,])[-−]?(\d+(?:\.\d+)?)\s*(%|percent|per cent|points?)?")


def judge(text: str, files: Sequence[PressFile], evidence: Evidence) -> tuple[Judged, ...]:
    """Return every sentence of `text` with how it stands against the rows.

    Only press files whose `about` patterns are all found in the text take part. Raises
    `InputError` for a text over 200,000 characters or without a sentence.
    """
    if len(text) > MOST_TEXT or not text.strip():
        raise InputError(
            Problem(
                what="this is no press report or abstract",
                value=f"{len(text):,} characters",
                why="a text of 1 to 200,000 characters is expected",
                fix="give the text itself, or the path of a text file",
            )
        )
    plain = with_digits(text)
    chosen = [f for f in files if all(p.search(plain) for p in f.about)]
    named = frozenset(f.study for f in chosen) | _studies(plain, evidence)
    return tuple(_judged(s, chosen, evidence, named) for s in sentences(text))


def _judged(
    sentence: str, files: Sequence[PressFile], evidence: Evidence, studies: frozenset[str]
) -> Judged:
    plain = with_digits(sentence[:LONGEST])
    if QUESTION.search(plain):
        asked = Finding(
            topic="question", standing=Standing.NOT_FOUND, because="it asks, and claims nothing"
        )
        return Judged(sentence=sentence, findings=(asked,))
    topics = [(f.study, t) for f in files for t in f.topics]
    by = [(t.id, x) for study, t in topics if (x := _finding(plain, study, t)) is not None]
    # what the rows of one study do not speak about, those of another may: a text names no study
    spoken = {id for id, x in by if x.standing is not Standing.NOT_FOUND}
    found = [x for id, x in by if x.standing is not Standing.NOT_FOUND or id not in spoken]
    if not found:
        found = list(_numbers(plain, evidence, studies))
    return Judged(sentence=sentence, findings=tuple(found))


def sentences(text: str) -> Iterator[str]:
    """Yield the sentences of a text; an abbreviation does not end one."""
    held = ""
    for part in END.split(text):
        part = " ".join(part.split())
        held = f"{held} {part}".strip()
        if held and not ABBREVIATED.search(held):
            yield held
            held = ""
    if held:
        yield held


def with_digits(text: str) -> str:
    """Return the text with numbers up to 99 in digits and plain hyphens and spaces.

    "twenty-six people" becomes "26 people", "a dozen" becomes "12".
    """
    text = re.sub(r"[\u2010\u2011\u2012\u2013]", "-", text).replace("\u00a0", " ")
    text = WORD_NUMBER.sub(
        lambda m: str(NUMBERS[m[1].lower()] + NUMBERS[m[2].lower()]), " ".join(text.split())
    )
    text = ONE_WORD.sub(
        lambda m: m[0] if m[1].lower() == "one" else str(NUMBERS[m[1].lower()]), text
    )
    return re.sub(r"(?<=\d)-(?=[a-zA-Z])", " ", text)


def _finding(sentence: str, study: str, topic: Topic) -> Finding | None:
    match = topic.when.search(sentence)
    if match is None:
        return None
    caught = match.groupdict().get("number")
    number = None if caught is None else float(caught)
    for case in topic.cases:
        if _holds(case, sentence, number):
            return Finding(
                topic=f"{study}: {topic.id}",
                standing=case.standing,
                because=case.because,
                rows=case.rows,
            )
    return None


def _holds(case: Case, sentence: str, number: float | None) -> bool:
    if case.pattern is not None and not case.pattern.search(sentence):
        return False
    if case.unless is not None and case.unless.search(sentence):
        return False
    return not case.equals or (bool(case.rows) and number == case.rows[0].value)


def _studies(text: str, evidence: Evidence) -> frozenset[str]:
    """Return the studies whose first word (the author) stands in the text."""
    words = {w.lower() for w in re.findall(r"[A-Za-z*-]+", text)}
    return frozenset(s for s in evidence.studies if s.split()[0].lower() in words)


def _numbers(sentence: str, evidence: Evidence, studies: frozenset[str]) -> Iterator[Finding]:
    """Yield a finding for each scale that the sentence names together with numbers."""
    for scale in dict.fromkeys(_spelled(m[1]) for m in SCALE.finditer(sentence)):
        rows = [
            r
            for r in evidence.rows
            if r.study in studies and r.endpoint.startswith(scale) and r.value is not None
        ]
        given = [_given(m) for m in NUMBER.finditer(SCALE.sub("", sentence))]
        if not rows or not given:
            continue
        same = tuple(r for r in rows if any(_same(r, g) for g in given))
        yield Finding(
            topic=f"numbers on {scale}",
            standing=Standing.SUPPORTED if same else Standing.NOT_FOUND,
            because="a row states this number"
            if same
            else f"the rows of {', '.join(sorted(studies))} state other numbers on this scale",
            rows=same or tuple(rows[:3]),
        )


def _spelled(scale: str) -> str:
    plain = scale.upper().replace("-", "")
    return {"HAMD17": "HAM-D17", "HAMD6": "HAM-D6"}.get(plain, scale.upper())


def _given(match: re.Match[str]) -> tuple[float, str]:
    return float(match[1]), (match[2] or "").lower()


def _same(row: EvidenceRow, given: tuple[float, str]) -> bool:
    """Tell whether a row states the number: shares also as percent, to the printed rounding."""
    value, unit = given
    assert row.value is not None
    if row.statistic.kind is Kind.SHARE:
        share = value / 100 if unit in {"%", "percent", "per cent"} else value
        return abs(share - row.value) < 0.0051
    return unit != "%" and abs(value - abs(row.value)) < 0.051
