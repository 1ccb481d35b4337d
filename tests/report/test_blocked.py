import pytest

import crossblock as cb
from crossblock.domain.analysis import StudyAnalysis
from crossblock.report.blocked import blocked_sections
from crossblock.report.story import Section
from tests.stats.blocked import williams
from tests.stats.test_study import nimh


def told(**truth: float) -> tuple[tuple[Section, ...], StudyAnalysis]:
    protocol, ratings, codes = williams(**truth)  # type: ignore[arg-type]
    instruments = {i: cb.read_instrument(i) for i in protocol.instrument_ids}
    analysis = cb.analyze(protocol, cb.derive_study(protocol, ratings, codes), instruments)
    return blocked_sections(protocol, analysis), analysis


def words(section: Section) -> str:
    return " ".join(run.text for p in section.paragraphs for run in p)


def test_each_question_has_its_section_picture_and_table() -> None:
    sections, _ = told(n=24, removed=0.4, seed=5)
    assert [s.heading for s in sections] == [
        "Did blocking remove the effect?",
        "Family by family",
        "Responders only",
        "Does the covariance model matter?",
        "Should the study have stopped?",
    ]
    for section in sections:
        for figure in section.figures:
            assert figure.table.rows
            assert figure.sentence


@pytest.mark.parametrize(
    ("n", "removed", "says"),
    [
        (24, 0.4, "excludes both no blockade and complete blockade"),
        (100, 0.0, "does not exclude no blockade"),
        (100, 1.0, "does not exclude complete blockade"),
    ],
)
def test_the_words_say_what_the_interval_cannot_exclude(n: int, removed: float, says: str) -> None:
    sections, _ = told(n=n, removed=removed, seed=5)
    assert says in words(sections[0])


def test_selection_is_told_with_its_size() -> None:
    sections, analysis = told(n=40, removed=0.0)
    said = words(sections[2])
    assert "if the blocker did nothing" in said
    assert f"Among the {analysis.selected[0].responders} of" in said


def test_nothing_is_said_of_a_blocker_nobody_received() -> None:
    protocol, ratings, codes = nimh()
    instruments = {i: cb.read_instrument(i) for i in protocol.instrument_ids}
    tables = cb.derive_study(protocol, ratings, codes)  # type: ignore[arg-type]
    assert blocked_sections(protocol, cb.analyze(protocol, tables, instruments)) == ()
