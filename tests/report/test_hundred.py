"""A hundred people: as many marks as people, groups told apart without color, and in words."""

import xml.etree.ElementTree as ElementTree
from itertools import pairwise

import pytest

from crossblock.report import hundred

GROUPS = (
    hundred.Group(count=43, words="well"),
    hundred.Group(count=9, words="better"),
    hundred.Group(count=48, words="neither"),
)
FIGURE = hundred.figure(id="h", groups=GROUPS, title="52 of 100", sentence="52 of 100.")


def test_a_mark_for_each_person_and_one_for_each_row_of_the_key():
    for picture in (FIGURE.svg, FIGURE.narrow):
        marks = [
            e
            for e in ElementTree.fromstring(picture).iter()
            if e.tag.endswith("path") and e.get("stroke-width") == "1.2"
        ]
        assert len(marks) == 100 + len(GROUPS)


def test_groups_are_said_in_words_with_their_counts():
    for word in ("43 well", "9 better", "48 neither"):
        assert word in FIGURE.svg
        assert word in FIGURE.narrow
    assert FIGURE.table.rows == (("well", "43"), ("better", "9"), ("neither", "48"))


def test_shades_differ_in_gray_and_in_shape():
    grays = [int(color[1:3], 16) for color, _ in hundred.SHADES]
    assert grays == sorted(grays)
    assert min(b - a for a, b in pairwise(grays)) > 80
    assert hundred.SHADES[1][1] != hundred.SHADES[0][1]


def test_a_hundred_is_a_hundred():
    with pytest.raises(ValueError, match="hundred"):
        hundred.figure(id="h", groups=GROUPS[:2], title="", sentence="")
