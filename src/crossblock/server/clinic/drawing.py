"""Pictures of a course as plain SVG: no scripts, no styles, numbers in a table beside it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

INK, MUTED, LINE = "#1b2430", "#5b6675", "#dfe3e8"
BLUE, PALE = "#0072B2", "#f1f6f2"
LEFT, TOP, BOTTOM = 34.0, 26.0, 44.0
WIDE, HIGH, LOW = 720.0, 270.0, 150.0
"""Width of a picture, its height, and the height of a small one under it."""
NARROW = 340.0
"""Width on a phone: drawn again, because a picture that only shrinks cannot be read."""
MARGIN, LESS = 120.0, 74.0
"""Room at the right for words beside what they name, the same on every picture of a page."""
APART = 14.0
STEPS = (1, 7, 14, 28, 56, 91, 182, 365, 730)
Span = tuple[float, float]


@dataclass(frozen=True, kw_only=True, slots=True)
class Fan:
    """A forecast: day, and quantiles of 2.5, 25, 50, 75 and 97.5 %. `plain` is drawn as lines."""

    words: str
    rows: Sequence[Sequence[float]]
    plain: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Picture:
    """What is drawn. `points` are (day, value, open); an open mark means "or more"."""

    title: str
    how: str
    axis: str
    """What the values are, their unit, and which direction is better."""
    points: Sequence[tuple[float, float, bool]]
    sessions: Sequence[float]
    span: Span
    low: float
    high: float
    limits: Sequence[tuple[float, str]] = ()
    """Values at or below which a word holds, the higher first."""
    fans: Sequence[Fan] = ()
    stems: bool = False
    """True where every value stands for itself: no line joins them."""
    named: bool = True
    """True where the last value is said beside it."""
    height: float = HIGH


@dataclass(frozen=True, kw_only=True, slots=True)
class _Frame:
    p: Picture
    width: float

    @property
    def right(self) -> float:
        return self.width - (MARGIN if self.width == WIDE else LESS)

    @property
    def floor(self) -> float:
        return self.p.height - BOTTOM

    def x(self, day: float) -> float:
        first, last = self.p.span
        return round(LEFT + (day - first) / (last - first) * (self.right - LEFT), 1)

    def y(self, value: float) -> float:
        share = (min(max(value, self.p.low), self.p.high) - self.p.low) / (self.p.high - self.p.low)
        return round(self.floor - share * (self.floor - TOP), 1)


def draw(p: Picture, width: float = WIDE) -> SafeString:
    """Return the SVG of a picture, `width` wide. Pictures of one span and width stand in line."""
    f = _Frame(p=p, width=width)
    parts = [*_limits(f), *_values(f), *_days(f), *_fans(f), *_marks(f), *_words(f)]
    return mark_safe(
        f'<svg viewBox="0 0 {width:g} {p.height:g}" class="course" role="img" '
        f'aria-label="{escape(p.title)}. {escape(p.how)}" '
        f'font-family="system-ui,sans-serif" font-size="12">{"".join(parts)}</svg>'
    )


def nice(most: float, steps: int = 4) -> float:
    """Return the round distance between ticks that needs at most so many up to `most`."""
    if most <= 0:
        return 1.0
    ten = 10.0 ** math.floor(math.log10(most / steps))
    return next(ten * k for k in (1, 2, 5, 10) if ten * k * steps >= most * (1 - 1e-9))


def _limits(f: _Frame) -> list[str]:
    """Shade response and remission; each line has a dash of its own, so gray prints tell them."""
    found = []
    for (limit, _), dash in zip(f.p.limits, ("7 3", "2 3")):
        y = f.y(limit)
        found.append(
            f'<rect x="{LEFT:g}" y="{y:g}" width="{f.right - LEFT:g}" '
            f'height="{f.floor - y:.1f}" fill="{PALE}"/>'
            f'<path d="M{LEFT:g} {y:g}H{f.right:g}" stroke="{MUTED}" stroke-dasharray="{dash}"/>'
        )
    return found


def _values(f: _Frame) -> list[str]:
    step = nice(f.p.high - f.p.low, 4 if f.p.height == HIGH else 3)
    found = [f'<text x="2" y="12" fill="{MUTED}">{escape(f.p.axis)}</text>']
    k = math.ceil(f.p.low / step - 1e-9)
    while k * step <= f.p.high + 1e-9:
        y = f.y(k * step)
        found.append(
            f'<path d="M{LEFT:g} {y:g}H{f.right:g}" stroke="{LINE}"/>'
            f'<text x="{LEFT - 5:g}" y="{y + 4:g}" text-anchor="end" fill="{MUTED}">'
            f"{k * step:g}</text>"
        )
        k += 1
    return found


def _days(f: _Frame) -> list[str]:
    first, last = f.p.span
    most = (f.right - LEFT) / 52
    step = next((s for s in STEPS if (last - first) / s <= most), STEPS[-1])
    found = [f'<path d="M{LEFT:g} {f.floor:g}H{f.right:g}" stroke="{MUTED}"/>']
    for k in range(math.ceil(first / step), math.floor(last / step) + 1):
        day = f"{k * step}".replace("-", "−")
        found.append(
            f'<text x="{f.x(k * step):g}" y="{f.floor + 24:g}" text-anchor="middle" '
            f'fill="{MUTED}">{day}</text>'
        )
    found.append(
        f'<text x="{(f.right + LEFT) / 2:g}" y="{f.p.height - 4:g}" text-anchor="middle" '
        f'fill="{MUTED}">days since the first session</text>'
    )
    thick = 2 if f.width == WIDE else 1
    found += [
        f'<path class="session" d="M{f.x(d):g} {f.floor:g}v9" stroke="{INK}" '
        f'stroke-width="{thick}"/>'
        for d in f.p.sessions
        if first <= d <= last
    ]
    return found


def _fans(f: _Frame) -> list[str]:
    found = []
    for fan in f.p.fans:
        x = [f.x(row[0]) for row in fan.rows]

        def line(k: int, x: list[float] = x, fan: Fan = fan) -> list[str]:
            return [f"{a:g},{f.y(row[k]):g}" for a, row in zip(x, fan.rows)]

        color, dash = (MUTED, ' stroke-dasharray="5 3"') if fan.plain else (BLUE, "")
        if fan.plain:
            found += [
                f'<polyline points="{" ".join(line(k))}" fill="none" stroke="{color}" '
                'stroke-dasharray="1 3"/>'
                for k in (1, 5)
            ]
        else:
            found += [
                f'<polygon points="{" ".join((*line(low), *reversed(line(high))))}" '
                f'fill="{color}" fill-opacity="0.16"/>'
                for low, high in ((1, 5), (2, 4))
            ]
        found.append(
            f'<polyline class="middle" points="{" ".join(line(3))}" fill="none" stroke="{color}" '
            f'stroke-width="2"{dash}/>'
        )
    return found


def _marks(f: _Frame) -> list[str]:
    """Draw the values: joined by a line, or on stems; open where a value is known as a bound."""
    p, wide = f.p, f.width == WIDE
    inside = [q for q in p.points if p.span[0] <= q[0] <= p.span[1]]
    found = []
    if p.stems:
        found += [
            f'<path d="M{f.x(d):g} {f.floor:g}V{f.y(v):g}" stroke="{BLUE}" stroke-width="1.5"/>'
            for d, v, _ in inside
        ]
    else:
        line = " ".join(f"{f.x(d):g},{f.y(v):g}" for d, v, _ in inside)
        found.append(f'<polyline points="{line}" fill="none" stroke="{BLUE}" stroke-width="1.5"/>')
    for d, v, open_ in inside:
        fill = f'fill="#fff" stroke="{BLUE}" stroke-width="1.5"' if open_ else f'fill="{BLUE}"'
        # a phone has no pointer to rest on a dot; its numbers are in the table
        said = f"<title>day {d:.0f}: {v:.3g}{' or more' if open_ else ''}</title>" if wide else ""
        found.append(
            f'<circle cx="{f.x(d):g}" cy="{f.y(v):g}" r="{3.2 if wide else 2.5:g}" {fill}>'
            f"{said}</circle>"
        )
    return found


def _words(f: _Frame) -> list[str]:
    """Say at the right what stands at which height; words that would touch move apart."""
    p = f.p
    much = f.width == WIDE  # a phone has the numbers of the limits in the sentence underneath
    words = [(f.y(v), f"{word} ≤ {v:g}" if much else word, MUTED) for v, word in p.limits]
    words += [(f.y(x.rows[-1][3]), x.words, MUTED if x.plain else BLUE) for x in p.fans if x.words]
    if p.named and p.points:
        _, value, open_ = p.points[-1]
        words.append((f.y(value), f"last {'≥ ' if open_ else ''}{value:.3g}", INK))
    words.sort(key=lambda w: w[0])
    place: list[float] = []
    for y, _, _ in words:
        place.append(max(y, place[-1] + APART) if place else y)
    for k in reversed(range(len(place))):
        place[k] = min(place[k], f.floor - APART * (len(place) - 1 - k))
    return [
        f'<text class="word" x="{f.right + 6:g}" y="{y + 4:.1f}" fill="{color}">'
        f"{escape(text)}</text>"
        for y, (_, text, color) in zip(place, words)
    ]
