"""Evidence files to `Evidence`: every row checked by itself, so that a bad one costs no other.

A CSV with the columns of `catalog/evidence/evidence.csv`. Rows that cannot hold (a mean outside
its scale, an SD of 0, an F without degrees of freedom) are refused with their line; rows that
contradict each other are kept, flagged and never fitted. Only a file that is no table raises.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from crossblock.core.errors import CatalogError, Problem, shorten
from crossblock.domain.evidence import (
    Evidence,
    EvidenceRow,
    contradicted,
    contradictions,
    together,
)
from crossblock.domain.fact import Confidence
from crossblock.domain.statistic import Kind, Span, impossible, nearest, parse
from crossblock.load import catalog, instrument
from crossblock.load.table import Columns, Table

SHIPPED = ("evidence.csv", "statements.csv")
COLUMNS = Columns(
    needed=("study", "drug", "endpoint", "statistic", "value", "confidence"),
    optional=(
        "year",
        "doi",
        "population",
        "n",
        "dose",
        "pretreatment",
        "time_h",
        "units",
        "source_location",
    ),
)
TAGS: dict[str, Confidence] = {
    "read in the paper": Confidence.READ,
    "read in abstract": Confidence.ABSTRACT,
    "read in registry record": Confidence.REGISTRY,
    "read in secondary source": Confidence.SECONDARY,
    "computed from open data": Confidence.OPEN_DATA,
    "derived from abstract": Confidence.COMPUTED,
    "computed from own record": Confidence.COMPUTED,
    "from memory": Confidence.MEMORY,
    "assumed": Confidence.ASSUMED,
}
# how an endpoint begins -> instrument of the catalog; longer words first
SCALES = {
    "HAM-D17": "hamd17",
    "HAM-D6": "hamd6",
    "MADRS": "madrs",
    "CADSS total": "cadss",
    "BDI-II": "bdi2",
    "QIDS-SR": "qids-sr16",
    "PHQ-9": "phq9",
    "GAD-7": "gad7",
    "YMRS": "ymrs",
    "PWC-20": "pwc20",
}
STATED_SCALE = re.compile(r"\((?:bipolar )?(-?\d+(?:\.\d+)?)-(\d+(?:\.\d+)?)\)")
COUNT = re.compile(r"\((\d+)/(\d+)\)")
INTERVAL = re.compile(r"CI (-?\d+(?:\.\d+)?)(?:-| to )(-?\d+(?:\.\d+)?)\)")
ROUNDING = 0.006
OF_SCALE = (Kind.LEVEL, Kind.CHANGE, Kind.SPREAD)
OF_ARMS = (*OF_SCALE, Kind.SHARE)


@cache
def shipped() -> Evidence:
    """Return the evidence of the catalog: published figures, and what is published as words."""
    folder = catalog.ROOT / "evidence"
    return together(*(read(folder / name, name) for name in SHIPPED))


def read(path: Path, where: str | None = None) -> Evidence:
    """Return the evidence of a CSV file; CatalogError only when it is no such table at all."""
    name = where or shorten(str(path))
    table = Table(path, name, COLUMNS, CatalogError)
    rows: list[EvidenceRow] = []
    refused: list[Problem] = []
    for line, cells in table:
        row = _row(cells, name, line)
        if isinstance(row, Problem):
            refused.append(row)
        else:
            rows.append(row)
    armless = _without_arms(rows)
    refused += table.problems + list(armless.values())
    kept = tuple(r for r in rows if r.study not in armless)
    groups = tuple(contradictions(kept))
    return Evidence(
        rows=kept,
        refused=tuple(refused),
        flags=tuple(contradicted(g) for g in groups),
        contested=frozenset(r.id for g in groups for r in g),
        sha256=table.sha256,
        sources=(name,),
    )


def _row(cells: Mapping[str, str], where: str, line: int) -> EvidenceRow | Problem:
    """Return one row, or the first thing that is wrong with it."""
    at = f"{where}, line {line}"

    def wrong(column: str, why: str, fix: str) -> Problem:
        stated = ", ".join(x for x in (cells.get("study", ""), cells.get("endpoint", "")) if x)
        return Problem(
            what=f"this row was left out: {column}",
            where=at,
            value=shorten(f"{stated}: {column} = {cells.get(column, '')}", 160),
            why=why,
            fix=fix,
        )

    if not cells["study"]:
        return wrong("study", "a figure without a study has no source", "name the study")
    statistic = parse(cells["statistic"])
    if statistic is None:
        return wrong("statistic", "an unknown statistic", nearest(cells["statistic"]))
    confidence = TAGS.get(cells["confidence"])
    if confidence is None:
        fix = f"use one of: {', '.join(TAGS)}"
        return wrong("confidence", "it must say how the figure was met", fix)
    words = statistic.kind is Kind.WORDS
    value = None if words else _number(cells["value"])
    if not words and value is None:
        return wrong("value", "not a number", "write a decimal number with a point")
    n = _people(cells.get("n", ""))
    if n == 0:
        return wrong("n", "people are counted in whole numbers from 1", "give the number analyzed")
    row = EvidenceRow(
        study=cells["study"],
        statistic=statistic,
        value=value,
        words=cells["value"] if words else "",
        endpoint=cells["endpoint"],
        units=cells.get("units", ""),
        confidence=confidence,
        source=cells.get("source_location", ""),
        year=cells.get("year", ""),
        doi=cells.get("doi", ""),
        population=cells.get("population", ""),
        n=n,
        drug=cells["drug"],
        dose=cells.get("dose", ""),
        pretreatment=cells.get("pretreatment", ""),
        time_h=_number(cells.get("time_h", "")),
        count=_count(cells.get("units", "")),
        interval=_interval(cells.get("units", "")),
        file=where,
        line=line,
    )
    why = _impossible(row)
    fix = "compare with the source"
    if statistic.kind is Kind.TEST and not statistic.df:
        fix = f"write them beside it, for example {statistic.name}(1,74)"
    return wrong("value", why, fix) if why else row


def _impossible(row: EvidenceRow) -> str:
    """Return why the row cannot hold, or ""."""
    if row.value is None:
        return ""
    scale = scale_of(row.endpoint) if row.statistic.kind in OF_SCALE else None
    why = impossible(row.statistic, row.value, row.n, scale)
    if why:
        return why
    if row.count is not None and row.count[1] > 0 and row.statistic.kind is Kind.SHARE:
        part, whole = row.count
        if part > whole or abs(part / whole - row.value) > ROUNDING:
            return f"{part} of {whole} is not {row.value:g}"
    # papers print a fall as -8 and its interval as 3 to 13: either sign may be meant
    if row.interval is not None and not any(
        row.interval[0] <= x <= row.interval[1] for x in (row.value, -row.value)
    ):
        return f"it lies outside its own interval, {row.interval[0]:g} to {row.interval[1]:g}"
    return ""


def scale_of(endpoint: str) -> Span | None:
    """Return the range of the scale an endpoint is rated on, in points; None where not known."""
    stated = STATED_SCALE.search(endpoint)
    if stated:
        return float(stated[1]), float(stated[2])
    for word, name in SCALES.items():
        if endpoint.startswith(word):
            return _span(name)
    return None


@cache
def _span(name: str) -> Span:
    found = instrument.read(name)
    return (found.minimum, found.maximum)


def _without_arms(rows: list[EvidenceRow]) -> dict[str, Problem]:
    """Return a problem for each study that states results of people but names no arm."""
    found: dict[str, Problem] = {}
    for study in dict.fromkeys(r.study for r in rows):
        mine = [r for r in rows if r.study == study]
        results = [r for r in mine if r.statistic.kind in OF_ARMS]
        if results and not any(r.drug for r in mine):
            found[study] = Problem(
                what="this study was left out: it names no arm",
                where=results[0].id,
                value=shorten(study),
                why="a result belongs to what people were given; nothing can be compared without",
                fix='fill the column "drug" of its rows',
            )
    return found


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _people(text: str) -> int | None:
    """Return a count of people, None where none is given, 0 where it is no count."""
    if not text:
        return None
    return int(text) if re.fullmatch(r"[1-9]\d{0,6}", text) else 0


def _count(units: str) -> tuple[int, int] | None:
    match = COUNT.search(units)
    return (int(match[1]), int(match[2])) if match else None


def _interval(units: str) -> tuple[float, float] | None:
    match = INTERVAL.search(units)
    return (float(match[1]), float(match[2])) if match else None
