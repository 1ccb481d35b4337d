"""How much of the effect did the blocker remove? As published, and corrected for selection."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from crossblock.domain.account import FractionRow, MechanismRow
from crossblock.report import forest, number
from crossblock.report.figure import Figure, Table, Words

NOTHING = "not estimable from what is published"
FLAT = 1.92  # range of log-likelihood within which every fraction is compatible (95 %)


def figure(
    rows: Sequence[FractionRow],
    mechanisms: Sequence[MechanismRow],
    published: Mapping[str, tuple[float, str]],
) -> Figure:
    """Return the forest: studies as published and as their report allows, then the accounts.

    `published`: study id to (fraction, where it was read), only where one is stated.
    """
    drawn: list[forest.Row] = []
    table: list[tuple[str, str, str]] = []
    for r in rows:
        printed = published.get(r.id)
        group = "What each report alone allows, any account"
        if r.selected and r.id != "both":
            said = f"{number.percent(printed[0])}, {printed[1]}" if printed else NOTHING
            table.append((r.study, "as published", said))
        label = _label(r)
        text = interval(r.middle, r.low, r.high) if r.range_of_log_likelihood > FLAT else NOTHING
        drawn.append(_row(label, r.middle, r.low, r.high, text, group, r.selected))
        table.append((r.study, "corrected for selection" if r.selected else "naive", text))
    for m in mechanisms:
        middle, low, high = m.share
        text = interval(middle, low, high)
        drawn.append(_row(m.label, middle, low, high, text, "What each account makes of all", True))
        table.append((f"{m.label}: {m.title}", "all fitted studies", text))
    both = next((r for r in rows if r.id == "both"), rows[0])
    title = (
        f"Between {number.percent(both.low)} and {number.percent(both.high)} of the effect "
        "is gone under naltrexone"
    )
    subtitle = (
        "Line: 95 % interval of the share of the day-1 effect that the blocker removes. "
        f"As published: {_published(rows, published)}."
    )
    words = Words(title=title, subtitle=subtitle, description=title, sentence=f"{title}.")
    axis = forest.Axis(
        title="share of the drug effect that the blocker removes, %",
        left="← nothing removed",
        right="all of it →",
    )
    return forest.figure(
        id="fractions",
        rows=drawn,
        axis=axis,
        words=words,
        table=Table(
            caption="Blockade fraction", headers=("Study", "Reading", "Fraction"), rows=tuple(table)
        ),
    )


def _published(rows: Sequence[FractionRow], published: Mapping[str, tuple[float, str]]) -> str:
    said = []
    for r in rows:
        if r.selected and r.id != "both":
            short = r.study.split(",")[0]
            printed = published.get(r.id)
            said.append(
                f"{short} {number.percent(printed[0])} ({printed[1]})"
                if printed
                else f"{short} {NOTHING}"
            )
    return "; ".join(said)


def _label(r: FractionRow) -> str:
    short = r.study.split(",")[0]
    if r.id == "both":
        return "both together"
    return short if r.selected else f"{short}, naive"


def _row(
    label: str, middle: float, low: float, high: float, text: str, group: str, primary: bool
) -> forest.Row:
    return forest.Row(
        label=label,
        value=100 * middle,
        lower=100 * low,
        upper=100 * high,
        text=text,
        group=group,
        cell="blocked",
        primary=primary,
    )


def interval(middle: float, low: float, high: float) -> str:
    """Return "74 % (37 to 99 %)"."""
    return f"{number.percent(middle)} ({100 * low:.0f} to {number.percent(high)})"
