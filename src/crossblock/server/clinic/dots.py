"""The board's picture: each share as a dot on its interval, published ones open beneath it.

Plain SVG, no scripts and no styles. It reads without color: own shares are filled on a thick bar,
published ones open on a thin one.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from crossblock.server.clinic.drawing import BLUE, INK, LINE, MUTED, NARROW
from crossblock.server.clinic.quality import Share, groups

WIDE = 860.0
LABEL, COUNT, EDGE = 330.0, 92.0, 8.0
"""Room for words at the left and counts at the right; words stand above the bar where narrow."""
ROW, BENEATH, HEAD, AXIS = 24.0, 18.0, 32.0, 22.0
TICKS = (0, 25, 50, 75, 100)


class _Sheet:
    """Rows drawn downward on one scale of 0 to 100 %."""

    def __init__(self, width: float) -> None:
        self.width, self.narrow = width, width <= NARROW
        self.left = EDGE if self.narrow else LABEL
        self.right = width - EDGE - (0.0 if self.narrow else COUNT)
        self.y = AXIS
        self.parts: list[SafeString] = []

    def x(self, share: float) -> float:
        return round(self.left + share * (self.right - self.left), 1)

    def head(self, words: str) -> None:
        self.y += HEAD
        self.parts.append(
            format_html(
                '<text x="0" y="{}" font-weight="600" fill="{}">{}</text>', self.y - 9, INK, words
            )
        )

    def row(self, words: str, count: str, color: str, high: float) -> float:
        """Write words and count of a row; return the height of its bar."""
        if self.narrow:
            self._text(EDGE, self.y + 12, "start", color, words)
            self._text(self.width - EDGE, self.y + 12, "end", color, count)
            self.y += 13
        else:
            self._text(self.left - 10, self.y + high / 2 + 4, "end", color, words)
            self._text(self.right + 10, self.y + high / 2 + 4, "start", color, count)
        middle = self.y + high / 2
        self.y += high
        return middle

    def _text(self, x: float, y: float, anchor: str, color: str, words: str) -> None:
        self.parts.append(
            format_html(
                '<text x="{}" y="{}" text-anchor="{}" fill="{}">{}</text>',
                round(x, 1), round(y, 1), anchor, color, words,
            )
        )  # fmt: skip

    def bar(self, y: float, ends: tuple[float, float], color: str, thick: float) -> None:
        self.parts.append(
            format_html(
                '<path d="M{} {}H{}" stroke="{}" stroke-width="{}"/>',
                self.x(ends[0]), y, self.x(ends[1]), color, thick,
            )
        )  # fmt: skip


def dots(shares: Sequence[Share], width: float = WIDE) -> SafeString:
    """Return the picture of a board, `width` wide."""
    on = _Sheet(width)
    for words, rows in groups(tuple(shares)):
        on.head(words)
        for share in rows:
            _share(on, share)
    high = int(on.y + AXIS)
    return format_html(
        '<svg viewBox="0 0 {} {}" class="course" role="img" aria-label="Every measure as a share '
        'with its 95 % interval, published shares beneath. The numbers are in the table." '
        'font-family="system-ui,sans-serif" font-size="12">{}{}</svg>',
        int(width),
        high,
        _scale(on, high),
        mark_safe("".join(on.parts)),
    )


def _share(on: _Sheet, share: Share) -> None:
    middle = on.row(share.words, f"{share.part} of {share.whole}", INK, ROW)
    if share.interval is None:
        return
    on.bar(middle, share.interval, BLUE, 6)
    on.parts.append(
        format_html(
            '<circle cx="{}" cy="{}" r="6" fill="{}" stroke="#fff" stroke-width="1.5"/>',
            on.x(share.part / share.whole), middle, INK,
        )
    )  # fmt: skip
    for p in share.beside:
        beneath = on.row(p.name, f"{p.part} of {p.whole}", MUTED, BENEATH)
        on.bar(beneath, p.interval, MUTED, 1.5)
        on.parts.append(
            format_html(
                '<circle cx="{}" cy="{}" r="4.5" fill="#fff" stroke="{}" stroke-width="1.8"/>',
                on.x(p.part / p.whole), beneath, MUTED,
            )
        )  # fmt: skip


def _scale(on: _Sheet, high: int) -> SafeString:
    """Return the grid with its percentages above and below."""
    return format_html_join(
        "",
        '<path d="M{} {}V{}" stroke="{}"/><text x="{}" y="12" text-anchor="middle" fill="{}">{}'
        '</text><text x="{}" y="{}" text-anchor="middle" fill="{}">{}</text>',
        (
            (on.x(t / 100), AXIS - 4, high - AXIS + 4, LINE, _inside(on, t), MUTED, f"{t} %",
             _inside(on, t), high - 5, MUTED, f"{t} %")
            for t in TICKS
        ),
    )  # fmt: skip


def _inside(on: _Sheet, tick: int) -> float:
    """Return where a tick's words stand so that they stay in the picture."""
    return min(max(on.x(tick / 100), 14.0), on.width - 18.0)
