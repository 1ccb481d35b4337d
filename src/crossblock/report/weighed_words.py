"""The verdict of a weighing in words, by fixed rules.

Receptors are opioid receptors, never one kind, unless their shares moved from the prior; no
sentence says what the drug is; what other priors or a study left out would overturn is said to
depend on them.
"""

from __future__ import annotations

from collections.abc import Iterator

from crossblock.domain.account import Account
from crossblock.domain.weighed import Kind, Role, WeighedStudy
from crossblock.report import fractions, number, odds

COUNTS = {2: "two", 3: "three", 4: "four"}
ENOUGH = 100.0  # effective draws
NONE = "H1"  # the account in which opioid receptors take no part


def contribution(account: Account) -> str:
    """Return what may be said of opioid receptors, from P(H1) and how far it can be moved.

    "speak for" asks for less than 5 % under every prior and without any one study, Monte Carlo
    error included; "likely" for less than 5 % in the main run; "against" for more than 95 %.
    """
    p = account.odds.of(NONE).probability
    worst, where = max(_without_part(account))
    if p < odds.UNLIKELY and worst < odds.UNLIKELY:
        return "The studies speak for a part of opioid receptors in the effect on mood."
    if p < odds.UNLIKELY:
        return (
            "The studies make a part of opioid receptors in the effect on mood likely, yet not "
            f"under every assumption: {where}, {odds.share(worst)} is left for no part."
        )
    if p > odds.FAVORED:
        return "The studies speak against a part of opioid receptors in the effect on mood."
    return "The studies leave open whether opioid receptors take part in the effect on mood."


def _without_part(account: Account) -> Iterator[tuple[float, str]]:
    """Yield P(H1) under every condition that is tried, with its name."""
    yield account.odds.of(NONE).high, "within the Monte Carlo error"
    for name, o in account.sensitivity.items():
        yield o.of(NONE).probability, f"with {name} before"
    for x in account.left_out:
        yield x.odds.of(NONE).probability, f"without {x.study}"


def fraction_words(account: Account) -> str:
    """Return how much of the effect the blockade studies allow to be removed, together."""
    studies = _blockade(account)
    both = next((r for r in account.fractions if r.id == fractions.JOINT), None)
    if both is None or both.range_of_log_likelihood <= fractions.FLAT:
        return f"How much of the effect the blocker removes is {fractions.NOTHING}."
    count = COUNTS.get(len(studies), str(len(studies)))
    people = number.listed([str(s.arms[0].n) for s in studies])
    return (
        f"Taken together, the {count} crossovers with a blocker ({people} people) are "
        f"compatible with {100 * both.low:.0f} to {number.percent(both.high)} of the day-1 effect "
        f"being removed (95{number.THIN}% interval), under the masking they state."
    )


def _blockade(account: Account) -> list[WeighedStudy]:
    return [
        s for s in account.studies if s.role is Role.MECHANISM and s.kind in (Kind.EVENT, Kind.TEST)
    ]


def silent_words(account: Account) -> str:
    """Return which trial in arms could not tell, because none of its arms beat the control."""
    said = []
    for s in account.studies:
        if s.kind is not Kind.ASSAY:
            continue
        seen = [
            f.observed
            for h in account.held_out
            for f in h.figures
            if f.study == s.id and f.unit == "probability"
        ]
        if seen and all(x == 0.0 for x in seen):
            treated = sum(a.n for a in s.arms)
            said.append(
                f"{fractions.short(s.title)} ({treated} treated, {len(s.arms)} arms) could not "
                "tell: the drug did not beat its control there."
            )
    return " ".join(said)


def receptor_words(account: Account) -> str:
    """Return what may be said of the kind of receptor: the shares' move from their prior.

    A move that fewer than 100 effective draws show may be chance, and is not said.
    """
    sure = {m.label for m in account.mechanisms if m.effective >= ENOUGH}
    moved = sorted({s.mechanism for s in account.receptors if s.distinguished} & sure)
    if moved:
        said = number.listed(moved)
        return f"The shares of mu, kappa and delta receptors moved from their prior under {said}."
    return (
        "Which of the opioid receptors (mu, kappa or delta) takes part: these data do not "
        "distinguish them."
    )


def signal_words(account: Account) -> str:
    """Return what a glutamate signal can tell, where one was weighed."""
    if not any(s.kind is Kind.SIGNAL and s.role is Role.MECHANISM for s in account.studies):
        return ""
    return (
        "The glutamate signal under the blocker separates accounts in which opioid receptors act "
        "before that signal from those in which they act after it, and no more than that."
    )


def selection_words(account: Account) -> str:
    """Return what the selection of responders changes in the fraction of its study."""
    naive = next((r for r in account.fractions if not r.selected), None)
    honest = next((r for r in account.fractions if naive and r.selected and r.id == naive.id), None)
    if naive is None or honest is None:
        return "Each report is read through its own design."
    return (
        f"{fractions.short(honest.study)} reports responders to the very condition under test. Its "
        f"report alone allows {fractions.interval(honest.middle, honest.low, honest.high)} when "
        "that selection is part of the likelihood, "
        f"{fractions.interval(naive.middle, naive.low, naive.high)} when it is ignored."
    )
