"""Curves with bands, levels, marks and names."""

import re

import pytest

from crossblock.report import curves
from crossblock.report.figure import Figure, Table, Words
from crossblock.report.theme import NARROW, WIDE

WORDS = Words(title="Power", subtitle="read", description="power by completers", sentence="P.")
TABLE = Table(headers=("n",), rows=(("12",),))


def line(label: str, top: float, cell: str = "") -> curves.Line:
    y = (0.1, top / 2, top)
    band = (tuple(v - 0.02 for v in y), tuple(v + 0.02 for v in y))
    return curves.Line(label=label, x=(8.0, 20.0, 40.0), y=y, bands=(band,), cell=cell, points=True)


@pytest.fixture(scope="module")
def power() -> Figure:
    return curves.figure(
        id="power",
        lines=[line("all of it", 0.95), line("half of it", 0.93), line("blocked", 0.5, "blocked")],
        axes=curves.Axes(x="completers", y="trials that find it", y_range=(0, 1), percent=True),
        words=WORDS,
        table=TABLE,
        levels=[curves.Level(value=0.8, label="80 %")],
        marks=[curves.Mark(x=20.0, y=0.475, label="20 people")],
    )


def test_every_line_level_and_mark_is_named_at_both_widths(power: Figure) -> None:
    for drawn in (power.svg, power.narrow):
        for words in ("all of it", "half of it", "blocked", "80 %", "20 people", "40\u202f%"):
            assert f">{words}<" in drawn


def test_it_fits_the_page(power: Figure) -> None:
    assert f'viewBox="0 0 {WIDE.width} ' in power.svg
    assert f'viewBox="0 0 {NARROW.width} ' in power.narrow


def test_ranges_hold_bands_and_levels() -> None:
    axes = curves.Axes(x="n", y="y")
    (_, _), (low, high) = curves.ranges([line("a", 0.5)], axes, [curves.Level(value=2, label="")])
    assert low < 0.08
    assert high > 2.0


def test_cells_keep_their_color_and_plain_lines_do_not_borrow_it(power: Figure) -> None:
    assert "#D55E00" in power.svg
    assert "#0072B2" not in power.svg


def test_a_line_that_ends_early_is_named_beside_its_end() -> None:
    short = curves.Line(label="virtual", x=(8.0, 12.0), y=(0.2, 0.4), points=True)
    drawn = curves.figure(
        id="early", lines=[line("all", 0.9), short], axes=curves.Axes(x="n", y="power"),
        words=WORDS, table=TABLE,
    ).svg  # fmt: skip
    placed = {
        words: float(x)
        for x, words in re.findall(r"translate\(([\d.]+)[^)]*\)[^>]*>(all|virtual)<", drawn)
    }
    assert placed["virtual"] < placed["all"] / 2
