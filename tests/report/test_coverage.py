from dataclasses import replace

from crossblock.report import coverage
from crossblock.report.number import THIN
from tests.report.planned import plan


def test_the_scans_at_this_dose_stand_on_the_curve() -> None:
    points = coverage.same_dose(plan())
    # Rabiner 2011: two scans at 50 mg; Lee 1988: four against the scan at 1 h
    assert [round(100 * p.measured) for p in points] == [92, 98, 91, 80, 46, 30]
    assert sum(p.scan.relative_to_h is not None for p in points) == 4
    assert coverage.same_dose(replace(plan(), doses=plan().doses * 2)) == ()


def test_the_picture_names_its_finding_axes_and_levels() -> None:
    figure = coverage.figure(plan())
    assert f"88–90{THIN}% of mu receptors" in figure.title
    for words in ("hours after naltrexone intake", "days after naltrexone intake", "95 %"):
        assert f">{words}<" in figure.svg
    assert "hollow ones were measured against their own early scan" in figure.subtitle
    assert "5.8 points" in figure.sentence


def test_the_twin_table_has_times_levels_and_scans() -> None:
    rows = {r[0]: r for r in coverage.figure(plan()).table.rows}
    assert rows["24 h"][1] == f"85.7{THIN}%"  # pharmacology.md, section 2
    assert rows["7 days"][1] == f"24.1{THIN}%"
    assert rows[f"95{THIN}% or more"][1] == "never"
    assert rows["Lee 1988, 3 days, against 1 h"][1:] == (
        f"measured 80{THIN}%",
        f"model 78{THIN}%",
    )
