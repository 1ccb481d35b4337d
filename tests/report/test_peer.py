from pathlib import Path
from typing import Any

import pytest

from crossblock.report import peer
from crossblock.report.page import render
from tests.report.planned import comparison

CLIPPED_OR_CROSSED = (Path(__file__).parent / "words_in_pictures.js").read_text()


def test_agreement_comes_before_defects_and_what_they_do_better_after() -> None:
    story = peer.comparison_story(comparison(), "crossblock expose --compare-planner")
    assert "agree to" in story.answer[0][0].text
    assert story.answer[0][1].text == "0.1 points"
    assert [s.heading for s in story.sections][-1] == "What the published planner does better"
    lead, *defects = story.sections[2].paragraphs
    assert "own constants" in lead[0].text
    assert len(defects) == 4
    for (what, said), known in zip(defects, comparison().defects, strict=True):
        assert what.strong
        assert f"{known.theirs:.2f}" in said.text
        assert f"{known.ours:.2f}" in said.text


def test_a_question_without_an_answer_says_no_number() -> None:
    story = peer.comparison_story(comparison(), "x")
    oral = story.sections[0].table
    assert oral is not None
    row = next(r for r in oral.rows if "7 d after" in r[0])
    assert row[1] == "no number"


@pytest.mark.chromium
@pytest.mark.parametrize("width", [1280, 320])
def test_a_real_browser_shows_it_whole(chromium: Any, width: int) -> None:
    tab = chromium.new_page(viewport={"width": width, "height": 900})
    tab.set_content(render(peer.comparison_story(comparison(), "x")))
    assert tab.evaluate("document.documentElement.scrollWidth") <= width
    assert tab.evaluate(CLIPPED_OR_CROSSED) == []
    tab.close()
