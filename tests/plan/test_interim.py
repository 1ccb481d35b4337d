import csv
from pathlib import Path

import pytest

from crossblock.load.people import truth
from crossblock.plan import designs, numbers
from crossblock.plan.interim import advice

CASES = Path(__file__).parents[1] / "reference" / "cases" / "index.csv"
TEXTBOOK = numbers.from_truth(truth(), "hamd17")


def reference(quantity: str) -> float:
    rows = csv.DictReader(CASES.open())
    return next(
        float(r["expected"])
        for r in rows
        if r["case"] == "gs_ldobf_2look_half" and r["quantity"] == quantity
    )


def test_the_level_of_the_half_way_look_is_the_reference_case() -> None:
    found = advice(designs.candidate("2x2"), TEXTBOOK, 60, (0.0, 0.28, 1.0))
    assert found is not None
    assert found.looks == (30, 60)
    # t bounds spend what the z bounds spend, so they lie outside them
    assert found.bounds[0] > reference("critical Z look 1")
    assert found.bounds[1] > reference("critical Z look 2")
    one_sided = reference("nominal one-sided p look 1")
    assert found.nominal_p[0] == pytest.approx(2 * one_sided, abs=3e-6)


def test_early_stops_grow_with_the_truth_and_save_people() -> None:
    found = advice(designs.candidate("2x2"), TEXTBOOK, 60, (0.0, 0.28, 1.0))
    assert found is not None
    assert found.stop[0.0] < 0.003 < found.stop[0.28] < found.stop[1.0]
    assert found.expected_n[0.0] > found.expected_n[0.28] > found.expected_n[1.0] >= 30
    assert "never responders" in found.sentence


def test_a_small_study_is_not_looked_at() -> None:
    assert advice(designs.candidate("2x2"), TEXTBOOK, 12, (0.28,)) is None
    assert advice(designs.candidate("williams-3"), TEXTBOOK, 12, (0.28,)) is None
