from crossblock.report.operating import simulation_story
from crossblock.report.page import render
from tests.report.simulated import found, galleries, study


def test_the_page_answers_truth_by_truth() -> None:
    story = simulation_story(study(), found(), galleries(), "crossblock simulate williams-2018")
    answers = ["".join(r.text for r in p).replace("\u202f", " ") for p in story.answer]
    assert answers[0].startswith("If complete blockade removed none of the drug’s effect, ")
    assert "would still claim a difference" in answers[0]
    assert "would show it" in answers[1]
    assert [s.heading for s in story.sections] == [
        "How often would it be claimed?",
        "How well would it be measured?",
        "When would it have stopped?",
        "This published trial, had each truth held",
        "Twenty such trials",
    ]
    assert len(story.tiles) == 3
    assert {a.key for a in story.assumed} >= {"icc", "fall"}
    assert story.provenance[-1] == ("Command", "crossblock simulate williams-2018")


def test_the_page_is_one_quiet_file() -> None:
    story = simulation_story(study(), found(), galleries(), "x")
    page = render(story)
    assert render(simulation_story(study(), found(), galleries(), "x")) == page
    assert "<script" not in page
    assert "style=" not in page
    assert "nan" not in page.lower().replace("dominan", "")
