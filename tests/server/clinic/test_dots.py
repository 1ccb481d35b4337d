"""The board's picture: filled dots for the clinic, open ones for what is published, two widths."""

import re

from crossblock.server.clinic.dots import dots
from crossblock.server.clinic.drawing import NARROW
from crossblock.server.clinic.published import RESPONSE
from crossblock.server.clinic.quality import Share


def shares() -> tuple[Share, ...]:
    own = Share(what="a", group="Course", words="Response <6>", part=2, whole=4, beside=RESPONSE)
    none = Share(what="b", group="Course", words="Nothing yet", part=0, whole=0)
    return own, none


def test_own_shares_are_filled_and_published_ones_open() -> None:
    svg = dots(shares())
    assert svg.count("<circle") == 1 + len(RESPONSE)
    assert svg.count('fill="#fff" stroke="#5b6675"') == len(RESPONSE)
    assert "Response &lt;6&gt;" in svg
    assert "2 of 4" in svg
    assert "0 of 0" in svg
    assert "style" not in svg


def test_marks_stand_where_their_share_is() -> None:
    svg = dots(shares())
    ticks = [float(x) for x in re.findall(r'd="M([\d.]+) [\d.]+V', svg)]
    own, *others = (float(x) for x in re.findall(r'<circle cx="([\d.]+)"', svg))
    assert own == ticks[2]
    assert len(others) == len(RESPONSE)
    span = ticks[-1] - ticks[0]
    for x, p in zip(others, RESPONSE):
        assert abs((x - ticks[0]) / span - p.part / p.whole) < 0.001


def test_nothing_leaves_the_picture_on_a_phone() -> None:
    svg = dots(shares(), NARROW)
    places = [float(x) for x in re.findall(r' (?:x|cx)="([\d.-]+)"', svg)]
    assert min(places) >= 0
    assert max(places) <= NARROW
