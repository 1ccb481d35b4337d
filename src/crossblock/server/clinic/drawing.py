"""Pictures of a course as plain SVG: no scripts, no styles, numbers in a table beside it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

INK, MUTED, LINE = "#1b2430", "#5b6675", "#dfe3e8"
BLUE, GREEN, PALE = "#0072B2", "#e3f1e6", "#f3f8f4"
LEFT, TOP, RIGHT, BOTTOM = 34.0, 12.0, 12.0, 42.0
WIDE, HIGH = 720.0, 250.0
NARROW = 340.0
"""Width on a phone: drawn again, because a picture that only shrinks cannot be read."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Picture:
    """What is drawn: days and scores, sessions, and the two bands (upper limits, or None)."""

    title: str
    how: str
    days: Sequence[float]
    scores: Sequence[float]
    sessions: Sequence[float]
    low: float
    high: float
    response: float | None = None
    remission: float | None = None
    band: Sequence[tuple[float, float, float]] = ()
    """A forecast: day, lower, upper."""


def trajectory(p: Picture, width: float = WIDE) -> SafeString:
    """Return the SVG of one instrument over the course, `width` wide; lower is better."""
    last = max([*p.days, *p.sessions, *(d for d, _, _ in p.band), 7.0])
    first = min([*p.days, *p.sessions, 0.0])

    def x(day: float) -> float:
        return round(LEFT + (day - first) / (last - first) * (width - LEFT - RIGHT), 1)

    def y(score: float) -> float:
        return round(TOP + (p.high - score) / (p.high - p.low) * (HIGH - TOP - BOTTOM), 1)

    parts = [*_bands(p, y, width), *_axes(p, x, y, (first, last), width)]
    if p.band:
        upper = " ".join(f"{x(d)},{y(b)}" for d, _, b in p.band)
        lower = " ".join(f"{x(d)},{y(a)}" for d, a, _ in reversed(p.band))
        parts.append(
            format_html(
                '<polygon points="{} {}" fill="{}" fill-opacity="0.15"/>', upper, lower, BLUE
            )
        )
    for day in p.sessions:
        parts.append(
            format_html(
                '<path d="M{} {}v9" stroke="{}" stroke-width="2"/>', x(day), HIGH - BOTTOM, INK
            )
        )
    points = " ".join(f"{x(d)},{y(s)}" for d, s in zip(p.days, p.scores))
    parts.append(
        format_html(
            '<polyline points="{}" fill="none" stroke="{}" stroke-width="2"/>', points, BLUE
        )
    )
    parts.append(
        format_html_join(
            "",
            '<circle cx="{}" cy="{}" r="{}" fill="{}"><title>day {}: {}</title></circle>',
            (
                (x(d), y(s), 3.5 if width == WIDE else 2.5, BLUE, f"{d:.0f}", f"{s:g}")
                for d, s in zip(p.days, p.scores)
            ),
        )
    )
    parts.extend(_names(p, y, width))
    return format_html(
        '<svg viewBox="0 0 {} {}" class="course" role="img" aria-label="{}. {}" '
        'font-family="system-ui,sans-serif" font-size="12">{}</svg>',
        int(width),
        int(HIGH),
        p.title,
        p.how,
        mark_safe("".join(parts)),
    )


def _limits(p: Picture) -> list[tuple[float, str, str]]:
    """Return (limit, color, word) of the bands that can be drawn."""
    both = ((p.response, PALE, "response"), (p.remission, GREEN, "remission"))
    return [(limit, c, word) for limit, c, word in both if limit is not None and limit > p.low]


def _bands(p: Picture, y: Callable[[float], float], width: float) -> list[SafeString]:
    return [
        format_html(
            '<rect x="{}" y="{}" width="{}" height="{}" fill="{}"/>'
            '<path d="M{} {}H{}" stroke="{}" stroke-dasharray="4 3"/>',
            LEFT,
            y(limit),
            width - LEFT - RIGHT,
            round(y(p.low) - y(limit), 1),
            color,
            LEFT,
            y(limit),
            width - RIGHT,
            MUTED,
        )
        for limit, color, _ in _limits(p)
    ]


def _names(p: Picture, y: Callable[[float], float], width: float) -> list[SafeString]:
    """Say what the bands are, at the right, on the side of them where the course is not."""
    limits = _limits(p)
    if not limits:
        return []
    words = ", ".join(f"{word} at {limit:g}" for limit, _, word in limits)
    late = sorted(p.scores[-max(1, len(p.scores) // 3) :])
    inside = late[len(late) // 2] <= limits[0][0]
    place = y(limits[0][0]) - 6 if inside else y(limits[-1][0]) + 15
    return [
        format_html(
            '<text x="{}" y="{}" fill="{}" text-anchor="end" stroke="#fff" stroke-width="3" '
            'stroke-linejoin="round" paint-order="stroke">{} or less</text>',
            width - RIGHT - 3,
            round(place, 1),
            MUTED,
            words,
        )
    ]


def _axes(
    p: Picture,
    x: Callable[[float], float],
    y: Callable[[float], float],
    ends: tuple[float, float],
    width: float,
) -> list[SafeString]:
    found = []
    first, last = ends
    for i in range(5):
        score = p.low + (p.high - p.low) * i / 4
        found.append(
            format_html(
                '<path d="M{} {}H{}" stroke="{}"/><text x="{}" y="{}" text-anchor="end" '
                'fill="{}">{}</text>',
                LEFT,
                y(score),
                width - RIGHT,
                LINE,
                LEFT - 5,
                y(score) + 4,
                MUTED,
                f"{score:.0f}",
            )
        )
    step = next((s for s in (7, 14, 28, 56, 91, 182, 365) if (last - first) / s <= width / 80), 730)
    day = 0
    while day <= last:
        found.append(
            format_html(
                '<text x="{}" y="{}" text-anchor="middle" fill="{}">{}</text>',
                x(day),
                HIGH - 18,
                MUTED,
                day,
            )
        )
        day += step
    found.append(
        format_html(
            '<text x="{}" y="{}" text-anchor="middle" fill="{}">days since the first session '
            "(ticks: sessions)</text>",
            (width + LEFT) / 2,
            HIGH - 3,
            MUTED,
        )
    )
    return found
