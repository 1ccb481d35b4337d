"""The picture is well-formed, says what it shows, and needs no style or script."""

from dataclasses import replace
from xml.etree import ElementTree

from crossblock.server.clinic.drawing import HIGH, NARROW, WIDE, Picture, trajectory

PICTURE = Picture(
    title="MADRS: <from> 30 to 10",
    how="dots are ratings",
    days=[-7, 1, 8, 20],
    scores=[30, 12, 18, 10],
    sessions=[0, 7, 14],
    low=0,
    high=60,
    response=15,
    remission=12,
    band=[(20, 8, 14), (40, 6, 22)],
)


def test_it_is_well_formed_and_inside_its_box() -> None:
    root = ElementTree.fromstring(trajectory(PICTURE))
    circles = [e for e in root if e.tag == "circle"]
    assert len(circles) == 4
    for c in circles:
        assert 0 <= float(c.attrib["cx"]) <= WIDE
        assert 0 <= float(c.attrib["cy"]) <= HIGH
    heights = [float(c.attrib["cy"]) for c in circles]
    assert heights[0] < heights[1]  # higher scores stand higher
    assert root.attrib["aria-label"].startswith("MADRS: <from>")
    assert len([e for e in root if e.tag == "rect"]) == 2
    assert len([e for e in root if e.tag == "polygon"]) == 1


def test_no_style_and_no_script() -> None:
    text = str(trajectory(PICTURE))
    assert "style=" not in text
    assert "<script" not in text


def test_one_day_alone_is_drawn() -> None:
    one = Picture(title="t", how="h", days=[0], scores=[5], sessions=[], low=0, high=27)
    assert "nan" not in str(trajectory(one))


def test_the_bands_are_named_where_the_course_is_not() -> None:
    def place(scores: list[float]) -> float:
        root = ElementTree.fromstring(trajectory(replace(PICTURE, scores=scores)))
        named = [e for e in root if e.tag == "text" and "or less" in (e.text or "")]
        assert [e.text for e in named] == ["response at 15, remission at 12 or less"]
        return float(named[0].attrib["y"])

    assert place([30, 12, 10, 8]) < place([30, 28, 26, 30])


def test_a_phone_has_a_picture_of_its_own() -> None:
    root = ElementTree.fromstring(trajectory(PICTURE, NARROW))
    assert root.attrib["viewBox"] == f"0 0 {NARROW:.0f} {HIGH:.0f}"
    assert max(float(e.attrib["cx"]) for e in root if e.tag == "circle") <= NARROW
