"""The picture is well-formed, says what it shows and in which unit, and needs no style."""

from dataclasses import replace
from itertools import pairwise
from xml.etree import ElementTree

import pytest

from crossblock.server.clinic.drawing import HIGH, LOW, NARROW, WIDE, Fan, Picture, draw, nice

FAN = Fan(words="with", rows=[(20, 6, 8, 10, 12, 14), (40, 4, 7, 12, 17, 22)])
PICTURE = Picture(
    title="MADRS: <from> 30 to 10",
    how="dots are ratings",
    axis="MADRS total, points (lower is better)",
    points=[(-7, 30, False), (1, 12, False), (8, 18, False), (20, 10, True)],
    sessions=[0, 7, 14],
    span=(-7, 40),
    low=0,
    high=60,
    limits=[(15, "response"), (12, "remission")],
    fans=[replace(FAN, words="without", plain=True), FAN],
)


def drawn(p: Picture = PICTURE, width: float = WIDE) -> ElementTree.Element:
    return ElementTree.fromstring(draw(p, width))


def words(root: ElementTree.Element) -> list[ElementTree.Element]:
    return [e for e in root if e.attrib.get("class") == "word"]


def numbers(points: str) -> list[tuple[float, float]]:
    return [(float(x), float(y)) for x, y in (pair.split(",") for pair in points.split())]


def test_it_is_well_formed_and_inside_its_box() -> None:
    root = drawn()
    circles = [e for e in root if e.tag == "circle"]
    assert len(circles) == 4
    for c in circles:
        assert 0 <= float(c.attrib["cx"]) <= WIDE
        assert 0 <= float(c.attrib["cy"]) <= HIGH
    heights = [float(c.attrib["cy"]) for c in circles]
    assert heights[0] < heights[1]  # higher scores stand higher
    assert root.attrib["aria-label"].startswith("MADRS: <from>")


def test_no_style_and_no_script() -> None:
    text = str(draw(PICTURE))
    assert "style=" not in text
    assert "<script" not in text


@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_both_axes_say_what_they_count(width: float) -> None:
    said = [e.text for e in drawn(PICTURE, width) if e.tag == "text"]
    assert "MADRS total, points (lower is better)" in said
    assert "days since the first session" in said


def test_ticks_of_the_axis_are_the_values_they_say() -> None:
    p = replace(PICTURE, high=27)  # a quarter of it is no whole number
    said = [e.text for e in drawn(p) if e.attrib.get("text-anchor") == "end"]
    assert said == ["0", "10", "20"]
    assert [nice(m, 4) for m in (60, 27, 100, 0.9)] == [20, 10, 50, 0.5]


@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_words_at_the_right_stand_outside_the_picture_and_apart(width: float) -> None:
    root = drawn(PICTURE, width)
    frame = next(e for e in root if e.tag == "rect")
    end = float(frame.attrib["x"]) + float(frame.attrib["width"])
    found = words(root)
    assert sorted(str(e.text).split()[0] for e in found) == [
        "last", "remission", "response", "with", "without",
    ]  # fmt: skip
    assert all(float(e.attrib["x"]) > end for e in found)
    heights = sorted(float(e.attrib["y"]) for e in found)
    assert all(b - a >= 13.9 for a, b in pairwise(heights))
    assert heights[-1] <= HIGH
    assert all(float(e.attrib["x"]) + 7.5 * len(str(e.text)) <= width for e in found)


def test_a_forecast_has_both_courses_with_their_middle_lines() -> None:
    root = drawn()
    middles = [e for e in root if e.attrib.get("class") == "middle"]
    assert len(middles) == 2
    assert sum("stroke-dasharray" in e.attrib for e in middles) == 1  # told apart without color
    assert len([e for e in root if e.tag == "polygon"]) == 2  # 95 % and 50 % of one
    last = next(e for e in reversed(root) if e.tag == "circle")
    for e in middles:
        assert numbers(e.attrib["points"])[0][0] == float(last.attrib["cx"])


def test_a_value_known_as_a_bound_is_open() -> None:
    closed = [e.attrib["fill"] for e in drawn() if e.tag == "circle"]
    assert closed == ["#0072B2", "#0072B2", "#0072B2", "#fff"]
    text = [str(e.text) for e in words(drawn())]
    assert "last ≥ 10" in text


def test_pictures_of_one_span_stand_in_line() -> None:
    other = replace(PICTURE, axis="mmHg", points=[(1, 120, False), (20, 140, False)], low=100,
                    high=160, limits=(), fans=(), height=LOW)  # fmt: skip

    def place(p: Picture) -> tuple[list[str], list[str]]:
        root = drawn(p)
        marks = [e.attrib["d"].split()[0] for e in root if e.attrib.get("class") == "session"]
        dots = {e.attrib["cx"] for e in root if e.tag == "circle"}
        return marks, sorted(dots)

    assert place(PICTURE)[0] == place(other)[0]
    assert len(place(other)[0]) == 3
    assert set(place(other)[1]) <= set(place(PICTURE)[1])


def test_one_day_alone_is_drawn() -> None:
    one = replace(PICTURE, points=[(0, 5, False)], sessions=[], limits=(), fans=(), span=(0, 7))
    assert "nan" not in str(draw(one))


def test_a_phone_has_a_picture_of_its_own() -> None:
    root = drawn(PICTURE, NARROW)
    assert root.attrib["viewBox"] == f"0 0 {NARROW:.0f} {HIGH:.0f}"
    assert max(float(e.attrib["cx"]) for e in root if e.tag == "circle") <= NARROW
