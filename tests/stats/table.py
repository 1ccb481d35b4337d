"""Small analysis tables for tests: from a reference file, or drawn."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np

from crossblock.domain.table import AnalysisTable

CASES = Path(__file__).parents[1] / "reference" / "cases"


def expected(case: str, analysis: str) -> dict[str, tuple[float, float]]:
    """Return quantity -> (expected, tolerance) of the rows whose analysis starts as given."""
    with (CASES / "index.csv").open(newline="", encoding="utf-8") as file:
        rows = [
            r
            for r in csv.DictReader(file)
            if r["case"] == case and r["analysis"].startswith(analysis)
        ]
    assert rows, f"no reference rows for {case}: {analysis}"
    return {r["quantity"]: (float(r["expected"]), float(r["tolerance"])) for r in rows}


def two_by_two(
    case: str, *, participant: str, period: str, treatment: str, score: str
) -> AnalysisTable:
    """Read a long 2 x 2 reference file as an analysis table of one trial."""
    with (CASES / case / "data.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    people = sorted({r[participant] for r in rows})
    periods = sorted({r[period] for r in rows})
    conditions = tuple(sorted({r[treatment] for r in rows}))
    y = np.zeros((1, len(people), 2))
    observed = np.zeros(y.shape, dtype=bool)
    condition = np.full(y.shape, -1)
    for r in rows:
        i, p = people.index(r[participant]), periods.index(r[period])
        condition[0, i, p] = conditions.index(r[treatment])
        if r[score]:
            y[0, i, p], observed[0, i, p] = float(r[score]), True
    return AnalysisTable(
        y=y,
        observed=observed,
        condition=condition,
        sequence=np.asarray(condition[..., 0]),
        participants=tuple(people),
        conditions=conditions,
        sequences=tuple(f"{c} first" for c in conditions),
    )
