"""What the odds depend on."""

from crossblock.report import sensitivity
from tests.report.accounted import odds

BEFORE = odds(H1=0.2, H3a=0.3, H5=0.5)
SAME = {
    "prior: even": odds(H1=0.01, H3a=0.59, H5=0.4),
    "without W": odds(H1=0.03, H3a=0.6, H5=0.37),
}
TURNED = SAME | {"without J": odds(H1=0.2, H3a=0.3, H5=0.5)}


def test_who_leads_throughout_is_said_and_who_stays_unlikely() -> None:
    assert sensitivity.finding(SAME) == (
        "Gated by opioid tone (H3a) leads under every prior and without any one study; "
        "H1 stays below 5\u202f%"
    )
    assert sensitivity.finding(TURNED) == (
        "Which account leads depends on the prior and the study left out: H3a and H5"
    )


def test_every_condition_is_a_row_with_its_monte_carlo_range_in_the_table() -> None:
    drawn = sensitivity.figure(SAME, BEFORE)
    assert [r[0] for r in drawn.table.rows] == [
        "before any blockade study", "prior: even", "without W"
    ]  # fmt: skip
    assert drawn.table.rows[1][2] == "59\u202f% (47 to 71\u202f%)"
    assert ">59\u202f%<" in drawn.svg
    assert ">without W<" in drawn.narrow
