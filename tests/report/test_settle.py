"""What would settle it."""

from crossblock.report import settle
from tests.report.accounted import MOOD, PLACEBO, SEPARATIONS, separation


def test_the_finding_counts_what_a_measurement_settles_and_names_what_none_does() -> None:
    assert settle.finding(SEPARATIONS) == (
        "One measurement (placebo infusion) settles 1 of 1 open pairs"
    )
    more = (*SEPARATIONS, separation("H3a", "H4", MOOD, 1.2), separation("H3a", "H4", PLACEBO, 0.0))
    assert settle.finding(more).endswith("settles 1 of 2 open pairs; none settles H3a or H4")
    assert settle.finding(more[2:]).startswith("None of these measurements settles")


def test_a_distance_counts_as_it_is_printed() -> None:
    assert settle.settles(separation("a", "b", MOOD, 1.96))
    assert not settle.settles(separation("a", "b", MOOD, 1.94))


def test_pairs_by_measurement() -> None:
    drawn = settle.figure(SEPARATIONS)
    assert drawn is not None
    assert drawn.table.headers == ("Rivals", "placebo infusion", "mood: naltrexone 50 mg")
    assert drawn.table.rows == (("H3a or H5", "3.6", "0.7"),)
    assert "one study of 26 people" in drawn.subtitle
    assert settle.figure(()) is None
