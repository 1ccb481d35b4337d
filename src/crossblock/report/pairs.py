"""People before means: each participant's two scores joined by a line, the mean on top."""

from __future__ import annotations

import json
from dataclasses import dataclass
from statistics import fmean
from typing import Any

import altair as alt

from crossblock.domain.analysis import EndpointAnalysis, PairedScore
from crossblock.report import compose, layers, number
from crossblock.report.figure import Figure, Table, Words, draw
from crossblock.report.sides import Sides, capital, inside
from crossblock.report.theme import INK, MUTED, STRONG, Frame, look

MOST_DRAWN = 60


@dataclass(frozen=True, kw_only=True, slots=True)
class Counted:
    """How many complete pairs moved which way; `better` follows the instrument's direction."""

    pairs: int
    lower: int
    higher: int
    same: int
    reference_mean: float
    test_mean: float
    smallest: float
    largest: float


def count(endpoint: EndpointAnalysis) -> Counted:
    """Return what the complete pairs of `endpoint` show, person by person."""
    complete = [p for p in endpoint.pairs if p.difference is not None]
    moved = [p.difference or 0.0 for p in complete]
    return Counted(
        pairs=len(complete),
        lower=sum(d < 0 for d in moved),
        higher=sum(d > 0 for d in moved),
        same=sum(d == 0 for d in moved),
        reference_mean=fmean(p.reference or 0.0 for p in complete),
        test_mean=fmean(p.test or 0.0 for p in complete),
        smallest=min(moved),
        largest=max(moved),
    )


def finding(endpoint: EndpointAnalysis, sides: Sides) -> str:
    """Return "18 of 24 people rated lower after ketamine", the direction that more people moved."""
    seen = count(endpoint)
    lower = seen.lower >= seen.higher
    part = seen.lower if lower else seen.higher
    return f"{number.of(part, seen.pairs)} {sides.moved(lower)} {sides.after_test}"


def figure(endpoint: EndpointAnalysis, sides: Sides, *, id: str = "pairs") -> Figure:
    """Return paired lines for one instrument, with each person's difference beside them."""
    seen = count(endpoint)
    against = "higher" if seen.lower >= seen.higher else "lower"
    single = len(endpoint.pairs) - seen.pairs
    change = " Scores are changes from baseline." if sides.change else ""
    alone = f"; hollow marks: {single} rated in one condition only" if single else ""
    estimate = number.with_interval(endpoint.primary)
    sentence = (
        f"On the {endpoint.instrument_name}, {seen.lower} of {seen.pairs} people "
        f"{sides.moved(True)} {sides.after_test} than {sides.after_reference}, "
        f"{seen.higher} {sides.moved(False).split(' ')[1]} and {seen.same} the same."
    )
    words = Words(
        title=finding(endpoint, sides),
        subtitle=(
            f"Left: each line is one person, dashed where {against} or equal{alone}. Right: each "
            f"person’s difference, with the estimate and its "
            f"{number.level(endpoint.primary)}.{change}"
        ),
        description=(
            f"{sentence} Mean {number.fixed(seen.reference_mean)} {sides.after_reference}, "
            f"{number.fixed(seen.test_mean)} {sides.after_test}; difference {estimate} points."
        ),
        sentence=sentence,
    )
    return draw(
        id=id,
        chart=lambda frame: _chart(endpoint, sides, seen, frame),
        words=words,
        table=_table(endpoint, sides),
    )


def _table(endpoint: EndpointAnalysis, sides: Sides) -> Table:
    def cell(x: float | None) -> str:
        return "not rated" if x is None else number.short(x)

    rows = tuple(
        (
            p.participant,
            p.sequence,
            cell(p.reference),
            cell(p.test),
            "" if p.difference is None else number.signed(p.difference, 0),
        )
        for p in endpoint.pairs
    )
    return Table(
        caption=f"{endpoint.instrument_name} of every participant, {inside(endpoint.visit_words)}",
        headers=(
            "Participant",
            "Sequence",
            capital(sides.after_reference),
            capital(sides.after_test),
            "Difference",
        ),
        rows=rows,
    )


def _chart(endpoint: EndpointAnalysis, sides: Sides, seen: Counted, frame: Frame) -> Any:
    left, right, height, gap = (188, 72, 300, 4) if frame.narrow else (440, 210, 360, 40)
    lines = _lines(endpoint, sides, seen, frame, (left, height))
    moved = _differences(endpoint, sides, (right, height))
    return compose.row(lines, moved, spacing=gap)


def _extent(endpoint: EndpointAnalysis) -> tuple[float, float]:
    scores = [s for p in endpoint.pairs for s in (p.test, p.reference) if s is not None]
    step = 10.0 if endpoint.maximum - endpoint.minimum > 30 else 5.0
    low, high = step * (min(scores) // step), step * (max(scores) // step + 1)
    if min(scores) >= endpoint.minimum:  # scores as rated; changes from baseline have no such ends
        return max(endpoint.minimum, low), min(endpoint.maximum, high)
    return low, high


def _axes(endpoint: EndpointAnalysis, sides: Sides, frame: Frame) -> tuple[Any, Any]:
    better = "lower" if endpoint.lower_is_better else "higher"
    better = better if frame.narrow and sides.change else f"{better} is"
    ends = (json.dumps(words) for words in (sides.after_reference, sides.after_test))
    names = "datum.value < 0.5 ? {} : {}".format(*ends)
    sides_axis = layers.axis_x(
        "", values=[0, 1], labelExpr=names, labelFontSize=13, labelColor=INK, ticks=False,
        domain=False, labelLimit=160,
    )  # fmt: skip
    x = alt.X("x:Q", scale=layers.scale(-0.5, 1.5), axis=sides_axis)
    unit = "change" if sides.change else "points"
    scores = layers.axis_y(f"{endpoint.instrument_name}, {unit} ({better} better)")
    return x, alt.Y("y:Q", scale=layers.scale(*_extent(endpoint)), axis=scores)


def _ends(pair: PairedScore, lower: bool) -> list[dict[str, object]]:
    """Return the rows of one person: one end each for reference (x 0) and test (x 1).

    `lower` is the way that more people went; the others are drawn against it.
    """
    moved = pair.difference or 0.0
    way = "with" if (moved < 0 if lower else moved > 0) else "against"
    way = "alone" if pair.difference is None else way
    ends = ((0, pair.reference), (1, pair.test))
    return [
        {"who": pair.participant, "x": at, "y": score, "way": way}
        for at, score in ends
        if score is not None
    ]


def _lines(
    endpoint: EndpointAnalysis, sides: Sides, seen: Counted, frame: Frame, size: tuple[int, int]
) -> Any:
    x, y = _axes(endpoint, sides, frame)
    test, reference = look(sides.test_cell), look(sides.reference_cell)
    lower = seen.lower >= seen.higher
    rows = [end for pair in endpoint.pairs for end in _ends(pair, lower)]
    joined = [r for r in rows if r["way"] != "alone"]
    way = alt.Color(
        "way:N",
        scale=alt.Scale(domain=["with", "against"], range=[test.color, MUTED]),
        legend=None,
    )
    dash = alt.StrokeDash(
        "way:N", scale=alt.Scale(domain=["with", "against"], range=[[1, 0], [4, 3]]), legend=None
    )
    side = alt.Scale(domain=[0, 1], range=[reference.color, test.color])
    shapes = alt.Scale(domain=[0, 1], range=[reference.shape, test.shape])
    ends = {
        "x": x,
        "y": y,
        "color": alt.Color("x:N", scale=side, legend=None),
        "shape": alt.Shape("x:N", scale=shapes, legend=None),
    }
    lines = layers.base(joined).mark_line(strokeWidth=1.3, opacity=0.6)
    people = compose.layer(
        lines.encode(x=x, y=y, detail="who:N", color=way, strokeDash=dash),
        layers.base(joined).mark_point(filled=True, size=36, opacity=1).encode(**ends),
        layers.base([r for r in rows if r["way"] == "alone"])
        .mark_point(filled=False, size=36, strokeWidth=1.5, opacity=1)
        .encode(**ends),
        own=("color",),
    )
    return compose.layer(people, *_means(seen, x, y, frame), size=size)


def _means(seen: Counted, x: Any, y: Any, frame: Frame) -> list[Any]:
    left = [{"x": -0.13, "x2": 0.1, "y": seen.reference_mean}]
    right = [{"x": 0.9, "x2": 1.13, "y": seen.test_mean}]
    bar = layers.base(left + right).mark_rule(strokeWidth=4, color=INK).encode(x=x, x2="x2:Q", y=y)
    words: dict[str, Any] = {"fontWeight": STRONG}
    mean = "" if frame.narrow else "mean "
    before = [{**left[0], "text": f"{mean}{number.fixed(seen.reference_mean)}"}]
    after = [{**right[0], "x": 1.13, "text": f"{mean}{number.fixed(seen.test_mean)}"}]
    return [
        bar,
        layers.haloed(before, x=x, y=y, align="right", dx=-4, **words),
        layers.haloed(after, x=x, y=y, dx=4, **words),
    ]


def _differences(endpoint: EndpointAnalysis, sides: Sides, size: tuple[int, int]) -> Any:
    e = endpoint.primary
    moved = sorted(p.difference for p in endpoint.pairs if p.difference is not None)
    low, high = min(*moved, 0), max(*moved, 0)
    pad = 0.06 * (high - low)
    y = alt.Y(
        "y:Q",
        scale=layers.scale(low - pad, high + pad),
        axis=layers.axis_y("difference", grid=False),
    )
    x = alt.X("x:Q", scale=layers.scale(-1, 1.4), axis=None)
    rows = [{"x": s, "y": d} for d, s in zip(moved, swarm(moved), strict=True)]
    dots = layers.base(rows).mark_point(
        filled=True, size=36, color=look(sides.test_cell).color, opacity=0.6
    )
    interval = [{"x": 0.5, "y": max(e.lower, low - pad), "y2": min(e.upper, high + pad)}]
    mean = [{"x": 0.5, "y": e.value, "text": number.fixed(e.value)}]
    return compose.layer(
        layers.rule_at(0, axis="y", color=MUTED),
        dots.encode(x=x, y=y),
        layers.base(interval).mark_rule(strokeWidth=2.5, color=INK).encode(x=x, y=y, y2="y2:Q"),
        layers.base(mean).mark_point(filled=True, size=90, color=INK, opacity=1).encode(x=x, y=y),
        layers.haloed(mean, x=x, y=y, dx=9, fontWeight=STRONG),
        size=size,
    )


def swarm(values: list[float]) -> list[float]:
    """Return a sideways place for each of the sorted `values`, so that near dots do not overlap."""
    near = 0.03 * (values[-1] - values[0] or 1.0)
    steps = [0.0] + [sign * k * 0.22 for k in range(1, 30) for sign in (1, -1)]
    places: list[float] = []
    for k, v in enumerate(values):
        taken = {places[j] for j in range(k) if v - values[j] < near}
        places.append(next(s for s in steps if s not in taken))
    return [p - 0.45 for p in places]
