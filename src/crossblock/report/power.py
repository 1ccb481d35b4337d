"""How often a design finds it: the share of virtual trials that claim the effect, by what is true.

Every point carries its Monte Carlo error; without an effect the share is the error.
"""

from __future__ import annotations

from collections.abc import Sequence

from crossblock.domain.characteristics import Characteristics, GroupCharacteristics, Measured
from crossblock.report import bars, curves, number, truths
from crossblock.report.figure import Figure, Table, Words

GROUPS = {
    "all": "all completers",
    "responders": "responders only",
    "qualified": "qualified apart",
    "everybody": "everybody, mixed model",
}
NOMINAL = 0.025  # in one direction, of a two-sided 5 %


def figure(found: Sequence[Characteristics], *, id: str = "power") -> Figure:
    """Return power against the fraction as curves, or as bars where the truths make no curve."""
    return _curves(found, id) if truths.along_fraction(found) else _bars(found, id)


def with_error(m: Measured, digits: int = 1) -> str:
    """Return "26.8 % ± 0.4": a share with its Monte Carlo standard error."""
    error = number.fixed(100 * m.se, digits)
    return f"{number.percent(m.value, digits)} ± {error}" if m.n else "not seen"


def _title(found: Sequence[Characteristics]) -> str:
    first = found[0]
    everyone, chosen = first.group("all"), _responders(first)
    if abs(first.difference) > 1e-9:
        return f"{number.percent(everyone.significant.value)} of such trials would show it"
    said = f"Without any blockade, {number.percent(everyone.significant.value, 1)} still claim it"
    if chosen is None:
        return said
    return f"{said}; among responders only, {number.percent(chosen.significant.value, 1)}"


def _responders(c: Characteristics) -> GroupCharacteristics | None:
    return next((g for g in c.groups if g.group == "responders" and g.people.value > 0), None)


def _words(found: Sequence[Characteristics], how: str) -> Words:
    title = _title(found)
    trials = f"{found[0].trials:,}".replace(",", number.THIN)
    return Words(
        title=title,
        subtitle=(
            f"Share of {trials} virtual trials with two-sided p below 0.05 in the direction of the "
            f"claim. {how}"
        ),
        description=f"{title}. The share of trials that claim the effect under each truth.",
        sentence=f"{title}.",
    )


def _curves(found: Sequence[Characteristics], id: str) -> Figure:
    ordered = sorted(found, key=lambda c: c.truth["fraction"])
    x = tuple(c.truth["fraction"] for c in ordered)
    lines = []
    for group in (g.group for g in ordered[0].groups if g.people.value > 0):
        shares = [c.group(group).significant for c in ordered]
        band = (tuple(m.lower for m in shares), tuple(m.upper for m in shares))
        lines.append(
            curves.Line(
                label=GROUPS.get(group, group),
                x=x,
                y=tuple(m.value for m in shares),
                bands=(band,),
                points=True,
            )
        )
    return curves.figure(
        id=id,
        lines=lines,
        axes=curves.Axes(
            x="share of the drug's own effect that full blockade would remove",
            y="trials that claim it",
            y_range=(0.0, 1.02),
            percent=True,
        ),
        words=_words(found, "Dots: truths that were run. Bands: 95 % Monte Carlo intervals."),
        table=table(ordered),
        levels=(curves.Level(value=NOMINAL, label="nominal error"),),
    )


def _bars(found: Sequence[Characteristics], id: str) -> Figure:
    rows = []
    for c, label in zip(found, truths.labels(found), strict=True):
        for g in c.groups:
            if g.people.value > 0:
                m = g.significant
                rows.append(
                    bars.Bar(
                        label=f"{label}, {GROUPS.get(g.group, g.group)}",
                        value=m.value,
                        low=max(m.lower, 0.0),
                        high=min(m.upper, 1.0),
                        text=with_error(m),
                        lead=g.group == "all",
                    )
                )
    scale = bars.Scale(
        title="trials that claim it", end=1.0, percent=True, line=NOMINAL, line_label="nominal"
    )
    words = _words(found, "Lines: 95 % Monte Carlo intervals.")
    return bars.figure(id=id, bars=rows, scale=scale, words=words, table=table(found))


def table(found: Sequence[Characteristics]) -> Table:
    """Return every share with its Monte Carlo error, period-adjusted and as plain pairs."""
    rows = tuple(
        (
            label,
            GROUPS.get(g.group, g.group),
            number.fixed(g.people.value, 1),
            with_error(g.significant),
            with_error(g.paired),
            with_error(g.opposite),
            f"{number.fixed(g.bias.value, 2)} ± {number.fixed(g.bias.se, 2)}"
            if g.bias.n
            else "not seen",
        )
        for c, label in zip(found, truths.labels(found), strict=True)
        for g in c.groups
        if g.people.value > 0
    )
    return Table(
        caption="Claims and bias over virtual trials (± Monte Carlo standard error)",
        headers=(
            "Truth",
            "People",
            "Analyzed",
            "Claims, period-adjusted",
            "Claims, plain pairs",
            "Other direction",
            "Bias, points",
        ),
        rows=rows,
    )
