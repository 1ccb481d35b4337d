"""Twenty virtual trials side by side: what chance alone does to the same truth."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import altair as alt

from crossblock.domain.characteristics import Gallery
from crossblock.report import compose, layers, number
from crossblock.report.figure import Figure, Table, Words, draw
from crossblock.report.theme import INK, MUTED, SMALL, STRONG, Frame, look

WIDE_COLUMNS, NARROW_COLUMNS, HEIGHT, HEAD, GAP = 5, 3, 104, 16, 18  # px
LEFT, RIGHT = 0.18, 0.82


def figure(gallery: Gallery, label: str, *, scale: str, id: str) -> Figure:
    """Return one small picture a trial: each line a person, from open to blocked.

    `label` names the truth, `scale` the endpoint.
    """
    claims = sum(t.claims for t in gallery.trials)
    title = f"{label}: {number.of(claims, len(gallery.trials), 'trials')} claim it"
    words = Words(
        title=title,
        subtitle=(
            f"Each box is one virtual trial, each line a person's change in {scale} (down is "
            "better), left without, right with the blocker; thick: the mean. Bold: it claims."
        ),
        description=f"{title}. Paired changes of every person in each virtual trial.",
        sentence=f"{title}.",
    )
    return draw(
        id=id, chart=lambda frame: _chart(gallery, frame), words=words, table=_table(gallery)
    )


def _chart(gallery: Gallery, frame: Frame) -> Any:
    """Draw all boxes as one view in px: one layer for people, one for means, one for words."""
    columns = NARROW_COLUMNS if frame.narrow else WIDE_COLUMNS
    width = frame.width - 8
    boxes = _boxes(gallery, columns, width)
    height = (HEIGHT + GAP) * -(-len(boxes) // columns)
    x = alt.X("x:Q", scale=layers.scale(0, width), axis=None)
    y = alt.Y("y:Q", scale=alt.Scale(domain=[height, 0], nice=False), axis=None)
    ends = {"x": x, "y": y, "x2": "x2:Q", "y2": "y2:Q"}
    people = [row for box in boxes for row in box.people]
    thin = layers.base(people).mark_rule(color=MUTED, strokeWidth=0.7, opacity=0.55)
    thick = layers.base([box.mean for box in boxes]).mark_rule(color=INK, strokeWidth=2.4)
    parts = [thin.encode(**ends), thick.encode(**ends)]
    for cell, a, b in (("open", "x", "y"), ("blocked", "x2", "y2")):
        dots = [{"x": box.mean[a], "y": box.mean[b]} for box in boxes]
        style = look(cell)
        drawn = layers.base(dots).mark_point(
            filled=True, size=55, color=style.color, shape=style.shape, opacity=1
        )
        parts.append(drawn.encode(x=x, y=y))
    for claims in (True, False):
        said = [box.words for box in boxes if box.claims is claims]
        weight: dict[str, Any] = {"fontWeight": STRONG} if claims else {"color": MUTED}
        if said:
            parts.append(layers.haloed(said, x=x, y=y, align="center", fontSize=SMALL, **weight))
    return compose.layer(*parts, size=(width, height))


@dataclass(frozen=True, kw_only=True, slots=True)
class _Box:
    """One trial in px: a line a person, the mean, and what is written above."""

    people: tuple[dict[str, float], ...]
    mean: dict[str, float]
    words: dict[str, object]
    claims: bool


def _boxes(gallery: Gallery, columns: int, width: int) -> list[_Box]:
    values = [v for t in gallery.trials for pair in t.pairs for v in pair] or [0.0]
    low, high = min(values), max(max(values), min(values) + 1.0)
    wide = (width - GAP * (columns - 1)) / columns

    def line(left: float, top: float, pair: tuple[float, float]) -> dict[str, float]:
        one, two = (top + HEAD + (HEIGHT - HEAD) * (high - v) / (high - low) for v in pair)
        return {"x": left + LEFT * wide, "y": one, "x2": left + RIGHT * wide, "y2": two}

    found = []
    for k, t in enumerate(gallery.trials):
        left, top = (k % columns) * (wide + GAP), (k // columns) * (HEIGHT + GAP)
        n = max(len(t.pairs), 1)
        mean = (sum(a for a, _ in t.pairs) / n, sum(b for _, b in t.pairs) / n)
        words = {"x": left + wide / 2, "y": top + 7, "text": number.signed(t.estimate)}
        found.append(
            _Box(
                people=tuple(line(left, top, pair) for pair in t.pairs),
                mean=line(left, top, mean),
                words=words,
                claims=t.claims,
            )
        )
    return found


def _table(gallery: Gallery) -> Table:
    rows = tuple(
        (
            str(t.number),
            str(len(t.pairs)),
            number.signed(t.estimate),
            number.bounds(t.lower, t.upper),
            "yes" if t.claims else "no",
        )
        for t in gallery.trials
    )
    return Table(
        caption="The first virtual trials of this truth",
        headers=("Trial", "Completers", "Difference", f"95{number.THIN}% interval", "Claims"),
        rows=rows,
    )
