"""How likely is each account? Odds with their Monte Carlo error, before and after, and by prior."""

from __future__ import annotations

from collections.abc import Mapping

from crossblock.domain.odds import Odds, Parted
from crossblock.report import bars, number
from crossblock.report.figure import Figure, Table, Words

# what each label claims, in a few words
ACCOUNTS = {
    "H1": "glutamate only",
    "H2": "drug at opioid receptors",
    "H3a": "opioid tone gates glutamate",
    "H3b": "released opioids",
    "H4": "glutamate plus opioid drive",
    "H5": "expectancy through opioids",
}


def figure(odds: Odds, pairs: tuple[Parted, ...]) -> Figure:
    """Return the odds bar: one bar an account, its Monte Carlo error on it."""
    drawn = tuple(
        bars.Bar(
            label=f"{r.label} · {ACCOUNTS[r.label]}",
            value=r.probability,
            low=r.low,
            high=r.high,
            text=f"{share(r.probability)} (± {share(max(r.high - r.low, 0.0) / 2)})",
            lead=r is odds.most,
        )
        for r in odds.rows
    )
    title = headline(odds, pairs)
    subtitle = (
        "Bar: probability of each account after all fitted studies, H1 to H5 alike before. "
        "Line on it: 95 % Monte Carlo error of the computation, not of the data."
    )
    rows = tuple(
        (
            f"{r.label}: {ACCOUNTS[r.label]}",
            share(r.prior),
            share(r.probability),
            f"{share(r.low)} to {share(r.high)}",
            number.fixed(r.log_evidence, 2),
            number.fixed(r.error, 2),
        )
        for r in odds.rows
    )
    table = Table(
        caption="Probability of each account",
        headers=("Account", "Before", "After", "Monte Carlo range", "Log evidence", "Its error"),
        rows=rows,
    )
    end = min(1.0, max(0.25, 1.15 * max(r.high for r in odds.rows)))
    scale = bars.Scale(title="probability after all fitted studies", end=end, percent=True)
    words = Words(title=title, subtitle=subtitle, description=title, sentence=f"{title}.")
    return bars.figure(id="odds", bars=drawn, scale=scale, words=words, table=table)


def share(p: float) -> str:
    """Return a probability for people: "<0.1 %", "12 %", ">99.9 %"."""
    if 0 < p < 0.001:
        return f"<{number.THIN}0.1{number.THIN}%"
    if 0.999 < p < 1:
        return f">{number.THIN}99.9{number.THIN}%"
    return number.percent(p, 1 if p < 0.1 or p > 0.99 else 0)


def headline(odds: Odds, pairs: tuple[Parted, ...]) -> str:
    """Return the finding: what stands out, and what cannot be told apart from it."""
    top = odds.most
    rivals = alike(top.label, pairs)
    out = [r.label for r in odds.rows if r.probability < 0.05]
    if not rivals and top.probability >= 0.95:
        return f"The studies favor {top.label} ({ACCOUNTS[top.label]}) over every other account"
    left = [r.label for r in odds.rows if r.label == top.label or r.label in rivals]
    if len(left) > 1:
        said = f"{number.listed(left)} cannot be told apart"
    else:
        said = f"{top.label} is ahead, but not far enough to set the others aside"
    return f"{said}; {number.listed(out)} {_are(out)} unlikely" if out else said


def _are(labels: list[str]) -> str:
    return "is" if len(labels) == 1 else "are"


def alike(label: str, pairs: tuple[Parted, ...]) -> tuple[str, ...]:
    """Return the labels that the data do not tell apart from `label`."""
    return tuple(
        p.second if p.first == label else p.first
        for p in pairs
        if not p.told_apart and label in (p.first, p.second)
    )


def sensitivity(after: Mapping[str, Odds]) -> Table:
    """Return the odds under every prior, and without every study, as one table."""
    labels = [r.label for r in next(iter(after.values())).rows]
    rows = tuple(
        (name, *(share(o.of(label).probability) for label in labels)) for name, o in after.items()
    )
    return Table(
        caption="Probability of each account under other priors and other evidence",
        headers=("Under", *labels),
        rows=rows,
    )
