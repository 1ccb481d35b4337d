"""Rows of a CSV file from a person, streamed: a file of any size costs one line of memory.

Nothing is guessed: the file is UTF-8 with commas and a header of known column names. Cells are
text, so that a spreadsheet formula is a wrong number and never computed.
"""

from __future__ import annotations

import csv
import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any, BinaryIO

from crossblock.core.errors import CrossblockError, Problem, shorten
from crossblock.domain.model import impostor
from crossblock.load.textfile import MIB, check_size, decode, not_text, unreadable

MOST_BYTES = 100 * MIB
LONGEST_LINE = 1 << 16
MOST_PROBLEMS = 1000


@dataclass(frozen=True, kw_only=True)
class Columns:
    """Which columns a table needs and which it may have besides."""

    needed: tuple[str, ...]
    optional: tuple[str, ...] = ()

    @property
    def known(self) -> tuple[str, ...]:
        return (*self.needed, *self.optional)


class Table:
    """One pass over a CSV file: iterate it for (line, {column: cell}); `sha256` is of its bytes.

    Columns that are not known are passed over, unless they look like a misspelled known one. What
    ends the reading is raised together with the `problems` gathered so far, the caller's own among
    them; a row of the wrong width is added to them and passed over.
    """

    def __init__(
        self,
        path: Path,
        where: str,
        columns: Columns,
        error: type[CrossblockError],
        problems: list[Problem] | None = None,
    ) -> None:
        check_size(path, where, MOST_BYTES, error)
        self.path, self.where, self.columns, self.error = path, where, columns, error
        self.problems: list[Problem] = [] if problems is None else problems
        self.header: tuple[str, ...] = ()
        self._digest = hashlib.sha256()
        self._line = 0

    @property
    def sha256(self) -> str:
        """SHA-256 of the bytes read so far, so of the file once it was iterated to its end."""
        return self._digest.hexdigest()

    def at(self, line: int) -> str:
        """Return "file, line 12"."""
        return f"{self.where}, line {line}"

    def __iter__(self) -> Iterator[tuple[int, Mapping[str, str]]]:
        try:
            with self.path.open("rb") as handle:
                yield from self._rows(handle)
        except OSError as fault:
            raise self._end(unreadable(self.where, fault)) from None

    def _end(self, *last: Problem) -> CrossblockError:
        return self.error(*self.problems, *last)

    def _rows(self, handle: BinaryIO) -> Iterator[tuple[int, Mapping[str, str]]]:
        reader = csv.reader(self._lines(handle), strict=True)
        try:
            self.header = tuple(cell.strip() for cell in next(reader, []))
            self._check_header()
            width = len(self.header)
            wanted = [(i, name) for i, name in enumerate(self.header) if name in self.columns.known]
            for cells in reader:
                if not cells:
                    continue
                if len(cells) != width:
                    self.problems.append(self._ragged(cells, width))
                    if len(self.problems) >= MOST_PROBLEMS:
                        raise self._end()
                    continue
                yield self._line, {name: cells[i].strip() for i, name in wanted}
        except csv.Error as fault:
            raise self._end(
                Problem(
                    what="this line cannot be read as CSV",
                    where=self.at(self._line),
                    why=shorten(str(fault), 160),
                    fix="check quotation marks and line ends",
                )
            ) from None

    def _lines(self, handle: BinaryIO) -> Iterator[str]:
        """Yield decoded lines; a line without end, NUL bytes and other encodings are refused."""
        while data := handle.readline(LONGEST_LINE + 1):
            self._line += 1
            if self._line == 1:
                data = self._first(data)
            self._digest.update(data)
            if len(data) > LONGEST_LINE:
                raise self._end(
                    Problem(
                        what=f"a line is longer than {LONGEST_LINE // 1024} KiB",
                        where=self.at(self._line),
                        why="a row of ratings takes about a hundred characters",
                        fix="export the table again with one row per line",
                    )
                )
            text = decode(data, self.where, self._line)
            if isinstance(text, Problem):
                raise self._end(text)
            yield text

    def _first(self, data: bytes) -> bytes:
        wrong = not_text(data[:8], self.where)
        if wrong is not None:
            raise self._end(wrong)
        if data.startswith(b"\xef\xbb\xbf"):  # spreadsheets mark UTF-8 so; it is no content
            self._digest.update(data[:3])
            return data[3:]
        return data

    def _check_header(self) -> None:
        header, known = self.header, self.columns.known
        missing = [name for name in self.columns.needed if name not in header]
        problems = [
            self._header_problem(
                "a column stands twice", name, "its cells could differ", "keep one"
            )
            for name, count in Counter(header).items()
            if count > 1
        ]
        strays = [] if self._separator_hint() else [n for n in header if n not in known]
        for name in strays:
            problems += self._stray(name, [k for k in known if k not in header])
        if missing:
            what = f"missing column{'s' if len(missing) > 1 else ''} {', '.join(missing)}"
            why = f"the header is {shorten(', '.join(header), 120) or 'empty'}"
            fix = f"name the columns {', '.join(self.columns.needed)}"
            problems.append(self._header_problem(what, "", why, self._separator_hint() or fix))
        if problems:
            raise self._end(*problems)

    def _separator_hint(self) -> str:
        only = self.header[0] if len(self.header) == 1 else ""
        found = next((s for s in (";", "\t", "|") if s in only), "")
        words = {";": "semicolons", "\t": "tabs", "|": "bars"}
        return f"the columns are separated by {words[found]}; use commas" if found else ""

    def _stray(self, name: str, free: Sequence[str]) -> list[Problem]:
        odd = impostor(name)
        close = get_close_matches(name.lower(), free, n=1, cutoff=0.7)
        if odd:
            why = f"it holds {odd}, which may look like another letter"
            return [self._header_problem("unknown column", name, why, "type the name again")]
        if close:
            why = "passing it over might lose what it says"
            return [self._header_problem("unknown column", name, why, f"did you mean {close[0]}?")]
        return []

    def _header_problem(self, what: str, value: str, why: str, fix: str) -> Problem:
        return Problem(what=what, where=self.at(1), value=shorten(value), why=why, fix=fix)

    def _ragged(self, cells: Sequence[Any], width: int) -> Problem:
        return Problem(
            what="a row does not have one cell per column",
            where=self.at(self._line),
            value=shorten(",".join(cells)),
            why=f"{len(cells)} cells for {width} columns",
            fix="put texts that hold a comma in quotation marks; write decimals with a point",
        )
