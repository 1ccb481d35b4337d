"""The two sides of a comparison, in the words and colors that every picture uses for them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from crossblock.domain.analysis import EndpointAnalysis
from crossblock.domain.protocol import Protocol
from crossblock.report.number import DASH

RANGE = re.compile(r"(?<=\d)-(?=\d)")


@dataclass(frozen=True, kw_only=True, slots=True)
class Sides:
    """What the test and the reference condition are called, and which cell each one is."""

    test: str
    reference: str
    test_cell: str = "open"
    reference_cell: str = "no_drug"

    @property
    def after_test(self) -> str:
        return f"after {self.test}"

    @property
    def after_reference(self) -> str:
        return f"after {self.reference}"


def of(protocol: Protocol, endpoint: EndpointAnalysis) -> Sides:
    """Return the sides of `endpoint` as its protocol labels them."""
    test, reference = protocol.condition(endpoint.test), protocol.condition(endpoint.reference)
    return Sides(
        test=inside(test.label),
        reference=inside(reference.label),
        test_cell=test.cell,
        reference_cell=reference.cell,
    )


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
    return f"On {words}" if words.startswith("day") else f"At {words}"
