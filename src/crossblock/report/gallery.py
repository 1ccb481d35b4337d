"""Twenty virtual trials side by side: what chance alone does to the same truth."""

from __future__ import annotations

from typing import Any

import altair as alt

from crossblock.domain.characteristics import Gallery, VirtualTrial
from crossblock.report import compose, layers, number
from crossblock.report.figure import Figure, Table, Words, draw
from crossblock.report.theme import INK, MUTED, SMALL, STRONG, Frame, look

WIDE_COLUMNS, NARROW_COLUMNS, HEIGHT, GAP = 5, 3, 96, 18
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
    columns = NARROW_COLUMNS if frame.narrow else WIDE_COLUMNS
    width = (frame.width - 8 - GAP * (columns - 1)) // columns
    values = [v for t in gallery.trials for pair in t.pairs for v in pair] or [0.0]
    domain = (min(values), max(max(values), min(values) + 1.0))
    boxes = [_box(t, domain, width) for t in gallery.trials]
    rows = [boxes[k : k + columns] for k in range(0, len(boxes), columns)]
    return compose.column(*(compose.row(*r, spacing=GAP) for r in rows), spacing=GAP)


def _box(trial: VirtualTrial, domain: tuple[float, float], width: int) -> Any:
    x = alt.X("x:Q", scale=layers.scale(0, 1), axis=None)
    y = alt.Y("y:Q", scale=layers.scale(*domain), axis=None)
    people = [{"x": LEFT, "y": a, "x2": RIGHT, "y2": b} for a, b in trial.pairs]
    thin = layers.base(people).mark_rule(color=MUTED, strokeWidth=0.7, opacity=0.55)
    parts = [thin.encode(x=x, y=y, x2="x2:Q", y2="y2:Q")]
    n = max(len(trial.pairs), 1)
    means = [sum(p[k] for p in trial.pairs) / n for k in (0, 1)]
    mean = [{"x": LEFT, "y": means[0], "x2": RIGHT, "y2": means[1]}]
    parts.append(
        layers.base(mean)
        .mark_rule(color=INK, strokeWidth=2.4)
        .encode(x=x, y=y, x2="x2:Q", y2="y2:Q")
    )
    for place, value, cell in ((LEFT, means[0], "open"), (RIGHT, means[1], "blocked")):
        dot = layers.base([{"x": place, "y": value}]).mark_point(
            filled=True, size=55, color=look(cell).color, shape=look(cell).shape, opacity=1
        )
        parts.append(dot.encode(x=x, y=y))
    weight: dict[str, Any] = {"fontWeight": STRONG} if trial.claims else {"color": MUTED}
    said = [{"text": number.signed(trial.estimate)}]
    parts.append(
        layers.haloed(
            said, x=alt.value(width / 2), y=alt.value(6), align="center", fontSize=SMALL, **weight
        )
    )
    return compose.layer(*parts, size=(width, HEIGHT))


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
