"""The two sides of a comparison, in the words and colors that every picture uses for them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from crossblock.domain.analysis import EndpointAnalysis
from crossblock.domain.protocol import Protocol
from crossblock.report.number import DASH
from crossblock.report.verdict import Verdict

RANGE = re.compile(r"(?<=\d)-(?=\d)")
PARTS = re.compile(r", then | then | \+ | and |, ")
IMPROVING = {"efficacy", "suicidality"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Sides:
    """What the test and the reference condition are called, and which cell each one is.

    `common` says that both hold the same besides what they are named by here (both the drug, one of
    them the blocker): then people are rated "with", not "after". `improves` says that scores are
    changes from baseline in a family where lower (or higher) is better, so that words may speak of
    improvement; `change`, that they are changes at all.
    """

    test: str
    reference: str
    test_cell: str = "open"
    reference_cell: str = "no_drug"
    common: bool = False
    change: bool = False
    improves: bool = False
    lower_is_better: bool = True

    @property
    def after_test(self) -> str:
        return f"{'with' if self.common else 'after'} {self.test}"

    @property
    def after_reference(self) -> str:
        return f"{'with' if self.common else 'after'} {self.reference}"

    def moved(self, lower: bool) -> str:
        """Return what people did whose test score is lower (or higher): "rated lower"."""
        if self.improves:
            return f"improved {'more' if lower is self.lower_is_better else 'less'}"
        return f"{'ended' if self.change else 'rated'} {'lower' if lower else 'higher'}"

    def scored(self, earned: Verdict) -> str:
        """Return what scores or scales did, by verdict: "are lower", "improved less"."""
        if earned not in (Verdict.LOWER, Verdict.HIGHER):
            return f"are {earned.value}"
        if self.improves:
            return self.moved(earned is Verdict.LOWER)
        return f"are {earned.value}"


def of(protocol: Protocol, endpoint: EndpointAnalysis) -> Sides:
    """Return the sides of `endpoint` as its protocol labels them, by what tells them apart."""
    test, reference = protocol.condition(endpoint.test), protocol.condition(endpoint.reference)
    names = short_names([test.label, reference.label])
    change = protocol.analysis.baseline is not None
    return Sides(
        test=names[0],
        reference=names[1],
        test_cell=test.cell,
        reference_cell=reference.cell,
        common=names[0] != inside(test.label),
        change=change,
        improves=change and endpoint.family in IMPROVING,
        lower_is_better=endpoint.lower_is_better,
    )


def names_of(protocol: Protocol) -> dict[str, str]:
    """Return every condition's id with its name inside a picture, by what tells it apart."""
    names = short_names([c.label for c in protocol.conditions])
    return {c.id: name for c, name in zip(protocol.conditions, names, strict=True)}


def short_names(labels: Sequence[str]) -> list[str]:
    """Return labels without the parts that all of them share, or whole where nothing would be left.

    "Placebo, then ketamine" and "Naltrexone, then ketamine" become "placebo" and "naltrexone".
    """
    parts = [PARTS.split(inside(label)) for label in labels]
    shared = set.intersection(*(set(p) for p in parts)) if len(labels) > 1 else set()
    short = [", ".join(x for x in p if x not in shared) for p in parts]
    if not all(short) or len(set(short)) < len(short):
        return [inside(label) for label in labels]
    return short


def inside(label: str) -> str:
    """Return a label as it stands inside a sentence: no leading capital, en dashes in ranges.

    A word with a second capital (MADRS, HAM-D6) keeps its own.
    """
    words = RANGE.sub(DASH, label)
    first = words.split(" ")[0]
    return words if sum(c.isupper() for c in first) > 1 else words[:1].lower() + words[1:]


def on_visit(label: str) -> str:
    """Return a visit label as the start of a sentence: "On days 2–3", "At the end of …"."""
    words = inside(label)
    if words.startswith("day"):
        return f"On {words}"
    return f"At {words}" if words.startswith(("the ", "baseline")) else f"At the {words}"


def capital(words: str) -> str:
    """Return `words` as the start of a sentence or a column."""
    return words[:1].upper() + words[1:]
