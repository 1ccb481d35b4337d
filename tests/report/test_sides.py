"""Names of conditions and visits inside a sentence."""

from crossblock.domain.analysis import StudyAnalysis
from crossblock.domain.protocol import Protocol
from crossblock.report import sides


def test_labels_and_cells_come_from_the_protocol(nimh: Protocol, analysis: StudyAnalysis) -> None:
    here = sides.of(nimh, analysis.endpoints[0])
    assert (here.after_test, here.after_reference) == ("after ketamine", "after saline")
    assert (here.test_cell, here.reference_cell) == ("open", "no_drug")


def test_labels_stand_inside_a_sentence() -> None:
    assert sides.inside("Days 2-3") == "days 2–3"
    assert sides.inside("HAM-D6 total") == "HAM-D6 total"
    assert sides.inside("Ketamine") == "ketamine"
    assert sides.on_visit("Day 1") == "On day 1"
    assert sides.on_visit("End of the infusion") == "At end of the infusion"
