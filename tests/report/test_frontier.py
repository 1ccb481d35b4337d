"""Frontiers: every policy has its name and numbers, at both widths."""

import xml.etree.ElementTree as ElementTree

from crossblock.report import frontier

POINTS = (
    frontier.Point(
        label="Little", risk=0.01, benefit=30.0, risk_interval=(0.005, 0.02),
        benefit_interval=(20.0, 40.0), by_mechanism=(("h1", 0.01, 30.0),), front=True,
    ),
    frontier.Point(
        label="Beaten", risk=0.05, benefit=29.0, risk_interval=(0.03, 0.08),
        benefit_interval=(19.0, 39.0),
    ),
)  # fmt: skip
FIGURE = frontier.figure(
    id="front",
    points=POINTS,
    axes=frontier.Axes(risk="index", benefit="days of 100"),
    title="More costs more",
    sentence="One of two is beaten by no other.",
)


def test_every_policy_is_named_at_both_widths():
    for picture in (FIGURE.svg, FIGURE.narrow):
        ElementTree.fromstring(picture)
        assert "Little" in picture
        assert "Beaten" in picture


def test_the_table_says_which_is_beaten():
    assert [row[-1] for row in FIGURE.table.rows] == ["yes", "no"]
    assert FIGURE.table.rows[0][1] == "30"


def test_a_risk_axis_never_starts_below_nothing():
    low, high = frontier._range([0.0, 0.1])
    assert low == 0.0
    assert high > 0.1
