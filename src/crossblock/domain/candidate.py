"""A candidate design: which cells people go through, and what is measured besides the score."""

from __future__ import annotations

from dataclasses import dataclass

Sequences = tuple[tuple[str, ...], ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Candidate:
    """One design that the next study could have. `sequences` are cells by period.

    `qualifying`: everybody first has one open session that is not analyzed; only those who respond
    in it go on. `extra`: further sessions of everybody that the comparison does not use. `glx`:
    glutamate is measured in every session beside the score.
    """

    id: str
    label: str
    sequences: Sequences
    qualifying: bool = False
    extra: int = 0
    glx: bool = False

    @property
    def cells(self) -> tuple[str, ...]:
        """Return every cell of the design, each once, in order of appearance."""
        return tuple(dict.fromkeys(c for s in self.sequences for c in s))

    @property
    def periods(self) -> int:
        return len(self.sequences[0])

    @property
    def crossover(self) -> bool:
        return self.periods > 1
