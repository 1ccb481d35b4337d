"""Histories: impossible ones refused with their place, odd ones kept and flagged."""

from dataclasses import replace

import pytest

from crossblock.core.errors import InputError
from crossblock.domain.history import History, Rated, Session, checked
from tests.forecast.settings import HALF

GOOD = History(
    baseline=34.0,
    ratings=(Rated(day=1, score=20.0), Rated(day=8, score=None), Rated(day=15.5, score=14.0)),
    sessions=(Session(day=0, dose=HALF), Session(day=7, dose=HALF)),
    label=(0.1, 1.0),
)


def test_a_missing_rating_is_told_and_kept():
    (said,) = checked(GOOD)
    assert said.startswith("1 of 3 ratings are missing")


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"baseline": None}, "no baseline"),
        ({"baseline": 99.0}, "baseline cannot be used"),
        ({"baseline": 2.0}, "baseline cannot be used"),
        ({"ratings": (Rated(day=1, score=61.0),)}, "outside the range"),
        ({"ratings": (Rated(day=1, score=-1.0),)}, "outside the range"),
        ({"ratings": (Rated(day=5, score=20.0), Rated(day=2, score=20.0))}, "out of order"),
        ({"ratings": (Rated(day=float("nan"), score=20.0),)}, "finite"),
        ({"sessions": (Session(day=3, dose=HALF), Session(day=1, dose=HALF))}, "out of order"),
        ({"sessions": (Session(day=1, dose=HALF), Session(day=1.01, dose=HALF))}, "overlap"),
        ({"weight_kg": 7.0}, "weight"),
    ],
)
def test_what_cannot_be_is_refused(change, says):
    with pytest.raises(InputError, match=says):
        checked(replace(GOOD, **change))


def test_every_problem_is_told_at_once():
    with pytest.raises(InputError) as caught:
        checked(replace(GOOD, baseline=None, weight_kg=7.0))
    assert len(caught.value.problems) == 2


def test_a_large_dose_is_flagged_and_kept():
    large = replace(HALF, amount=2.0)
    found = checked(replace(GOOD, sessions=(Session(day=0, dose=large),)))
    assert any("above the usual range" in line for line in found)


def test_nothing_known_says_so():
    found = checked(History(baseline=30.0, ratings=(), sessions=()))
    assert any("the prior, not this person" in line for line in found)
