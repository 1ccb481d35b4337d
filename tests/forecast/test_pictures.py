"""Pictures of a forecast: mechanisms that agree share a fan, people are people, risk is named."""

import pytest

from crossblock.forecast import pictures
from crossblock.forecast.forecast import forecast
from crossblock.forecast.policies import compare
from crossblock.forecast.setup import setup
from crossblock.load.mechanism import mechanism
from crossblock.load.repeated_regimen import policy, regimen
from tests.forecast.settings import COMPOUNDS, SLOW

ON = setup(
    [mechanism(n) for n in ("h1", "h3a", "h3b")], SLOW, COMPOUNDS, days=84.0, count=400, seed=2
)
OPEN = forecast(regimen("ketamine-induction-maintenance"), ON)
BLOCKED = forecast(regimen("ketamine-on-naltrexone"), ON)


def test_mechanisms_that_agree_are_one_fan():
    assert pictures.groups(OPEN) == [("h1", "h3a", "h3b")]
    assert "every mechanism" in pictures.by_mechanism(OPEN).svg


def test_a_blocker_on_board_pulls_the_mechanisms_apart():
    assert len(pictures.groups(BLOCKED)) > 1
    figure = pictures.by_mechanism(BLOCKED)
    assert "H3b" in figure.svg
    assert figure.title == "The mechanism changes the course"


@pytest.mark.parametrize(
    "draw", [pictures.by_mechanism, pictures.by_loss, pictures.lanes, pictures.everyone]
)
def test_pictures_are_drawn_with_their_numbers(draw):
    figure = draw(OPEN)
    assert figure.svg.startswith("<svg")
    assert figure.table.rows
    assert figure.sentence.endswith(".")


def test_a_few_dozen_people_have_a_lane_each():
    assert len(pictures.lanes(OPEN).table.rows) == pictures.LANES


def test_the_risk_says_how_much_of_it_is_by_opioids():
    figure = pictures.risk(OPEN)
    assert "without opioids" in figure.sentence
    assert [row[0] for row in figure.table.rows] == ["H1", "H3a", "H3b"]


def test_the_frontier_names_every_policy():
    found = compare([policy("weekly"), policy("taper")], ON)
    assert {row[0] for row in pictures.front(found).table.rows} == {
        policy("weekly").title,
        policy("taper").title,
    }


def test_people_constants_reasons_and_mechanisms_are_drawn_apart():
    found = pictures.apart(OPEN)
    sources = [row[1] for row in found.table.rows]
    assert sources[:2] == ["people", "constants not well known"]
    assert len(found.table.rows) == 12
    low, high = OPEN.outcomes["score"].constants
    assert found.table.rows[1][2] == f"{low:.1f} to {high:.1f}"


def test_a_hundred_people_add_up():
    found = pictures.of_a_hundred(OPEN)
    assert sum(int(row[1]) for row in found.table.rows) == 100
    better = 100 * OPEN.outcomes["response"].mean
    assert found.title.startswith(f"{better:.0f} of 100")
