import re

import pytest

from crossblock.domain.protocol import Protocol
from crossblock.domain.trial_plan import TrialPlan
from crossblock.load.protocol import read
from crossblock.plan.study import Ask, plan_study
from crossblock.report.page import render
from crossblock.report.plan import percent, points, trial_plan_story


@pytest.fixture(scope="module")
def williams() -> Protocol:
    return read("williams-2018")


@pytest.fixture(scope="module")
def plan(williams: Protocol) -> TrialPlan:
    return plan_study(williams, Ask(endpoint="hamd17", trials=250, mechanisms=("h1", "h2", "h3a")))


def test_the_page_answers_in_order(williams: Protocol, plan: TrialPlan) -> None:
    story = trial_plan_story(williams, plan)
    assert len(story.tiles) == 3
    assert [s.heading for s in story.sections] == [
        "How many people",
        "Which design, at one cost",
        "What it would tell about the mechanism",
        "This trial, had the truth been otherwise",
        "What each outcome would prove",
        "Interim look, dose, lead time, washout",
        "The protocol file of this plan",
    ]
    assert {f.id for f in story.figures} == {
        "plan-power",
        "plan-width",
        "plan-designs",
        "plan-information",
        "plan-truths",
    }
    assert all(f.table.rows for f in story.figures)


def test_what_is_assumed_is_on_the_page(williams: Protocol, plan: TrialPlan) -> None:
    html = render(trial_plan_story(williams, plan))
    for value in plan.values:
        if value.amber:
            assert value.name in html
    assert "<script" not in html
    assert not re.search(r"\sstyle=", html)
    assert "not advice" in html
    assert not re.search(r"\bp\s*[=<]\s*0\.", html)


def test_without_trials_or_rivals_the_page_still_stands(
    williams: Protocol, plan: TrialPlan
) -> None:
    bare = plan_study(williams, Ask(endpoint="hamd17", trials=0, mechanisms=("h1", "h3a")))
    headings = [s.heading for s in trial_plan_story(williams, bare).sections]
    assert "This trial, had the truth been otherwise" not in headings


def test_shares_and_widths_in_words() -> None:
    assert percent(0.0004).startswith("< 1")
    assert percent(0.9996).startswith("> 99")
    assert points(float("inf")) == "unbounded"
    assert points(0.304) == "30 points"
