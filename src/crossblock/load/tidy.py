"""Tidy ratings checked against their protocol: one pass, every problem with its line.

This is the common ground of `load.ratings`, which keeps the scores, and of `load.codelist`, which
keeps the sequences; neither sees what the other returns.
"""

from __future__ import annotations

import math
import re
from array import array
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from crossblock.core.errors import Problem, RatingsError, shorten
from crossblock.domain.model import impostor
from crossblock.domain.protocol import Protocol
from crossblock.load import catalog, instrument
from crossblock.load.table import MOST_PROBLEMS, Columns, Table

COLUMNS = Columns(
    needed=("participant", "sequence", "period", "visit", "instrument", "score"),
    optional=("condition",),
)
PEOPLE = Columns(needed=("participant",), optional=("sequence",))
PERSON = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]{1,5})?")
MISSING = frozenset({"", "NA", "n/a"})
SEALED = frozenset({"", "sealed"})
MOST_CELLS = 2_000_000
MOST_PEOPLE = 100_000


@dataclass(kw_only=True)
class Person:
    """What the rows say of one participant; index -1 and line 0 mean nothing yet."""

    sequence: int = -1
    sequence_at: str = ""
    conditions: dict[int, str] = field(default_factory=dict)
    scores: array[float] = field(default_factory=lambda: array("d"))
    lines: array[int] = field(default_factory=lambda: array("q"))


@dataclass(frozen=True, kw_only=True)
class TidyRatings:
    """Everything that a ratings file says, checked; arrays of a person are flat (P, V, K)."""

    people: Mapping[str, Person]
    visits: tuple[str, ...]
    instruments: tuple[str, ...]
    source: str
    sha256: str


def read(
    path_or_name: str | Path, protocol: Protocol, participants: str | Path | None = None
) -> TidyRatings:
    """Read a tidy CSV, a folder with ratings.csv (and participants.csv), or a catalog name."""
    path, where = catalog.resolve("ratings", path_or_name, RatingsError)
    if path.is_dir():
        beside = path / "participants.csv"
        participants = participants or (beside if beside.exists() else None)
        path, where = path / "ratings.csv", f"{where}, ratings.csv"
    reader = _Reader(protocol, where)
    if participants is not None:
        reader.people_from(Path(participants), f"{shorten(Path(participants).name)}")
    return reader.ratings_from(path)


class _Reader:
    """Takes rows one by one; gathers people and problems."""

    def __init__(self, protocol: Protocol, where: str) -> None:
        self.protocol = protocol
        self.where = where
        self.people: dict[str, Person] = {}
        self.listed = False
        self.problems: list[Problem] = []
        self.visits = {v: i for i, v in enumerate(protocol.visit_ids)}
        self.instruments = {k: i for i, k in enumerate(protocol.score_ids)}
        self.sequences = {s: i for i, s in enumerate(protocol.sequence_ids)}
        self.cells = protocol.periods * len(self.visits) * len(self.instruments)
        self.ranges = {k: _range(k) for k in self.instruments}

    def people_from(self, path: Path, where: str) -> None:
        """Take the participants table: it fixes who exists and, if open, their sequence."""
        table = Table(path, where, PEOPLE, RatingsError, self.problems)
        for line, row in table:
            name = row["participant"]
            at = table.at(line)
            if name in self.people:
                why = "the rows could say different things"
                self._wrong(at, "a participant is listed twice", name, why, "keep one row")
                continue
            person = self._person(name, at, known=True)
            if person is not None:
                self._sequence(person, row.get("sequence", ""), at)
            self._stop_if_hopeless()
        self.listed = True

    def ratings_from(self, path: Path) -> TidyRatings:
        """Take the ratings; raise everything that is wrong with either table."""
        table = Table(path, self.where, COLUMNS, RatingsError, self.problems)
        line = 0
        for line, row in table:
            self._take(line, row, table.at(line))
            self._stop_if_hopeless()
        if not line and not self.problems:
            why = "there is a header and nothing below it"
            self._wrong(self.where, "the table has no rows", "", why, "export it again")
        if self.problems:
            raise RatingsError(*self.problems)
        return TidyRatings(
            people=self.people,
            visits=self.protocol.visit_ids,
            instruments=self.protocol.score_ids,
            source=self.where,
            sha256=table.sha256,
        )

    def _stop_if_hopeless(self) -> None:
        if len(self.problems) >= MOST_PROBLEMS:
            raise RatingsError(*self.problems)

    def _wrong(self, where: str, what: str, value: str, why: str, fix: str) -> None:
        self.problems.append(
            Problem(what=what, where=where, value=shorten(value), why=why, fix=fix)
        )

    def _take(self, line: int, row: Mapping[str, str], at: str) -> None:
        person = self._person(row["participant"], at, known=not self.listed)
        period = self._period(row["period"], at)
        visit = self._visit(row["visit"], period, at)
        k = self._index(row["instrument"], self.instruments, "instrument", at)
        score = self._score(row["score"], row["instrument"], at)
        if person is None:
            return
        self._sequence(person, row["sequence"], at)
        if period is not None:
            self._condition(person, period, row.get("condition", ""), at)
        if period is None or visit is None or k is None or score is None:
            return
        cell = ((period - 1) * len(self.visits) + visit) * len(self.instruments) + k
        if person.lines[cell]:
            self._wrong(
                at,
                "two rows for one visit",
                f"{row['participant']}, period {period}, {row['visit']}, {row['instrument']}",
                f"line {person.lines[cell]} already rates it",
                "keep the valid row; a correction replaces a row, it does not add one",
            )
            return
        person.lines[cell], person.scores[cell] = line, score

    def _person(self, name: str, at: str, *, known: bool) -> Person | None:
        found = self.people.get(name)
        if found is not None:
            return found
        if not PERSON.fullmatch(name):
            odd = impostor(name)
            why = f"it holds {odd}" if odd else "ids are letters, digits, . _ and -, at most 64"
            self._wrong(at, "not a plain participant id", name, why, "type the id again")
            return None
        if not known:
            near = catalog.nearest(name, list(self.people)[:2000])
            self._wrong(at, "unknown participant", name, "not in the participants table", near)
            return None
        self._check_size(at)
        person = Person(
            scores=array("d", [math.nan]) * self.cells, lines=array("q", [0]) * self.cells
        )
        self.people[name] = person
        return person

    def _check_size(self, at: str) -> None:
        people = len(self.people) + 1
        if people <= MOST_PEOPLE and people * self.cells <= MOST_CELLS:
            return
        self._wrong(
            at,
            "more participants than one study can have",
            f"{people:,}",
            f"at most {min(MOST_PEOPLE, MOST_CELLS // self.cells):,} with this protocol",
            "give one study per file",
        )
        raise RatingsError(*self.problems)

    def _index(self, name: str, known: Mapping[str, int], word: str, at: str) -> int | None:
        if name in known:
            return known[name]
        odd = impostor(name)
        why = f"it holds {odd}, which may look like another letter" if odd else ""
        why = why or f"the protocol {self.protocol.id} has no such {word}"
        self._wrong(at, f"unknown {word}", name, why, catalog.nearest(name, known))
        return None

    def _period(self, text: str, at: str) -> int | None:
        last = self.protocol.periods
        if re.fullmatch(r"[1-9][0-9]?", text) and int(text) <= last:
            return int(text)
        why = f"the protocol {self.protocol.id} has periods 1 to {last}"
        self._wrong(at, "a period that does not exist", text, why, "count periods from 1")
        return None

    def _visit(self, name: str, period: int | None, at: str) -> int | None:
        index = self._index(name, self.visits, "visit", at)
        if index is None or period is None:
            return index
        visit = self.protocol.visits[index]
        if visit.takes_place(period):
            return index
        places = ", ".join(map(str, visit.periods or ()))
        self._wrong(
            at,
            "a visit in a period to which it does not belong",
            f"{name} in period {period}",
            f"the protocol has it in period {places} only",
            f"store it in period {places}",
        )
        return None

    def _score(self, text: str, name: str, at: str) -> float | None:
        """Return the score, NaN when missing, None when wrong."""
        if text in MISSING:
            return math.nan
        value = float(text) if NUMBER.fullmatch(text) else math.nan
        if not math.isfinite(value):
            why = "a score is a finite decimal number; cells are never computed"
            self._wrong(at, "not a score", text, why, "leave the cell empty if it is missing")
            return None
        low, high = self.ranges.get(name, (-math.inf, math.inf))
        if not low <= value <= high:
            self._wrong(
                at,
                "the score lies outside the range of its instrument",
                text,
                f"{name} runs from {low:g} to {high:g}",
                "check for a typing error or another version of the scale",
            )
            return None
        return value

    def _sequence(self, person: Person, name: str, at: str) -> None:
        if name in SEALED:
            return
        index = self._index(name, self.sequences, "sequence", at)
        if index is None:
            return
        if person.sequence in (-1, index):
            person.sequence, person.sequence_at = index, person.sequence_at or at
            return
        self._wrong(
            at,
            "a participant with two sequences",
            name,
            f"{person.sequence_at} says {self.protocol.sequence_ids[person.sequence]}",
            "a person has one sequence; correct the wrong row",
        )

    def _condition(self, person: Person, period: int, name: str, at: str) -> None:
        if name in SEALED:
            return
        known = {c: i for i, c in enumerate(self.protocol.condition_ids)}
        if self._index(name, known, "condition", at) is None:
            return
        expected, why = person.conditions.get(period, ""), "an earlier row of this period"
        if person.sequence >= 0:
            expected = self.protocol.sequence_conditions[person.sequence][period - 1]
            why = f"sequence {self.protocol.sequence_ids[person.sequence]} in period {period}"
        if expected and name != expected:
            self._wrong(
                at,
                "a mixed-up period",
                name,
                f"{why} gives {expected}",
                "correct the period, the sequence or the condition",
            )
            return
        person.conditions.setdefault(period, name)


def _range(score: str) -> tuple[float, float]:
    """Return the lowest and highest value of an instrument's total, or of one of its parts."""
    name, _, part = score.partition(".")
    found = instrument.read(name)
    items = {item.id: (item.lowest, item.highest) for item in found.items if not item.text}
    scales = {scale.id: (scale.minimum, scale.maximum) for scale in found.scales}
    return {**scales, **items}.get(part or found.primary, (-math.inf, math.inf))
