"""One look for every picture: colors with one meaning, one font, one axis style.

Color is never the only sign: each cell of the 2 x 2 (drug with or without blocker) also has its own
shape and dash, so that a page printed in gray still tells them apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

INK = "#1b2430"
MUTED = "#5b6675"
LINE = "#dfe3e8"
AXIS = "#c3c9d2"
SHADE = "#f2f4f7"
GROUND = "#ffffff"
AMBER = "#b7791f"
AMBER_GROUND = "#fdf3dc"
AMBER_TEXT = "#8a5a10"  # amber dark enough for small words on white

FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"
TEXT = 13
SMALL = 12
STRONG = 600


@dataclass(frozen=True, kw_only=True, slots=True)
class Look:
    """How one cell of the 2 x 2 looks: color, light tint for bands, point shape, line dash."""

    color: str
    tint: str
    shape: str
    dash: tuple[int, ...]
    words: str


CELLS: dict[str, Look] = {
    "open": Look(
        color="#0072B2", tint="#cfe3f0", shape="circle", dash=(1, 0), words="drug without blocker"
    ),
    "blocked": Look(
        color="#D55E00", tint="#f7dcc8", shape="square", dash=(7, 3), words="drug with blocker"
    ),
    "no_drug": Look(
        color="#8a94a3", tint="#e6e9ed", shape="diamond", dash=(2, 3), words="no drug, no blocker"
    ),
    "blocker_alone": Look(
        color="#CC79A7",
        tint="#f4e1ec",
        shape="triangle-up",
        dash=(9, 3, 2, 3),
        words="blocker alone",
    ),
}


def look(cell: str) -> Look:
    """Return how `cell` (open, blocked, no_drug or blocker_alone) is drawn everywhere."""
    return CELLS[cell]


def color_of_text(cell: str) -> str:
    """Return a color for words about `cell`: the gray and purple cells darken to stay legible."""
    return {"no_drug": MUTED, "blocker_alone": "#9c4a78", "blocked": "#b34f00"}.get(
        cell, CELLS[cell].color
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Frame:
    """The two widths every picture is drawn at (px): beside a paper page, and on a phone."""

    name: str
    width: int

    @property
    def narrow(self) -> bool:
        return self.name == "narrow"


WIDE = Frame(name="wide", width=772)
NARROW = Frame(name="narrow", width=344)


def config() -> dict[str, Any]:
    """Return the Vega-Lite configuration that every picture shares."""
    words = {"labelFontSize": SMALL, "titleFontSize": TEXT, "titleFontWeight": "normal"}
    return {
        "background": None,
        "font": FONT,
        "padding": 4,
        "view": {"stroke": None},
        "axis": {
            **words,
            "labelColor": MUTED,
            "titleColor": INK,
            "domainColor": AXIS,
            "tickColor": AXIS,
            "gridColor": "#eceff3",
            "labelPadding": 5,
            "tickSize": 4,
            "titlePadding": 8,
        },
        "axisX": {"grid": False},
        "axisY": {"domain": False, "ticks": False},
        "header": {**words, "labelColor": INK, "titleColor": INK},
        "text": {"color": INK, "fontSize": TEXT, "font": FONT},
        "line": {"strokeWidth": 2, "strokeCap": "butt"},
        "concat": {"spacing": 28},
    }
