"""The page of a forecast: assumptions first, no advice, limits, every number with its spread."""

import pytest

from crossblock.forecast.forecast import forecast
from crossblock.forecast.outcomes import OUTCOMES
from crossblock.forecast.policies import compare
from crossblock.forecast.setup import setup
from crossblock.forecast.story import NO_ADVICE, story
from crossblock.load.mechanism import mechanism
from crossblock.load.repeated_regimen import policy, regimen
from crossblock.report.page import render
from tests.forecast.settings import COMPOUNDS, SLOW
from tests.forecast.test_validation import ROWS

ON = setup([mechanism(n) for n in ("h1", "h3b")], SLOW, COMPOUNDS, days=84.0, count=320, seed=2)
BASE = regimen("ketamine-induction-maintenance")
STORY = story(
    forecast(BASE, ON),
    comparison=compare([policy("weekly"), policy("taper")], ON),
    compared=ROWS,
)
PAGE = render(STORY)
FORBIDDEN = ("should", "recommend", "we advise", "is an opioid", "probability of addiction")


def test_the_page_says_what_it_rests_on_and_gives_no_advice():
    assert "If the listed assumptions held" in PAGE
    assert NO_ADVICE in PAGE
    for word in FORBIDDEN:
        assert word not in PAGE.lower(), word


def test_equal_weights_are_said_to_be_no_evidence():
    assert "a choice, not evidence" in PAGE


def test_the_limits_stand_on_the_page():
    assert STORY.limits in PAGE
    assert "no probability of a use disorder" in PAGE


def test_every_outcome_has_its_row():
    for o in OUTCOMES:
        assert o.words in PAGE


def test_failures_stay_in_the_table():
    assert "OUTSIDE" in PAGE
    assert "held out" in PAGE


def test_assumed_numbers_are_listed():
    assert {a.key for a in STORY.assumed} >= {"a_A", "half_life_O", "worsening"}


def test_unknown_compounds_are_told_in_the_answer():
    page = render(story(forecast(regimen("ketamine-on-methadone"), ON)))
    assert "Methadone on board is not computed" in page


@pytest.mark.parametrize("word", ["policies side by side", "what would knowing the mechanism"])
def test_policies_are_compared(word):
    assert word in PAGE.lower()
