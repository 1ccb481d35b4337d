"""Paired lines: what is counted, and what is drawn for people seen once."""

from crossblock.domain.analysis import StudyAnalysis
from crossblock.report import pairs
from crossblock.report.sides import Sides

SIDES = Sides(test="ketamine", reference="saline")


def test_the_finding_counts_people(analysis: StudyAnalysis) -> None:
    assert (
        pairs.finding(analysis.endpoints[0], SIDES) == "18 of 24 people rated lower after ketamine"
    )


def test_counts_add_up_to_the_pairs(analysis: StudyAnalysis) -> None:
    for endpoint in analysis.endpoints:
        seen = pairs.count(endpoint)
        assert seen.lower + seen.higher + seen.same == seen.pairs == endpoint.primary.n


def test_people_seen_once_are_named_drawn_and_tabled(analysis: StudyAnalysis) -> None:
    figure = pairs.figure(analysis.endpoints[0], SIDES)
    assert "5 rated in one condition only" in figure.subtitle
    assert len(figure.table.rows) == 29
    assert sum("not rated" in row for row in figure.table.rows) == 5
    assert "mean 24.5" in figure.svg


def test_a_swarm_keeps_near_dots_apart() -> None:
    places = pairs.swarm([-3.0, -3.0, -2.9, 5.0])
    assert len(set(places[:3])) == 3
    assert places[3] == places[0]
