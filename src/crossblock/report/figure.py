"""A figure: a finding, a picture of it at two widths, and the same numbers as a table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import vl_convert
from altair.utils.schemapi import debug_mode

from crossblock.report import compose, svg
from crossblock.report.theme import NARROW, WIDE, Frame, config

SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"
Chart = Any  # an altair chart; the library is typed too loosely to help here


@dataclass(frozen=True, kw_only=True, slots=True)
class Table:
    """The numbers behind a figure: the twin that a screen reader or a spreadsheet can use."""

    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    caption: str = ""

    def __post_init__(self) -> None:
        wrong = [row for row in self.rows if len(row) != len(self.headers)]
        if wrong:
            raise ValueError(f"a row has {len(wrong[0])} cells for {len(self.headers)} headers")


@dataclass(frozen=True, kw_only=True, slots=True)
class Words:
    """What a figure says: the finding, how to read it, the picture in words, one sentence."""

    title: str
    subtitle: str
    description: str
    sentence: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Figure:
    """A picture with its finding as title.

    `svg` is drawn for a page, `narrow` for a phone; both carry `title` and `description` for screen
    readers. `sentence` says the finding with its numbers, for use in running text.
    """

    id: str
    svg: str
    narrow: str
    title: str
    subtitle: str
    description: str
    table: Table
    sentence: str


def draw(*, id: str, chart: Callable[[Frame], Chart], words: Words, table: Table) -> Figure:
    """Return the figure that `chart` draws at both widths, named and described by `words`."""
    return Figure(
        id=id,
        svg=_render(chart, WIDE, id, words),
        narrow=_render(chart, NARROW, f"{id}-narrow", words),
        title=words.title,
        subtitle=words.subtitle,
        description=words.description,
        table=table,
        sentence=words.sentence,
    )


def _render(chart: Callable[[Frame], Chart], frame: Frame, name: str, words: Words) -> str:
    with debug_mode(False):  # no schema check of every stroke: the renderer refuses a wrong whole
        drawn = compose.view(chart(frame))
    spec = {"$schema": SCHEMA, **drawn, "config": config()}
    return svg.clean(
        vl_convert.vegalite_to_svg(spec),
        name=name,
        title=words.title,
        description=words.description,
        width=frame.width,
    )
