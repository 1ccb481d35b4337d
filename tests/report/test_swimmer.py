"""Swimmer lanes: every person has a lane, at both widths, and the table holds the same days."""

import xml.etree.ElementTree as ElementTree

from crossblock.report import swimmer

LANES = (
    swimmer.Lane(
        label="1",
        spans=((0.0, 2.0, "ill"), (2.0, 6.0, "response"), (6.0, 10.0, "remission")),
        sessions=(0.0, 1.0, 2.0),
        mark="3 sessions",
    ),
    swimmer.Lane(label="2", spans=((0.0, 10.0, "ill"),), sessions=(0.0,), mark="stopped"),
)
FIGURE = swimmer.figure(
    id="lanes", lanes=LANES, x_title="weeks", end=10.0, title="One of two", sentence="One of two."
)


def test_both_widths_are_pictures_with_words():
    for picture in (FIGURE.svg, FIGURE.narrow):
        ElementTree.fromstring(picture)
        assert "in remission" in picture
        assert "at half the baseline or below" in picture
    assert "stopped" in FIGURE.svg


def test_the_table_holds_the_days_of_each_lane():
    one, two = FIGURE.table.rows
    assert one == ("1", "4", "4", "2", "3", "3 sessions")
    assert two == ("2", "0", "0", "10", "1", "stopped")


def test_states_differ_in_gray_and_not_by_color():
    shades = [int(s.color[1:3], 16) for s in swimmer.STATES]
    assert shades == sorted(shades, reverse=True)
    assert shades[0] - shades[-1] > 150
