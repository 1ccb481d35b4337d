"""A whole story, composed for any protocol."""

from dataclasses import replace

from crossblock.domain.analysis import StudyAnalysis
from crossblock.domain.protocol import Protocol
from crossblock.report import study
from crossblock.report.story import Story

BLOCKED = {"ketamine-first": "naltrexone-first", "saline-first": "placebo-first"}
GIVEN = {"ketamine": "blocked", "saline": "open"}


def said(story: Story) -> str:
    return " ".join("".join(run.text for run in p) for p in story.answer)


def as_blockade(analysis: StudyAnalysis) -> StudyAnalysis:
    """Return the same numbers under the names of a trial with a blocker (test: blocked)."""
    first = replace(
        analysis.endpoints[0],
        visit="d1",
        visit_words="Day 1",
        test="blocked",
        reference="open",
        cells=tuple(
            replace(c, sequence=BLOCKED[c.sequence], condition=GIVEN[c.condition])
            for c in analysis.endpoints[0].cells
        ),
    )
    flow = replace(
        analysis.flow,
        started={BLOCKED[s]: n for s, n in analysis.flow.started.items()},
        completed={BLOCKED[s]: n for s, n in analysis.flow.completed.items()},
        cells=tuple(
            replace(c, sequence=BLOCKED[c.sequence], condition=GIVEN[c.condition], visit="d1")
            for c in analysis.flow.cells
        ),
    )
    return replace(analysis, endpoints=(first,), flow=flow)


def test_the_answer_comes_first_and_in_plain_words(story: Story) -> None:
    assert said(story) == (
        "On days 2–3, symptom scores were lower after ketamine than after saline: on average by "
        "6.8 points on the MADRS (0 to 60, lower is better). Averages from 2.6 to 10.9 points fit "
        "these data too (95\u202f% interval). People differ widely: 18 of 24 rated lower after "
        "ketamine, and single people range from 32 points lower to 7 points higher. These ratings "
        "contain no naltrexone; they show how large and how variable the drug effect is that a "
        "blocker would have to remove."
    )


def test_three_numbers_stand_below_it(story: Story) -> None:
    assert [t.value for t in story.tiles] == ["−6.8 points", "88–90\u202f%", "5.7 points"]


def test_a_study_with_a_blocker_speaks_of_its_own_conditions(
    williams: Protocol, analysis: StudyAnalysis
) -> None:
    told = study.study_story(williams, as_blockade(analysis), study.Beside())
    words = said(told)
    assert "contain no" not in words
    assert "symptom scores had improved more with naltrexone than with placebo" in words
    assert told.question == williams.question
    assert [f.id for f in told.figures] == ["schedule", "flow", "pairs", "scales", "cells"]


def test_an_unclear_difference_is_called_so(nimh: Protocol, analysis: StudyAnalysis) -> None:
    first = analysis.endpoints[0]
    blurred = replace(first, primary=replace(first.primary, upper=0.5))
    told = study.study_story(nimh, replace(analysis, endpoints=(blurred,)), study.Beside())
    assert "were not clearly different" in said(told)
    assert "lower after ketamine than" not in said(told)


def test_later_visits_get_their_own_picture(nimh: Protocol, analysis: StudyAnalysis) -> None:
    first = analysis.endpoints[0]
    later = replace(first, visit="d10", visit_words="Days 10-11")
    told = study.study_story(nimh, replace(analysis, endpoints=(first, later)), study.Beside())
    assert told.figures[-1].title == "On days 10–11, the scale is still lower after ketamine"


def test_no_verdict_calls_the_drug_an_opioid(story: Story) -> None:
    words = " ".join([said(story), *story.can, *story.cannot, *(f.sentence for f in story.figures)])
    assert "is an opioid" not in words


def test_provenance_names_both_hashes(story: Story, analysis: StudyAnalysis) -> None:
    named = dict(story.provenance)
    assert named["Protocol, SHA-256"] == analysis.protocol_hash
    assert named["Ratings, SHA-256"] == analysis.ratings_hash
    assert named["Command"] == "crossblock demo"
