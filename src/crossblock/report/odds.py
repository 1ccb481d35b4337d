"""How likely is each account? Odds with their Monte Carlo error, in the words of the accounts."""

from __future__ import annotations

from crossblock.domain.odds import Odds, Parted
from crossblock.report import bars, number
from crossblock.report.figure import Figure, Table, Words

# what each label claims, in a few words
ACCOUNTS = {
    "H1": "glutamate only",
    "H2": "drug at opioid receptors",
    "H3a": "gated by opioid tone",
    "H3b": "released opioids",
    "H4": "glutamate plus opioids",
    "H5": "expectancy via opioids",
}
CLAIMS = {
    "H1": "Mood is lifted through glutamate alone; blocking opioid receptors removes nothing.",
    "H2": "The drug itself acts at opioid receptors, and that lifts mood; in one variant it raises "
    "the glutamate signal as well.",
    "H3a": "Mood is lifted through glutamate, but the glutamate surge needs the opioid tone at "
    "rest.",
    "H3b": "Blocking NMDA receptors releases the brain's own opioids, and these lift mood.",
    "H4": "One part of the effect runs through glutamate, another through opioid receptors.",
    "H5": "Believing to be treated lifts mood, and that runs through the brain's own opioids.",
}
UNLIKELY, FAVORED = 0.05, 0.95


def named(label: str) -> str:
    """Return "glutamate only (H1)"."""
    return f"{ACCOUNTS[label]} ({label})"


def figure(odds: Odds) -> Figure:
    """Return the odds bar: one bar an account, its Monte Carlo error on it."""
    drawn = tuple(
        bars.Bar(
            label=f"{r.label} · {ACCOUNTS[r.label]}",
            value=r.probability,
            low=r.low,
            high=r.high,
            text=f"{share(r.probability)} ({between(r.low, r.high)})",
            lead=r is odds.most,
        )
        for r in odds.rows
    )
    title = standing(odds)
    subtitle = (
        "Bar: probability of each account after all fitted studies. Line on it, and in brackets: "
        "95 % Monte Carlo range of the computation, not of the data."
    )
    table = Table(
        caption="Probability of each account",
        headers=("Account", "Before", "After", "Monte Carlo range", "Log evidence", "Its error"),
        rows=tuple(
            (
                f"{r.label}: {ACCOUNTS[r.label]}",
                share(r.prior),
                share(r.probability),
                between(r.low, r.high),
                number.fixed(r.log_evidence, 2),
                number.fixed(r.error, 2),
            )
            for r in odds.rows
        ),
    )
    end = min(1.0, max(0.25, 1.15 * max(r.high for r in odds.rows)))
    scale = bars.Scale(title="probability after all fitted studies", end=end, percent=True)
    words = Words(title=title, subtitle=subtitle, description=title, sentence=f"{title}.")
    return bars.figure(id="odds", bars=drawn, scale=scale, words=words, table=table)


def claims(odds: Odds) -> Table:
    """Return what each account claims, in plain words."""
    return Table(
        caption="What each account claims",
        headers=("Account", "In plain words"),
        rows=tuple((f"{r.label}: {ACCOUNTS[r.label]}", CLAIMS[r.label]) for r in odds.rows),
    )


def share(p: float) -> str:
    """Return a probability for people: "<0.1 %", "12 %", ">99.9 %"."""
    if 0 < p < 0.001:
        return f"<{number.THIN}0.1{number.THIN}%"
    if 0.999 < p < 1:
        return f">{number.THIN}99.9{number.THIN}%"
    return number.percent(p, 1 if p < 0.1 or p > 0.99 else 0)


def between(low: float, high: float) -> str:
    """Return "28 to 56 %"."""
    return f"{share(low).removesuffix('%').rstrip(number.THIN)} to {share(high)}"


def standing(odds: Odds) -> str:
    """Return what may be said of the accounts: favored, open or unlikely, by fixed steps.

    An account is favored from 95 %, unlikely below 5 %, open otherwise.
    """
    out = [r.label for r in odds.rows if r.probability < UNLIKELY]
    left = [r.label for r in odds.rows if r.label not in out]
    if odds.most.probability >= FAVORED:
        return f"The studies favor {named(odds.most.label)} over every other account"
    if not out:
        return f"All {len(left)} accounts stay open"
    unlikely = number.listed([named(x) for x in out])
    verb = "is" if len(out) == 1 else "are"
    many = number.of(len(left), len(odds.rows), "accounts")
    return f"{many} {'stays' if len(left) == 1 else 'stay'} open; {unlikely} {verb} unlikely"


def headline(odds: Odds, pairs: tuple[Parted, ...]) -> str:
    """Return the standing of the accounts, and what the most probable cannot be told from."""
    top = odds.most
    rivals = alike(top.label, pairs)
    said = standing(odds)
    if not rivals:
        return said if top.probability >= FAVORED else f"{said}; {top.label} is ahead of the others"
    return (
        f"{said}. The most probable, {named(top.label)}, has {share(top.probability)}, and these "
        f"data do not distinguish it from {number.listed(rivals)}"
    )


def alike(label: str, pairs: tuple[Parted, ...]) -> tuple[str, ...]:
    """Return the labels that the data do not tell apart from `label`."""
    return tuple(
        p.second if p.first == label else p.first
        for p in pairs
        if not p.told_apart and label in (p.first, p.second)
    )
