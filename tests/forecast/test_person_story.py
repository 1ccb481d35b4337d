"""The page of one person: ratings drawn, flags with their chance of noise, no advice."""

from crossblock.forecast.person_story import person_story
from crossblock.report.page import render
from tests.forecast.test_person import FADING, STEADY, told
from tests.forecast.test_story import FORBIDDEN

FADED = told(FADING)
PAGE = render(person_story(FADED, FADING))


def test_a_flag_comes_with_its_probability_of_being_noise():
    assert "The probability that this is noise is" in PAGE


def test_a_steady_course_says_so():
    page = render(person_story(told(STEADY), STEADY))
    assert "these ratings do not stand out" in page


def test_ratings_sessions_and_both_futures_are_drawn():
    for word in ("rated", "sessions", "with a session", "without", "next session"):
        assert word in PAGE


def test_it_gives_no_advice():
    for word in FORBIDDEN:
        assert word not in PAGE.lower(), word
    assert "it gives no advice" in PAGE
