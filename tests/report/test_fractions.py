"""How much was removed: as published beside what selection leaves, and what nobody published."""

from crossblock.report import fractions
from tests.report.accounted import FRACTIONS, MECHANISMS, fraction

PUBLISHED = {"j": (0.28, "no interval, secondary source")}


def test_every_report_stands_as_published_and_as_its_design_allows() -> None:
    drawn = fractions.figure(FRACTIONS, MECHANISMS, PUBLISHED)
    assert drawn.table.rows[:6] == (
        ("W 2018, responders", "as published", fractions.NOTHING),
        ("W 2018, responders", "selection ignored", "80\u202f% (30 to 100\u202f%)"),
        ("W 2018, responders", "selection corrected", "70\u202f% (20 to 95\u202f%)"),
        ("J 2025, mood", "as published", "28\u202f%, no interval, secondary source"),
        ("J 2025, mood", "its own test, everybody", fractions.NOTHING),
        ("Together", "both reports", "60\u202f% (25 to 90\u202f%)"),
    )
    for words in (fractions.NOTHING, "share of the day-1 effect removed, %", "← nothing removed"):
        assert f">{words}<" in drawn.svg
        assert f">{words}<" in drawn.narrow


def test_a_report_that_says_nothing_draws_nothing() -> None:
    told, silent = (
        fractions.figure([fraction("w", "W 2018, x", range_of_log_likelihood=x)], (), {}).svg.count(
            "#D55E00"
        )
        for x in (fractions.FLAT + 0.1, fractions.FLAT - 0.1)
    )
    assert silent == 0
    assert told > 0


def test_an_account_that_claims_nothing_says_so() -> None:
    rows = {r[1]: r[2] for r in fractions.figure(FRACTIONS, MECHANISMS, {}).table.rows}
    assert rows["H1: Glutamate only"] == "0\u202f%, by its own claim"
    assert rows["H3a: Opioid tone gates the glutamate surge"] == "50\u202f% (20 to 70\u202f%)"


def test_the_finding_takes_the_reports_together_or_none() -> None:
    assert fractions.finding(FRACTIONS) == (
        "The reports together allow 25 to 90\u202f% of the effect to be removed"
    )
    flat = [fraction("w", "W 2018, x", range_of_log_likelihood=0.5)]
    assert fractions.finding(flat).startswith("No report fixes")
