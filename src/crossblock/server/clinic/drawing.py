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


def trajectory(p: Picture) -> SafeString:
    """Return the SVG of one instrument over the course; lower is better."""
    last = max([*p.days, *p.sessions, *(d for d, _, _ in p.band), 7.0])
    first = min([*p.days, *p.sessions, 0.0])

    def x(day: float) -> float:
        return round(LEFT + (day - first) / (last - first) * (WIDE - LEFT - RIGHT), 1)

    def y(score: float) -> float:
        return round(TOP + (p.high - score) / (p.high - p.low) * (HIGH - TOP - BOTTOM), 1)

    parts = [*_bands(p, y), *_axes(p, x, y, first, last)]
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
            '<circle cx="{}" cy="{}" r="3.5" fill="{}"><title>day {}: {}</title></circle>',
            ((x(d), y(s), BLUE, f"{d:.0f}", f"{s:g}") for d, s in zip(p.days, p.scores)),
        )
    )
    return format_html(
        '<svg viewBox="0 0 {} {}" class="course" role="img" aria-label="{}. {}" '
        'font-family="system-ui,sans-serif" font-size="12">{}</svg>',
        int(WIDE),
        int(HIGH),
        p.title,
        p.how,
        mark_safe("".join(parts)),
    )


def _bands(p: Picture, y: Callable[[float], float]) -> list[SafeString]:
    found = []
    limits = ((p.response, PALE, "response", LEFT + 3, "start"),
              (p.remission, GREEN, "remission", WIDE - RIGHT - 3, "end"))  # fmt: skip
    for limit, color, words, at, anchor in limits:
        if limit is None or limit <= p.low:
            continue
        top, bottom = y(limit), y(p.low)
        found.append(
            format_html(
                '<rect x="{}" y="{}" width="{}" height="{}" fill="{}"/>'
                '<path d="M{} {}H{}" stroke="{}" stroke-dasharray="4 3"/>'
                '<text x="{}" y="{}" fill="{}" text-anchor="{}" stroke="#fff" stroke-width="3" '
                'paint-order="stroke">{} at {} or less</text>',
                LEFT,
                top,
                WIDE - LEFT - RIGHT,
                round(bottom - top, 1),
                color,
                LEFT,
                top,
                WIDE - RIGHT,
                MUTED,
                at,
                top - 4 if words == "response" else top + 13,
                MUTED,
                anchor,
                words,
                f"{limit:g}",
            )
        )
    return found


def _axes(
    p: Picture, x: Callable[[float], float], y: Callable[[float], float], first: float, last: float
) -> list[SafeString]:
    found = []
    for i in range(5):
        score = p.low + (p.high - p.low) * i / 4
        found.append(
            format_html(
                '<path d="M{} {}H{}" stroke="{}"/><text x="{}" y="{}" text-anchor="end" '
                'fill="{}">{}</text>',
                LEFT,
                y(score),
                WIDE - RIGHT,
                LINE,
                LEFT - 5,
                y(score) + 4,
                MUTED,
                f"{score:.0f}",
            )
        )
    step = next((s for s in (7, 14, 28, 56, 91, 182, 365) if (last - first) / s <= 9), 730)
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
            (WIDE + LEFT) / 2,
            HIGH - 3,
            MUTED,
        )
    )
    return found
