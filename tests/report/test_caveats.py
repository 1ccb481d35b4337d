"""What may be said depends on protocol and result alone."""

from dataclasses import replace

from crossblock.domain.analysis import StudyAnalysis
from crossblock.domain.curve import ExposurePicture
from crossblock.domain.protocol import Protocol
from crossblock.report import caveats

SENTENCE = (
    "These ratings contain no naltrexone; they show how large and how variable the drug effect is "
    "that a blocker would have to remove."
)


def test_ratings_without_a_blocker_say_so(nimh: Protocol, williams: Protocol) -> None:
    assert caveats.without_blocker(nimh, caveats.blocker(nimh, williams)) == SENTENCE
    assert caveats.without_blocker(nimh, caveats.blocker(nimh, None)) == SENTENCE
    assert caveats.without_blocker(williams, "naltrexone") == ""


def test_an_unclear_result_claims_no_direction(nimh: Protocol, analysis: StudyAnalysis) -> None:
    first = analysis.endpoints[0]
    blurred = replace(first, primary=replace(first.primary, upper=1.0))
    said = " ".join(caveats.can(nimh, replace(analysis, endpoints=(blurred,))))
    assert "lower after" not in said
    assert "change the picture" in said
    assert "lower after" in " ".join(caveats.can(nimh, analysis))


def test_limits_hold_the_protocols_own_and_the_carryover_with_its_power(
    nimh: Protocol, analysis: StudyAnalysis
) -> None:
    limits = caveats.cannot(nimh, analysis)
    assert any("peak on day 1" in line for line in limits)
    assert any("13.2 or more would have been found 4 times in 5" in line for line in limits)
    assert not any(line.startswith("These ratings contain no") for line in limits)


def test_every_remembered_value_is_listed_with_its_reason(
    nimh: Protocol, exposure: ExposurePicture
) -> None:
    listed = caveats.assumed(nimh, exposure)
    assert len(listed) == len(nimh.assumptions()) + 1
    dose = next(a for a in listed if a.key == "administrations.ketamine.dose")
    assert (dose.what, dose.value, dose.how) == (
        "ketamine infusion, dose",
        "0.5 mg/kg",
        "from memory",
    )
    assert "do not state the dose" in dose.reason


def test_marks_of_curves_are_read() -> None:
    found = caveats.MARKED.fullmatch("ka = 2 1/h (assumed)")
    assert found is not None
    assert (found["value"], found["how"]) == ("ka = 2 1/h", "assumed")


def test_key_paths_are_said_in_words(nimh: Protocol) -> None:
    assert caveats.what(nimh, "comparator.reveals[1]") == "comparator, reveals"
    assert caveats.what(nimh, "endpoints.madrs.role") == "MADRS total, role"


def test_sources_that_disagree_stand_side_by_side(williams: Protocol) -> None:
    said = dict(caveats.disagreements(williams))
    assert said["population, failed treatments"] == "2 (registry); 4 (news)"
