"""One estimate per scale: the forest of a study's endpoints with their sensitivity analyses."""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import stdev

from crossblock.domain.analysis import EndpointAnalysis
from crossblock.domain.result import Estimate
from crossblock.report import forest, number
from crossblock.report.figure import Figure, Table, Words
from crossblock.report.sides import Sides, inside, on_visit
from crossblock.report.verdict import agreement, verdict


def spread(endpoint: EndpointAnalysis) -> float:
    """Return the standard deviation of within-person differences, complete pairs, in points."""
    moved = [p.difference for p in endpoint.pairs if p.difference is not None]
    return stdev(moved) if len(moved) > 1 else math.nan


def _row(endpoint: EndpointAnalysis, e: Estimate, primary: bool, cell: str) -> forest.Row:
    sd = spread(endpoint)
    kind = "both ratings" if primary else "at least one rating"
    return forest.Row(
        group=endpoint.instrument_name,
        label=f"{kind}, n = {e.n}",
        value=e.value / sd,
        lower=e.lower / sd,
        upper=e.upper / sd,
        text=number.with_interval(e),
        primary=primary,
        cell=cell,
    )


def _shown(endpoint: EndpointAnalysis) -> list[tuple[Estimate, bool]]:
    """Return the primary estimate, then those that add people to it."""
    more = [(s, False) for s in endpoint.sensitivity if s.n != endpoint.primary.n]
    return [(endpoint.primary, True), *more]


def _title(endpoints: Sequence[EndpointAnalysis], sides: Sides) -> str:
    earned = [verdict(e.primary) for e in endpoints]
    return f"{agreement(earned, 'scales', sides.scored)} {sides.after_test}"


def figure(endpoints: Sequence[EndpointAnalysis], sides: Sides, *, id: str = "scales") -> Figure:
    """Return the forest of all `endpoints`: primary and sensitivity estimates of each scale.

    The axis is in standard deviations of within-person differences, since a point of one scale is
    not a point of another; the words beside each row are in the scale's own points.
    """
    rows = [
        _row(endpoint, e, primary, sides.test_cell)
        for endpoint in endpoints
        for e, primary in _shown(endpoint)
    ]
    first = endpoints[0]
    sentence = "; ".join(
        f"{e.instrument_name} {number.with_interval(e.primary)} points" for e in endpoints
    )
    words = Words(
        title=_title(endpoints, sides),
        subtitle=(
            f"Dot: estimate of {sides.test} {number.MINUS} {sides.reference}. Line: its "
            f"{number.level(first.primary)}. Points on each scale stand at the right. "
            f"{on_visit(first.visit_words)}."
        ),
        description=f"Estimates with intervals per scale. {sentence}.",
        sentence=f"{sentence}.",
    )
    axis = forest.Axis(
        title=f"{sides.test} {number.MINUS} {sides.reference}, in SDs of the differences",
        left="← lower",
        right="higher →",
    )
    return forest.figure(id=id, rows=rows, axis=axis, words=words, table=_table(endpoints))


def _table(endpoints: Sequence[EndpointAnalysis]) -> Table:
    rows = tuple(
        (
            endpoint.instrument_name,
            e.model,
            str(e.n or ""),
            number.fixed(e.value, 2),
            "" if e.se is None else number.fixed(e.se, 2),
            number.freedom(e.df),
            number.bounds(e.lower, e.upper, 2),
            "" if e.p is None else number.probability(e.p),
        )
        for endpoint in endpoints
        for e in (endpoint.primary, *endpoint.sensitivity)
    )
    return Table(
        caption=f"Estimated differences in points, {inside(endpoints[0].visit_words)}",
        headers=("Scale", "Model", "People", "Difference", "SE", "df", "Interval", "p"),
        rows=rows,
    )
