"""What a proposed study costs, and what each way it can come out would prove."""

from __future__ import annotations

from collections.abc import Sequence

from crossblock.domain.characteristics import Characteristics
from crossblock.domain.protocol import Protocol
from crossblock.report import number, truths
from crossblock.report.figure import Table
from crossblock.report.story import Section, paragraph


def section(protocol: Protocol, found: Sequence[Characteristics]) -> Section | None:
    """Return the section on cost and outcomes; None where the protocol states no costs."""
    if protocol.costs is None:
        return None
    people = found[0].people
    total = cost(protocol, people, found[0].completed.value)
    money = f"{protocol.costs.currency} {round(total, -3):,.0f}".replace(",", number.THIN)
    return Section(
        heading="What it costs, and what each outcome would prove",
        paragraphs=(
            paragraph(
                f"{people} people through {protocol.periods} sessions each cost about {money} at "
                "the prices that the protocol states (assumed)."
            ),
        ),
        table=_table(found),
    )


def cost(protocol: Protocol, people: int, completers: float) -> float:
    """Return the cost of a study in its currency; those who leave cost half of their sessions."""
    c = protocol.costs
    if c is None:
        return 0.0
    fixed, each, session, visit = (
        x.value if x else 0.0 for x in (c.fixed, c.per_participant, c.per_session, c.per_visit)
    )
    held = protocol.periods * (completers + 0.5 * (people - completers))
    return fixed + people * each + held * (session + len(protocol.visits) * visit)


def _table(found: Sequence[Characteristics]) -> Table:
    rows = []
    for c, label in zip(found, truths.labels(found), strict=True):
        f = c.group("all").fraction
        if f is None:
            continue
        others = [
            d.group("all").fraction
            for d in found
            if d is not c and d.group("all").fraction is not None
        ]
        apart = [o for o in others if o is not None and not f.low <= o.truth <= f.high]
        rows.append(
            (
                label,
                f"{number.percent(f.low)} to {number.percent(f.high)}",
                f"{number.percent(f.width.value)} wide",
                "excludes " + number.listed([number.percent(o.truth) for o in apart])
                if apart
                else "excludes none of the other truths",
            )
        )
    return Table(
        caption="What would be reported, and what it would exclude",
        headers=("If the truth is", "Estimates fall in", "Interval", "An average result"),
        rows=tuple(rows),
    )
