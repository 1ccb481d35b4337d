"""The story a page tells: plain values, composed elsewhere, rendered by `page`."""

from __future__ import annotations

from dataclasses import dataclass

from crossblock.domain.result import Reference
from crossblock.report.figure import Figure, Table


@dataclass(frozen=True, kw_only=True, slots=True)
class Run:
    """A stretch of words. `assumed` is the key of the assumption that the words rest on."""

    text: str
    strong: bool = False
    assumed: str = ""


Paragraph = tuple[Run, ...]


def paragraph(*parts: str | Run) -> Paragraph:
    """Return a paragraph of plain words and runs."""
    return tuple(Run(text=p) if isinstance(p, str) else p for p in parts)


def strong(text: str) -> Run:
    """Return words that carry weight."""
    return Run(text=text, strong=True)


@dataclass(frozen=True, kw_only=True, slots=True)
class Tile:
    """One of at most three numbers on the first screen, with what it is in words."""

    value: str
    words: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Section:
    """A heading, what there is to say, and the pictures that show it."""

    heading: str
    paragraphs: tuple[Paragraph, ...] = ()
    figures: tuple[Figure, ...] = ()
    table: Table | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Assumed:
    """A value that nobody read in a text: amber wherever it stands, with the reason."""

    key: str
    what: str
    value: str
    how: str
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Story:
    """A report. `can` and `cannot` are the two halves of what the study may be asked.

    At most three tiles; `provenance` is (name, value) pairs: hashes, version, command. `one_page`
    sets it small enough in print for one sheet.
    """

    kicker: str
    question: str
    answer: tuple[Paragraph, ...]
    tiles: tuple[Tile, ...] = ()
    sections: tuple[Section, ...] = ()
    can: tuple[str, ...] = ()
    cannot: tuple[str, ...] = ()
    limits: str = "What this study can and cannot say"
    assumed: tuple[Assumed, ...] = ()
    disagreements: tuple[tuple[str, str], ...] = ()
    methods: tuple[str, ...] = ()
    references: tuple[Reference, ...] = ()
    provenance: tuple[tuple[str, str], ...] = ()
    one_page: bool = False

    def __post_init__(self) -> None:
        if len(self.tiles) > 3:
            raise ValueError("a first screen carries at most three numbers")

    @property
    def figures(self) -> tuple[Figure, ...]:
        return tuple(f for s in self.sections for f in s.figures)
