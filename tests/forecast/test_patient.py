"""The page for a patient: plain words, counts of a hundred, limits, no advice."""

from crossblock.forecast.forecast import forecast
from crossblock.forecast.patient import patient_story
from crossblock.forecast.setup import setup
from crossblock.load.mechanism import mechanism
from crossblock.load.repeated_regimen import regimen
from crossblock.report.page import render
from tests.forecast.settings import COMPOUNDS, SLOW
from tests.forecast.test_story import FORBIDDEN

ON = setup([mechanism(n) for n in ("h1", "h5")], SLOW, COMPOUNDS, days=364.0, count=320, seed=2)
FOUND = forecast(regimen("ketamine-induction-maintenance"), ON)
PAGE = render(patient_story(FOUND))
JARGON = ("madrs", "occupancy", "mechanism", "posterior", "quantile", "opponent", "nmda")


def test_it_speaks_of_a_hundred_people_and_a_year():
    assert "a year of these sessions" in PAGE
    assert f"{100 * FOUND.outcomes['response'].mean:.0f} of 100" in PAGE


def test_it_uses_no_jargon_in_what_is_read_first():
    story = patient_story(FOUND)
    words = " ".join(run.text for p in story.answer for run in p)
    words += " ".join(run.text for s in story.sections for p in s.paragraphs for run in p)
    for word in JARGON:
        assert word not in words.lower(), word


def test_it_gives_no_advice_and_no_chance_of_addiction():
    for word in FORBIDDEN:
        assert word not in PAGE.lower(), word
    assert "not a chance of addiction" in PAGE
    assert "how you yourself would fare" in PAGE
