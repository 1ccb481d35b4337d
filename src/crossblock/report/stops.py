"""When virtual trials stop: each rule, each truth, with its Monte Carlo error."""

from __future__ import annotations

from collections.abc import Sequence

from crossblock.domain.characteristics import Characteristics, RuleCharacteristics
from crossblock.report import bars, number, truths
from crossblock.report.figure import Figure, Table, Words
from crossblock.report.power import GROUPS, with_error


def known(found: Sequence[Characteristics]) -> bool:
    """Tell whether any rule could stop the trial."""
    return any(r.stop for c in found for r in c.rules)


def stopping(c: Characteristics) -> tuple[RuleCharacteristics, ...]:
    """Return the rules that look, those of all completers first."""
    rules = [r for r in c.rules if r.stop]
    return tuple(sorted(rules, key=lambda r: r.group != "all"))


def figure(found: Sequence[Characteristics], *, id: str = "stops") -> Figure:
    """Return P(stop at the first look) of all completers for every rule and truth, as bars."""
    rows = []
    for c, label in zip(found, truths.labels(found), strict=True):
        for r in stopping(c):
            if r.group == "all":
                m = r.stop[0]
                rows.append(
                    bars.Bar(
                        label=f"{label}: {r.rule}",
                        value=m.value,
                        low=max(m.lower, 0.0),
                        high=min(m.upper, 1.0),
                        text=with_error(m),
                        lead=r.rule == "p<0.05",
                    )
                )
    title = _title(found)
    words = Words(
        title=title,
        subtitle=(
            "Share of virtual trials that stop at the first look, all completers. The rules are "
            "ours where none was published. Lines: 95 % Monte Carlo intervals."
        ),
        description=f"{title}. The chance of stopping at the first look by rule and truth.",
        sentence=f"{title}.",
    )
    scale = bars.Scale(title="trials that stop at the first look", end=1.0, percent=True)
    return bars.figure(id=id, bars=rows, scale=scale, words=words, table=table(found))


def _title(found: Sequence[Characteristics]) -> str:
    last = max(found, key=lambda c: abs(c.difference))
    shares = [r.stop[0].value for r in stopping(last) if r.group == "all"]
    label = truths.labels(found)[list(found).index(last)]
    low, high = number.percent(min(shares)), number.percent(max(shares))
    return f"With {label}, {low} to {high} would have stopped, by the rule"


def table(found: Sequence[Characteristics]) -> Table:
    """Return stopping, claims, size and exposure for every rule, group and truth."""
    rows = tuple(
        (
            label,
            r.rule + (" (assumed)" if r.assumed else ""),
            GROUPS.get(r.group, r.group),
            ", ".join(with_error(s) for s in r.stop),
            with_error(r.significant),
            number.fixed(r.size.value, 1),
            number.fixed(r.exposed.value, 1),
            number.fixed(r.given_stop.value, 1) if r.given_stop else "none stopped",
        )
        for c, label in zip(found, truths.labels(found), strict=True)
        for r in stopping(c)
    )
    return Table(
        caption="Stopping rules on the same looks",
        headers=(
            "Truth",
            "Rule",
            "Judged on",
            "Stops at look",
            "Claims in all",
            "People",
            "Given an ineffective condition",
            "Mean difference when stopped",
        ),
        rows=rows,
    )
