"""One forest for all scales of a study."""

from dataclasses import replace

import pytest

from crossblock.domain.analysis import StudyAnalysis
from crossblock.report import scales
from crossblock.report.sides import Sides

SIDES = Sides(test="ketamine", reference="saline")


def test_title_follows_the_verdicts(analysis: StudyAnalysis) -> None:
    figure = scales.figure(analysis.endpoints, SIDES)
    assert figure.title == "All 3 scales are lower after ketamine"


def test_a_sensitivity_that_adds_nobody_is_not_drawn(analysis: StudyAnalysis) -> None:
    first = analysis.endpoints[0]
    same = replace(first, sensitivity=(replace(first.primary, model="other"),))
    assert scales.figure([same], SIDES).svg.count("n = 24") == 1


def test_primary_and_sensitivity_are_both_said(analysis: StudyAnalysis) -> None:
    figure = scales.figure(analysis.endpoints, SIDES)
    for words in ("both ratings, n = 24", "at least one rating, n = 29", "−6.8 (−10.9 to −2.6)"):
        assert words in figure.svg
    assert len(figure.table.rows) == 6
    assert figure.table.headers[-1] == "p"  # beside estimate, SE, df and interval, never alone


def test_spread_is_the_sd_of_differences(analysis: StudyAnalysis) -> None:
    # 9.54, 6.23 and 3.62: SD of the difference in evidence.md, section 6
    got = [scales.spread(e) for e in analysis.endpoints]
    assert got == pytest.approx([9.54, 6.23, 3.62], abs=0.005)
