"""Who took part, person by person."""

from dataclasses import replace

from crossblock.domain.analysis import StudyAnalysis
from crossblock.domain.protocol import Protocol
from crossblock.report import flow


def test_losses_are_seen_by_sequence_and_period(analysis: StudyAnalysis, nimh: Protocol) -> None:
    figure = flow.figure(analysis.flow, nimh, "d2")
    assert figure.title == "24 of 33 people were rated in both periods"
    assert figure.table.rows[1] == ("ketamine, then saline", "period 1: ketamine", "15", "2")
    assert "33 people were enrolled and 31 started" in figure.sentence
    assert "2 were never allocated" in figure.sentence


def test_every_person_is_a_dot(analysis: StudyAnalysis, nimh: Protocol) -> None:
    dots = flow.figure(analysis.flow, nimh, "d2").svg.count('stroke-width="1.2"')
    assert dots == 4 * (17 + 14)


def test_crowds_are_numbers_not_dots(analysis: StudyAnalysis, nimh: Protocol) -> None:
    many = replace(analysis.flow, started={"ketamine-first": 90, "saline-first": 80})
    assert 'stroke-width="1.2"' not in flow.figure(many, nimh, "d2").svg
