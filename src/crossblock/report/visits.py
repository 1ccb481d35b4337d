"""The same difference at every visit: does it last?"""

from __future__ import annotations

from collections.abc import Sequence

from crossblock.domain.analysis import EndpointAnalysis
from crossblock.report import forest, number
from crossblock.report.figure import Figure, Table, Words
from crossblock.report.scales import spread
from crossblock.report.sides import Sides, inside, on_visit
from crossblock.report.verdict import Verdict, verdict

CLEAR = (Verdict.LOWER, Verdict.HIGHER)


def figure(endpoints: Sequence[EndpointAnalysis], sides: Sides, *, id: str = "visits") -> Figure:
    """Return one row a scale and visit, primary estimates only, in the order of the visits.

    The axis is in standard deviations of within-person differences, as in the forest of scales.
    """
    last = [e for e in endpoints if e.visit == endpoints[-1].visit]
    words = Words(
        title=_finding(last, sides),
        subtitle=(
            f"Dot: estimate of {sides.test} {number.MINUS} {sides.reference} at each visit. Line: "
            f"its {number.level(endpoints[0].primary)}. Points on each scale stand at the right."
        ),
        description="; ".join(_said(e) for e in endpoints) + ".",
        sentence=f"{_finding(last, sides)}: " + "; ".join(_said(e) for e in last) + ".",
    )
    axis = forest.Axis(
        title=f"{sides.test} {number.MINUS} {sides.reference}, in SDs of the differences",
        left="← lower",
        right="higher →",
    )
    rows = [_row(e, sides) for name in _scales(endpoints) for e in endpoints if _name(e) == name]
    return forest.figure(id=id, rows=rows, axis=axis, words=words, table=_table(endpoints))


def _name(endpoint: EndpointAnalysis) -> str:
    return endpoint.instrument_name


def _scales(endpoints: Sequence[EndpointAnalysis]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_name(e) for e in endpoints))


def _finding(last: Sequence[EndpointAnalysis], sides: Sides) -> str:
    """Return how many scales still differ at the last visit, and which way if all agree."""
    earned = [verdict(e.primary) for e in last]
    clear = sum(v in CLEAR for v in earned)
    when = on_visit(last[0].visit_words)
    if clear == len(last) and len(set(earned)) == 1:
        scales = "the scale" if len(last) == 1 else f"all {len(last)} scales"
        said = sides.scored(earned[0])
        verb = "is still" if len(last) == 1 else "are still"
        said = f"{verb} {said[4:]}" if said.startswith("are ") else f"still {said}"
        return f"{when}, {scales} {said} {sides.after_test}"
    return f"{when}, {clear} of {len(last)} scales still show a clear difference"


def _said(e: EndpointAnalysis) -> str:
    return f"{e.instrument_name}, {inside(e.visit_words)}: {number.with_interval(e.primary)}"


def _row(endpoint: EndpointAnalysis, sides: Sides) -> forest.Row:
    e, sd = endpoint.primary, spread(endpoint)
    return forest.Row(
        group=_name(endpoint),
        label=f"{inside(endpoint.visit_words)}, n = {e.n}",
        value=e.value / sd,
        lower=e.lower / sd,
        upper=e.upper / sd,
        text=number.with_interval(e),
        cell=sides.test_cell,
    )


def _table(endpoints: Sequence[EndpointAnalysis]) -> Table:
    rows = tuple(
        (
            e.instrument_name,
            inside(e.visit_words),
            str(a.n),
            number.fixed(a.value, 2),
            "" if a.se is None else number.fixed(a.se, 2),
            number.freedom(a.df),
            number.bounds(a.lower, a.upper, 2),
        )
        for e in endpoints
        for a in (e.primary, *e.sensitivity)
    )
    return Table(
        caption="Differences in points at every visit: complete pairs, then all participants",
        headers=("Scale", "Visit", "People", "Difference", "SE", "df", "Interval"),
        rows=rows,
    )
