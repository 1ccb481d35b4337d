"""What do the odds depend on? The same question under other priors and without single studies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from crossblock.domain.odds import Odds
from crossblock.report import matrix, number
from crossblock.report.figure import Figure, Table, Words
from crossblock.report.odds import ACCOUNTS, UNLIKELY, between, named, share


def figure(after: Mapping[str, Odds], before: Odds) -> Figure:
    """Return the odds under every prior and without every study; `before` any blockade study."""
    named_rows = {"before any blockade study": before, **after}
    labels = [r.label for r in before.rows]
    rows = tuple(
        matrix.Row(
            label=name,
            cells=tuple(
                matrix.Cell(text=share(o.of(x).probability), share=o.of(x).probability)
                for x in labels
            ),
            lead=k == 1,
        )
        for k, (name, o) in enumerate(named_rows.items())
    )
    title = finding(after)
    words = Words(
        title=title,
        subtitle="Cell: probability of the column's account; the darker the more probable. "
        + "; ".join(f"{x} {ACCOUNTS[x]}" for x in labels)
        + ".",
        description=title,
        sentence=f"{title}.",
    )
    drawn = matrix.figure(id="depends", columns=labels, rows=rows, words=words, corner="Under")
    return replace(drawn, table=table(named_rows))


def finding(after: Mapping[str, Odds]) -> str:
    """Return who leads under which condition, and who stays unlikely throughout."""
    leaders = list(dict.fromkeys(o.most.label for o in after.values()))
    first = next(iter(after.values()))
    never = [
        r.label
        for r in first.rows
        if all(o.of(r.label).probability < UNLIKELY for o in after.values())
    ]
    lead = (
        f"{named(leaders[0])} leads under every prior and without any one study"
        if len(leaders) == 1
        else f"Which account leads depends on the prior and the study left out: "
        f"{number.listed(leaders)}"
    )
    lead = lead[:1].upper() + lead[1:]
    return f"{lead}; {number.listed(never)} stays below 5{number.THIN}%" if never else lead


def table(after: Mapping[str, Odds]) -> Table:
    """Return the same numbers with their Monte Carlo ranges."""
    labels = [r.label for r in next(iter(after.values())).rows]
    return Table(
        caption="Probability of each account (95 % Monte Carlo range)",
        headers=("Under", *labels),
        rows=tuple((name, *(_with_range(o, x) for x in labels)) for name, o in after.items()),
    )


def _with_range(odds: Odds, label: str) -> str:
    r = odds.of(label)
    return f"{share(r.probability)} ({between(r.low, r.high)})"
