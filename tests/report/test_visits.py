"""Differences over the visits."""

from dataclasses import replace

from crossblock.domain.analysis import StudyAnalysis
from crossblock.report import visits
from crossblock.report.sides import Sides

SIDES = Sides(test="ketamine", reference="saline")


def test_every_visit_of_a_scale_stands_under_its_name(analysis: StudyAnalysis) -> None:
    first = analysis.endpoints[0]
    later = replace(first, visit="d10", visit_words="Days 10-11")
    figure = visits.figure([first, later], SIDES)
    assert figure.svg.count(">MADRS<") == 2  # the name once, and its halo
    assert ">days 2–3, n = 24<" in figure.svg
    assert ">days 10–11, n = 24<" in figure.svg
    assert figure.title == "On days 10–11, the scale is still lower after ketamine"
    assert len(figure.table.rows) == 4  # two visits, each with its sensitivity analysis


def test_a_faded_difference_is_not_called_lasting(analysis: StudyAnalysis) -> None:
    first, second = analysis.endpoints[:2]
    gone = replace(first, visit="d10", visit_words="Days 10-11")
    gone = replace(gone, primary=replace(gone.primary, upper=1.0))
    kept = replace(second, visit="d10", visit_words="Days 10-11")
    figure = visits.figure([first, second, gone, kept], SIDES)
    assert figure.title == "On days 10–11, 1 of 2 scales still show a clear difference"
