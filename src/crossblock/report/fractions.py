"""How much of the effect did the blocker remove? As published, and corrected for selection."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from crossblock.domain.account import FractionRow, MechanismRow
from crossblock.report import forest, number
from crossblock.report.figure import Figure, Table, Words

NOTHING = "not estimable from what is published"
FLAT = 1.92  # range of log-likelihood within which every fraction is compatible (95 %)
JOINT = "both"
UNDER = "Under each account, all fitted studies together"
NAN = math.nan


def figure(
    rows: Sequence[FractionRow],
    mechanisms: Sequence[MechanismRow],
    published: Mapping[str, tuple[float, str]],
) -> Figure:
    """Return the forest: studies as published and as their report allows, then the accounts.

    `published`: study id to (fraction, where it was read), only where one is stated.
    """
    drawn: list[forest.Row] = []
    for id in dict.fromkeys(r.id for r in rows):
        mine = [r for r in rows if r.id == id]
        if id != JOINT:
            drawn.append(_as_published(mine[0].study, published.get(id)))
        ignored = any(not r.selected for r in mine)
        drawn += [_estimate(r, ignored) for r in sorted(mine, key=lambda r: r.selected)]
    drawn += [_account(m) for m in mechanisms]
    title = finding(rows)
    words = Words(
        title=title,
        subtitle="Line: 95 % interval of the share of the day-1 effect that the blocker removes; "
        "square: its middle. Hollow: as published, or with the selection of responders ignored.",
        description=title,
        sentence=f"{title}.",
    )
    axis = forest.Axis(
        title="share of the day-1 effect removed, %",
        left="← nothing removed",
        right="all of it →",
    )
    table = Table(
        caption="Share of the effect removed",
        headers=("Report or account", "Reading", "Share (95 % interval)"),
        rows=tuple((r.group, r.label, r.text) for r in drawn),
    )
    return forest.figure(id="fractions", rows=drawn, axis=axis, words=words, table=table)


def finding(rows: Sequence[FractionRow]) -> str:
    """Return what the reports together, or each of them, allow."""
    told = [r for r in rows if r.selected and r.range_of_log_likelihood > FLAT]
    if not told:
        return "No report fixes how much of the effect the blocker removes"
    widest = next((r for r in told if r.id == JOINT), told[0])
    who = "The reports together allow" if widest.id == JOINT else f"{short(widest.study)} allows"
    return (
        f"{who} {100 * widest.low:.0f} to {number.percent(widest.high)} of the effect to be removed"
    )


def short(study: str) -> str:
    """Return the name of a study without its remark, "Williams 2018"."""
    return study.split(",")[0]


def _as_published(study: str, printed: tuple[float, str] | None) -> forest.Row:
    value = NAN if printed is None else 100 * printed[0]
    text = NOTHING if printed is None else f"{number.percent(printed[0])}, {printed[1]}"
    return forest.Row(
        label="as published",
        value=value,
        lower=NAN,
        upper=NAN,
        text=text,
        group=study,
        cell="blocked",
        primary=False,
    )


def _estimate(r: FractionRow, ignored: bool) -> forest.Row:
    told = r.range_of_log_likelihood > FLAT
    label = "selection corrected" if ignored else "its own test, everybody"
    if r.id == JOINT:
        label = "both reports"
    return forest.Row(
        label=label if r.selected else "selection ignored",
        value=100 * r.middle if told else NAN,
        lower=100 * r.low if told else NAN,
        upper=100 * r.high if told else NAN,
        text=interval(r.middle, r.low, r.high) if told else NOTHING,
        group="Together" if r.id == JOINT else r.study,
        cell="blocked",
        primary=r.selected,
    )


def _account(m: MechanismRow) -> forest.Row:
    middle, low, high = m.share
    nothing = high == low == 0.0
    return forest.Row(
        label=f"{m.label}: {m.title}",
        value=100 * middle,
        lower=100 * low,
        upper=100 * high,
        text=f"{number.percent(0.0)}, by its own claim" if nothing else interval(middle, low, high),
        group=UNDER,
        cell="blocked",
        primary=True,
    )


def interval(middle: float, low: float, high: float) -> str:
    """Return "74 % (37 to 99 %)"."""
    return f"{number.percent(middle)} ({100 * low:.0f} to {number.percent(high)})"
