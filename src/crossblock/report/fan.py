"""Fans: where trajectories may go, by mechanism or policy, with nested bands and single people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from crossblock.report import curves, number
from crossblock.report.figure import Figure, Table, Words


@dataclass(frozen=True, kw_only=True, slots=True)
class Fan:
    """One family of trajectories over `x`.

    `middle` is the median; `bands` maps the share of people inside (0 to 1) to its (low, high).
    """

    label: str
    x: tuple[float, ...]
    middle: tuple[float, ...]
    bands: tuple[tuple[float, tuple[float, ...], tuple[float, ...]], ...]
    cell: str = ""


def figure(
    *,
    id: str,
    fans: Sequence[Fan],
    axes: curves.Axes,
    title: str,
    sentence: str,
    levels: Sequence[curves.Level] = (),
) -> Figure:
    """Return the fans over each other, medians named; the table holds median and widest band."""
    shares = sorted({share for fan in fans for share, _, _ in fan.bands})
    inside = number.listed([number.percent(s) for s in shares])
    lines = [
        curves.Line(
            label=fan.label,
            x=fan.x,
            y=fan.middle,
            bands=tuple((low, high) for _, low, high in sorted(fan.bands, reverse=True)),
            cell=fan.cell,
        )
        for fan in fans
    ]
    words = Words(
        title=title,
        subtitle=f"Line: the median. Bands: the middle {inside} of people."
        f"{' Ticks on the axis: sessions.' if axes.doses else ''}",
        description=f"{sentence} Medians and bands over {axes.x}, for "
        f"{number.listed([fan.label for fan in fans])}.",
        sentence=sentence,
    )
    return curves.figure(
        id=id, lines=lines, axes=axes, words=words, table=_table(fans, axes), levels=levels
    )


def _table(fans: Sequence[Fan], axes: curves.Axes) -> Table:
    rows = []
    for fan in fans:
        for k, x in enumerate(fan.x):
            _, low, high = max(fan.bands)
            span = number.bounds(low[k], high[k])
            rows.append((fan.label, number.short(x), number.fixed(fan.middle[k]), span))
    widest = number.percent(max(share for fan in fans for share, _, _ in fan.bands))
    return Table(
        caption=f"{axes.y}: medians and bands",
        headers=("Trajectory", axes.x, "Median", f"{widest} of people"),
        rows=tuple(rows),
    )
