"""Every number of tests/reference/cases/index.csv, within its tolerance.

One row, one test.  The function that computes it is found in the registries of this folder's
`*_cases.py` modules; a row that none of them answers fails.
"""

from __future__ import annotations

import csv
import importlib
from functools import cache
from pathlib import Path
from types import ModuleType

import pytest

HERE = Path(__file__).parent
CASES = HERE / "cases"


def index() -> list[dict[str, str]]:
    with (CASES / "index.csv").open(newline="") as file:
        return list(csv.DictReader(file))


ROWS = index()


@cache
def registries() -> list[ModuleType]:
    names = sorted(p.stem for p in HERE.glob("*_cases.py") if not p.stem.startswith("test_"))
    return [importlib.import_module(f"tests.reference.{name}") for name in names]


@cache
def computed(case: str, analysis: str, file: str) -> dict[str, float]:
    """Return every quantity that the registries find for one analysis of one case.

    The first registry that answers a quantity is believed.
    """
    with (CASES / file).open(newline="") as handle:
        data = list(csv.DictReader(handle))
    found: dict[str, float] = {}
    for module in registries():
        for answers, compute in module.REGISTRY:
            if answers(case, analysis):
                found = {**compute(data, case, analysis), **found}
    return found


def name(row: dict[str, str]) -> str:
    return f"{row['case']}-{row['quantity']}"


@pytest.mark.parametrize("row", ROWS, ids=name)
def test_case(row: dict[str, str], record_property: pytest.RecordProperty) -> None:
    record_property("reference_case", row["case"])
    found = computed(row["case"], row["analysis"], row["file"])
    assert row["quantity"] in found, f"no registry answers {row['quantity']!r}: {row['analysis']}"
    value, expected = float(found[row["quantity"]]), float(row["expected"])
    assert abs(value - expected) <= float(row["tolerance"]), (value, expected, row["tolerance"])


def test_the_set_is_whole() -> None:
    folders = {p.name for p in CASES.iterdir() if p.is_dir()}
    # One case analyzes the data of another.
    assert folders == {Path(r["file"]).parts[0] for r in ROWS}
    assert len({r["case"] for r in ROWS}) >= 57
    assert len(ROWS) >= 993
