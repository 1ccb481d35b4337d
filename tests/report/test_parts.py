"""Parts of a spread: a line for every source, few values as dots, the same ranges as a table."""

import xml.etree.ElementTree as ElementTree

from crossblock.report import parts
from crossblock.report.figure import Words

PANELS = (
    parts.Panel(
        title="Score (points)",
        mean=18.0,
        strips=(
            parts.Strip(label="people", low=2.0, high=46.0, text="2 to 46"),
            parts.Strip(label="2 mechanisms", low=17.0, high=19.0, text="17 to 19", dots=(17, 19)),
        ),
    ),
    parts.Panel(
        title="Index",
        mean=0.02,
        strips=(parts.Strip(label="people", low=0.02, high=0.02, text="0.02"),),
    ),
)
FIGURE = parts.figure(
    id="apart", panels=PANELS, words=Words(title="T", subtitle="S", description="D", sentence="X")
)


def test_both_widths_name_every_outcome_and_source():
    for picture in (FIGURE.svg, FIGURE.narrow):
        ElementTree.fromstring(picture)
        for word in ("Score (points)", "Index", "people", "2 mechanisms", "17 to 19"):
            assert word in picture


def test_the_table_has_a_row_for_each_source():
    assert FIGURE.table.rows == (
        ("Score (points)", "people", "2 to 46"),
        ("Score (points)", "2 mechanisms", "17 to 19"),
        ("Index", "people", "0.02"),
    )


def test_a_range_of_one_value_is_drawn_and_not_refused():
    assert "0.02" in FIGURE.svg
