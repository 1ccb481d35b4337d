"""Every figure of a report keeps the same promises."""

import re

import pytest

from crossblock.report import figure, layers
from crossblock.report.figure import Table, Words
from crossblock.report.story import Story
from crossblock.report.theme import NARROW, WIDE

WORDS = Words(title="One point", subtitle="read it", description="a point at 1", sentence="One.")
TABLE = Table(headers=("x",), rows=(("1",),))


def one() -> figure.Figure:
    rows = [{"x": 1.0}]
    chart = layers.base(rows).mark_point(clip=True).encode(x="x:Q")
    return figure.draw(id="one", chart=lambda frame: chart, words=WORDS, table=TABLE)


def test_the_same_figure_gives_the_same_bytes() -> None:
    assert one() == one()


def test_a_table_row_fits_its_headers() -> None:
    with pytest.raises(ValueError, match="2 cells for 1 headers"):
        Table(headers=("x",), rows=(("1", "2"),))


def test_every_picture_has_words_and_numbers_beside_it(story: Story) -> None:
    assert len(story.figures) >= 7
    for f in story.figures:
        for drawn in (f.svg, f.narrow):
            assert re.search(r"<title id=[^>]+>[^<]{10,}</title>", drawn)
            assert re.search(r"<desc id=[^>]+>[^<]{20,}</desc>", drawn)
            assert drawn.count("<text") >= 3
        assert f.table.rows
        assert f.table.caption
        assert f.sentence.endswith(".")


def test_no_picture_carries_what_a_strict_policy_forbids(story: Story) -> None:
    for f in story.figures:
        for drawn in (f.svg, f.narrow):
            assert not re.search(r"<script|style=|<style|href|<image|<foreignObject| on\w+=", drawn)


def test_pictures_are_drawn_at_the_two_widths_of_the_page(story: Story) -> None:
    for f in story.figures:
        assert f'viewBox="0 0 {WIDE.width} ' in f.svg
        assert f'viewBox="0 0 {NARROW.width} ' in f.narrow


def test_no_ascii_minus_before_a_digit_is_drawn(story: Story) -> None:
    for f in story.figures:
        words = re.findall(r">([^<]+)</text>", f.svg + f.narrow)
        assert not [w for w in words if re.search(r"(?<![\w\d])-\d", w)]


def test_ids_are_unique_on_a_page(story: Story) -> None:
    ids = [i for f in story.figures for i in re.findall(r' id="([^"]+)"', f.svg + f.narrow)]
    assert len(ids) == len(set(ids))
