"""What a press report or abstract says, set against evidence rows: topics, cases, findings.

A topic is something such texts speak about (how many people, how the drug was given); its cases
say, by fixed patterns, which wording the rows support and which says more than they do.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from crossblock.domain.evidence import EvidenceRow


class Standing(StrEnum):
    """How a sentence stands against the rows. A closed set, worst first."""

    OVERSTATED = "overstated"
    NOT_FOUND = "not found"
    SUPPORTED = "supported"


@dataclass(frozen=True, kw_only=True)
class Case:
    """One wording. It holds when `pattern` is found, `unless` is not, and the number agrees.

    With `equals`, the number that the topic's pattern caught must be the value of the first row.
    """

    standing: Standing
    because: str
    rows: tuple[EvidenceRow, ...] = ()
    pattern: re.Pattern[str] | None = None
    unless: re.Pattern[str] | None = None
    equals: bool = False


@dataclass(frozen=True, kw_only=True)
class Topic:
    """One thing texts speak about; `when` decides whether a sentence does. First case wins."""

    id: str
    when: re.Pattern[str]
    cases: tuple[Case, ...]


@dataclass(frozen=True, kw_only=True)
class PressFile:
    """The topics of one study; it speaks to texts in which every pattern of `about` is found."""

    id: str
    study: str
    title: str
    about: tuple[re.Pattern[str], ...]
    topics: tuple[Topic, ...]
    examples: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What one topic found in a sentence. `rows` are what it was compared with."""

    topic: str
    standing: Standing
    because: str
    rows: tuple[EvidenceRow, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Judged:
    """One sentence with everything found in it; its standing is the worst of its findings."""

    sentence: str
    findings: tuple[Finding, ...]

    @property
    def standing(self) -> Standing:
        found = {f.standing for f in self.findings}
        return next((s for s in Standing if s in found), Standing.NOT_FOUND)
