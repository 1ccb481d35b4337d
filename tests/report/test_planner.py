from pathlib import Path
from typing import Any

import pytest

from crossblock.exposure.picture import picture
from crossblock.report import planner
from crossblock.report.page import render
from crossblock.report.story import Story
from tests.report.planned import PEOPLE, boards, compounds, plan, protocol

CLIPPED_OR_CROSSED = (Path(__file__).parent / "words_in_pictures.js").read_text()


@pytest.fixture(scope="module")
def story() -> Story:
    drawn = picture(protocol(), compounds(), stream=PEOPLE)
    return planner.plan_story(
        protocol(), drawn, plan(), boards("methadone"), (("Command", "crossblock expose"),)
    )


def test_the_page_asks_answers_and_shows_every_part(story: Story) -> None:
    assert story.question.startswith("How much of the mu receptors does 50 mg of naltrexone")
    assert [f.id for f in story.figures] == [
        "drugs",
        "coverage",
        "doses",
        "selectivity",
        "competition",
        "washout",
        "scans",
    ]
    assert len(story.tiles) == 3
    assert any(run.text == planner.planwords.NO_ADVICE for run in story.answer[-1])


def test_amber_holds_what_the_curves_rest_on_and_not_what_is_rated(story: Story) -> None:
    listed = {a.value: a.reason for a in story.assumed}
    assert "no human PET earlier than 1 h was found" in listed["ka = 2 1/h"]
    assert "4 days" in listed
    assert all("role" not in a.what for a in story.assumed)


def test_references_are_what_was_read(story: Story) -> None:
    texts = " ".join(r.text for r in story.references)
    assert "Rabiner" in texts
    assert "Assumed" not in texts


def test_what_nobody_measured_is_said_where_it_is_shown(story: Story) -> None:
    covered = next(s for s in story.sections if s.heading == "How well the session is covered")
    said = " ".join(run.text for p in covered.paragraphs for run in p)
    assert "Peak uncertainty is upward" in said
    assert "5.8 points" in story.sections[-4].paragraphs[0][0].text


def test_without_a_blocker_the_page_shows_the_drug_and_plans_nothing() -> None:
    name = "nimh-ketamine-saline"
    drawn = picture(protocol(name), compounds(name))
    bare = planner.plan_story(protocol(name), drawn, None)
    assert "no blocker" in bare.answer[0][0].text
    assert [f.id for f in bare.figures] == ["drugs"]
    assert bare.tiles == ()


@pytest.mark.chromium
@pytest.mark.parametrize("width", [1280, 400, 320])
def test_a_real_browser_shows_it_whole(story: Story, chromium: Any, width: int) -> None:
    tab = chromium.new_page(viewport={"width": width, "height": 900})
    tab.set_content(render(story))
    assert tab.evaluate("document.documentElement.scrollWidth") <= width
    assert tab.evaluate(CLIPPED_OR_CROSSED) == []
    tab.close()
