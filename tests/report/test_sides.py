"""Names of conditions and visits inside a sentence."""

from crossblock.domain.analysis import StudyAnalysis
from crossblock.domain.protocol import Protocol
from crossblock.report import sides
from crossblock.report.sides import Sides
from crossblock.report.verdict import Verdict


def test_labels_and_cells_come_from_the_protocol(nimh: Protocol, analysis: StudyAnalysis) -> None:
    here = sides.of(nimh, analysis.endpoints[0])
    assert (here.after_test, here.after_reference) == ("after ketamine", "after saline")
    assert (here.test_cell, here.reference_cell) == ("open", "no_drug")


def test_labels_stand_inside_a_sentence() -> None:
    assert sides.inside("Days 2-3") == "days 2–3"
    assert sides.inside("HAM-D6 total") == "HAM-D6 total"
    assert sides.inside("Ketamine") == "ketamine"
    assert sides.on_visit("Day 1") == "On day 1"
    assert sides.on_visit("End of the infusion") == "At the end of the infusion"


def test_names_keep_what_tells_conditions_apart(williams: Protocol) -> None:
    assert sides.short_names(["Placebo, then ketamine", "Naltrexone, then ketamine"]) == [
        "placebo",
        "naltrexone",
    ]
    assert sides.short_names(["Ketamine", "Ketamine, then naltrexone"]) == [
        "ketamine",
        "ketamine, then naltrexone",
    ]
    assert sides.short_names(["Ketamine", "Saline"]) == ["ketamine", "saline"]
    assert sides.names_of(williams) == {"open": "placebo", "blocked": "naltrexone"}


def test_changes_from_baseline_are_spoken_of_as_improvement() -> None:
    plain = Sides(test="a", reference="b")
    change = Sides(test="a", reference="b", change=True, improves=True)
    rises = Sides(test="a", reference="b", change=True, improves=True, lower_is_better=False)
    assert (plain.moved(True), plain.scored(Verdict.LOWER)) == ("rated lower", "are lower")
    assert (change.moved(True), change.scored(Verdict.HIGHER)) == ("improved more", "improved less")
    assert rises.moved(True) == "improved less"
    assert change.scored(Verdict.UNCLEAR) == "are not clearly different"


def test_both_with_the_drug_is_with_not_after() -> None:
    here = Sides(test="naltrexone", reference="placebo", common=True)
    assert (here.after_test, here.after_reference) == ("with naltrexone", "with placebo")
