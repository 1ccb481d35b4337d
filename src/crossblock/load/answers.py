"""Filled-in forms to scores: a table with one column per item, one row per form.

A row with an answer that the instrument does not allow is listed with its reason and gets no score;
it is never dropped. The file may also hold totals alone, one column per scale.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from crossblock.core.errors import Problem, RatingsError, shorten
from crossblock.domain.instrument import Instrument
from crossblock.domain.scale import Mask, Values
from crossblock.domain.scoring import resolve
from crossblock.load.table import LONGEST_LINE, Columns, Table
from crossblock.load.tidy import MISSING, NUMBER

LABELS = ("participant", "id", "sequence", "period", "visit", "session", "date", "time", "rater")


@dataclass(frozen=True, kw_only=True, slots=True)
class ScoredRow:
    """One form: the line of the file, its labels, and what its answers add up to.

    Where `problems` is not empty nothing was scored; a score of None is one the rules do not give.
    """

    line: int
    labels: Mapping[str, str]
    scores: Mapping[str, float | None]
    band: str
    missing: tuple[str, ...]
    notes: tuple[str, ...]
    alerts: tuple[str, ...]
    problems: tuple[Problem, ...]


@dataclass(frozen=True, kw_only=True)
class ScoredAnswers:
    """All rows of a file of answers, in its order, with the digest of its bytes."""

    instrument: Instrument
    labels: tuple[str, ...]
    scales: tuple[str, ...]
    rows: tuple[ScoredRow, ...]
    source: str
    sha256: str

    @property
    def wrong(self) -> tuple[ScoredRow, ...]:
        """The rows with answers that are not allowed."""
        return tuple(row for row in self.rows if row.problems)

    @property
    def unscored(self) -> tuple[ScoredRow, ...]:
        """The rows whose answers are allowed but too few for the primary score."""
        primary = self.instrument.primary
        return tuple(
            row for row in self.rows if not row.problems and row.scores.get(primary, 0) is None
        )

    def table(self) -> Iterator[list[str]]:
        """Yield header and rows as text cells, for a CSV file: one row per form, none left out."""
        told = ("band", "missing", "notes", "alerts", "problems")
        yield ["line", *self.labels, *self.scales, *told]
        for row in self.rows:
            values = (row.scores.get(name) for name in self.scales)
            yield [
                str(row.line),
                *(row.labels.get(name, "") for name in self.labels),
                *("" if value is None else f"{value:.10g}" for value in values),
                row.band,
                " ".join(row.missing),
                "; ".join(row.notes),
                "; ".join(row.alerts),
                "; ".join(f"{p.what}: {p.value} ({p.why})" for p in row.problems),
            ]


def read(path: str | Path, instrument: Instrument) -> ScoredAnswers:
    """Score a CSV of answers; RatingsError when the file as a whole cannot be used.

    Columns are the instrument's item ids (item1, item2, …), or its scale ids when the file holds
    totals alone, and any of participant, id, sequence, period, visit, session, date, time, rater.
    An empty cell, NA or n/a is an unanswered item.
    """
    path = Path(path)
    where = shorten(path.name)
    ids = tuple(i.id for i in instrument.scored_items)
    totals = _totals(path, instrument, ids)
    optional = LABELS if totals else (*LABELS, *(i.id for i in instrument.items if i.text))
    table = Table(path, where, Columns(needed=totals or ids, optional=optional), RatingsError)
    lines, cells = [], []
    for line, row in table:
        lines.append(line)
        cells.append(row)
    if table.problems:
        raise RatingsError(*table.problems)  # rows of the wrong width: which cell is which item?
    if not lines:
        raise RatingsError(
            Problem(what="the table has no rows", where=where, fix="export it again")
        )
    sheet = _filled(table, lines, cells, totals or ids)
    found = _from_totals(instrument, sheet) if totals else _from_items(instrument, sheet)
    return ScoredAnswers(
        instrument=instrument,
        labels=tuple(name for name in table.header if name in LABELS),
        scales=totals or tuple(s.id for s in instrument.scales if not s.totals_only),
        rows=tuple(_row(instrument, sheet, r, one) for r, one in enumerate(found)),
        source=where,
        sha256=table.sha256,
    )


def _totals(path: Path, instrument: Instrument, ids: tuple[str, ...]) -> tuple[str, ...]:
    """Return the scale columns of a file that holds totals alone, () when it holds items."""
    scales = [s.id for s in instrument.scales]
    try:
        with path.open("rb") as handle:
            head = handle.readline(LONGEST_LINE).decode("utf-8-sig", "replace")
    except OSError:
        head = ""  # the table says why it cannot be read
    header = [cell.strip() for cell in next(csv.reader([head]), [])]
    if set(ids) & set(header):
        return ()
    return tuple(name for name in header if name in scales) or (() if ids else (scales[0],))


@dataclass(frozen=True, kw_only=True)
class _Filled:
    """The cells as numbers: x and seen are (rows, names); problems by row index."""

    table: Table
    names: tuple[str, ...]
    lines: list[int]
    cells: list[Mapping[str, str]]
    x: Values
    seen: Mask
    problems: dict[int, list[Problem]]

    def wrong(self, r: int, name: str, what: str, why: str, fix: str) -> None:
        """Add a problem of one cell."""
        where = f"{self.table.at(self.lines[r])}, {name}"
        value = shorten(self.cells[r][name])
        self.problems.setdefault(r, []).append(
            Problem(what=what, where=where, value=value, why=why, fix=fix)
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class _Found:
    """What one form holds: answered items, scores, missing items, remarks."""

    items: Mapping[str, float]
    scores: Mapping[str, float | None]
    missing: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def _filled(
    table: Table, lines: list[int], cells: list[Mapping[str, str]], names: tuple[str, ...]
) -> _Filled:
    shape = (len(lines), len(names))
    x, seen = np.zeros(shape), np.zeros(shape, dtype=np.bool_)
    sheet = _Filled(table=table, names=names, lines=lines, cells=cells, x=x, seen=seen, problems={})
    for r, row in enumerate(cells):
        for c, name in enumerate(names):
            text = row[name]
            if text in MISSING:
                continue
            value = float(text) if NUMBER.fullmatch(text) else math.inf
            if math.isfinite(value):
                x[r, c], seen[r, c] = value, True
            else:
                why = "answers are finite decimal numbers; cells are never computed"
                fix = "leave the cell empty if the item was not answered"
                sheet.wrong(r, name, "not a number", why, fix)
    return sheet


def _from_items(instrument: Instrument, sheet: _Filled) -> Iterator[_Found]:
    """Check every answer and yield what each form adds up to."""
    items, x, seen = instrument.scored_items, sheet.x, sheet.seen
    for c, item in enumerate(items):
        for r in np.flatnonzero(seen[:, c] & ~item.accepts(x[:, c])).tolist():
            what = f"not an allowed answer to {item.label.lower()}"
            fix = "check for a typing error; leave it empty if it was not rated"
            sheet.wrong(r, item.id, what, f"{item.id} takes {item.allowed}", fix)
    result = instrument.score_array(x, seen, check=False)
    settled = resolve(instrument.sheet, x, seen)[1]
    for r in range(len(x)):
        scores = {
            k: float(result.scales[k][r]) if result.scales_observed[k][r] else None
            for k in result.scales
        }
        missing = tuple(i.id for i, there in zip(items, settled[r]) if not there)
        yield _Found(
            items={i.id: float(x[r, c]) for c, i in enumerate(items) if seen[r, c]},
            scores=scores,
            missing=missing,
            notes=instrument.remarks(scores.get(instrument.primary), missing),
        )


def _from_totals(instrument: Instrument, sheet: _Filled) -> Iterator[_Found]:
    """Check every reported total against its range and yield it."""
    for r in range(len(sheet.x)):
        scores: dict[str, float | None] = dict.fromkeys(sheet.names)
        notes: dict[str, None] = {}
        for c, name in enumerate(sheet.names):
            if not sheet.seen[r, c]:
                continue
            try:
                notes.update(dict.fromkeys(instrument.score_total(sheet.x[r, c], name).notes))
                scores[name] = float(sheet.x[r, c])
            except RatingsError as error:
                problem = error.problems[0]
                sheet.wrong(r, name, problem.what, problem.why, problem.fix)
        yield _Found(items={}, scores=scores, notes=tuple(notes))


def _row(instrument: Instrument, sheet: _Filled, r: int, found: _Found) -> ScoredRow:
    """Return the finished row; a row with problems keeps its line and labels only."""
    problems = tuple(sheet.problems.get(r, ()))
    if problems:
        found = _Found(items={}, scores={})
    total = found.scores.get(instrument.primary)
    return ScoredRow(
        line=sheet.lines[r],
        labels={k: v for k, v in sheet.cells[r].items() if k in LABELS},
        scores=found.scores,
        band="" if total is None else instrument.band(total),
        missing=found.missing,
        notes=found.notes,
        alerts=tuple(a.message for a in instrument.alarms({**found.items, **found.scores})),
        problems=problems,
    )
