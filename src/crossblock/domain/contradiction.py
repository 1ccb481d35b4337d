"""A contradiction in a protocol, and the readable parts that the rules look at.

The rules work on `Parts`, which may be incomplete: where some elements of a file could not be read,
the others are still checked, so that one run reports all mistakes. Elements are keyed by their
place in the file (counted from 0); `unread` holds the ids of elements that could not be read, so
that a reference to them is not called unknown.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches

from crossblock.domain.administration import Administration
from crossblock.domain.condition import Condition
from crossblock.domain.design import Design
from crossblock.domain.endpoint import Endpoint
from crossblock.domain.estimand import Estimand
from crossblock.domain.interim import Interim
from crossblock.domain.participants import Participants
from crossblock.domain.plan import AnalysisPlan
from crossblock.domain.population import Population
from crossblock.domain.scheme import Scheme
from crossblock.domain.visit import Visit

Path = tuple[str | int, ...]


@dataclass(frozen=True, kw_only=True)
class Contradiction:
    """One rule that a protocol breaks, at one key path."""

    path: Path
    what: str
    value: str = ""
    why: str = ""
    fix: str = ""


@dataclass(frozen=True, kw_only=True)
class Parts:
    """The readable parts of a protocol, each keyed by its place in the file."""

    administrations: Mapping[int, Administration] = field(default_factory=dict)
    conditions: Mapping[int, Condition] = field(default_factory=dict)
    visits: Mapping[int, Visit] = field(default_factory=dict)
    endpoints: Mapping[int, Endpoint] = field(default_factory=dict)
    estimands: Mapping[int, Estimand] = field(default_factory=dict)
    design: Design | None = None
    participants: Participants | None = None
    population: Population | None = None
    randomization: Scheme | None = None
    interim: Interim | None = None
    analysis: AnalysisPlan | None = None
    unread: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def ids(self, kind: str) -> frozenset[str]:
        """Return every id of a kind, read or not."""
        return frozenset(e.id for e in getattr(self, kind).values()) | self.unread.get(
            kind, frozenset()
        )


def missing_id(path: Path, kind: str, wanted: str, known: Iterable[str]) -> Contradiction:
    """Return the contradiction of an id that leads nowhere, with the nearest id that exists."""
    names = sorted(known)
    close = get_close_matches(wanted, [n for n in names if n.isascii()], n=1)
    return Contradiction(
        path=path,
        what=f"unknown {kind}",
        value=wanted,
        why=f"no {kind} of this id is in the file",
        fix=f"did you mean {close[0]}?" if close else f"use one of: {', '.join(names)}",
    )


def unknown_ids(
    parts: Parts, kind: str, word: str, references: Iterable[tuple[Path, str]]
) -> Iterator[Contradiction]:
    known = parts.ids(kind)
    for path, wanted in references:
        if wanted not in known:
            yield missing_id(path, word, wanted, known)
