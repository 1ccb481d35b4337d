"""The account of the evidence as one page: which mechanism, how sure, what would settle it.

Its words follow fixed rules: an account is called favored only when its probability is at least
95 % and the data tell it apart from every rival; receptors are opioid receptors, never one kind,
unless their shares moved from the prior; no sentence says what the drug is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from crossblock.domain.account import Account
from crossblock.domain.predicted import Fate, Predicted
from crossblock.report import fractions, number, odds, predictive, settle
from crossblock.report.figure import Table
from crossblock.report.story import Assumed, Paragraph, Section, Story, Tile, paragraph, strong


def weighing_story(
    account: Account,
    *,
    published: Mapping[str, tuple[float, str]],
    unknowns: Sequence[Assumed],
    refused: Sequence[str] = (),
    provenance: Sequence[tuple[str, str]] = (),
) -> Story:
    """Return the account as a story.

    `published`: fractions as published by study id; `unknowns`: the priors, all amber; `refused`:
    rows of evidence that were left out, in words.
    """
    return Story(
        kicker=f"Weighing the evidence · {len(account.studies)} studies · "
        f"{len(account.mechanisms)} rival models",
        question="Which account of the blocked response do the published studies favor?",
        answer=answer(account),
        tiles=_tiles(account),
        sections=tuple(_sections(account, published, refused)),
        can=(
            "How likely each rival account is, if one of them is right, and how far that depends "
            "on priors and on single studies.",
            "Which pairs of accounts the published data cannot part, and what would part them.",
        ),
        cannot=(
            "Whether an account outside this family is right: odds compare the rivals that were "
            "written down.",
            "Which kind of opioid receptor takes part: 50 mg of naltrexone reaches mu and kappa "
            "receptors alike.",
            "What a course of repeated doses does to a person.",
        ),
        assumed=tuple(unknowns),
        methods=_methods(account),
        provenance=tuple(provenance),
    )


def answer(account: Account) -> tuple[Paragraph, ...]:
    """Return the verdict, by rule."""
    return (
        paragraph(strong(contribution(account)), " ", fraction_words(account)),
        paragraph(f"{odds.headline(account.odds, account.pairs)}. ", receptor_words(account)),
    )


def contribution(account: Account) -> str:
    """Return what may be said of opioid receptors: from P(H1), by fixed steps."""
    p = account.odds.of("H1").probability
    if p < 0.01:
        return "The studies speak for a part of opioid receptors in the effect on mood."
    if p < 0.05:
        return "The studies make a part of opioid receptors in the effect on mood likely."
    if p > 0.95:
        return "The studies speak against a part of opioid receptors in the effect on mood."
    return "The studies leave open whether opioid receptors take part in the effect on mood."


def fraction_words(account: Account) -> str:
    both = next((r for r in account.fractions if r.id == "both"), None)
    if both is None:
        return ""
    return (
        f"Taken together, the two blocked crossovers (12 and 26 people) are compatible with "
        f"{100 * both.low:.0f} to {number.percent(both.high)} of the day-1 effect being removed "
        f"by naltrexone (95{number.THIN}% interval), under the masking they state. One trial in "
        "three arms (58 treated) could not tell, because its active arm did not beat its control."
    )


def receptor_words(account: Account) -> str:
    """Return what may be said of the kind of receptor: the shares' move from their prior."""
    if any(s.distinguished for s in account.receptors):
        moved = number.listed(sorted({s.mechanism for s in account.receptors if s.distinguished}))
        return f"The shares of mu, kappa and delta receptors moved from their prior under {moved}."
    return "Between mu, kappa and delta receptors these data do not distinguish them."


def _tiles(account: Account) -> tuple[Tile, ...]:
    both = next((r for r in account.fractions if r.id == "both"), None)
    close = sum(not p.told_apart for p in account.pairs)
    tiles = [
        Tile(
            value=odds.share(1.0 - account.odds.of("H1").probability),
            words="probability that opioid receptors take part, if one of the rivals is right",
        )
    ]
    if both is not None:
        tiles.append(
            Tile(
                value=f"{100 * both.low:.0f} to {number.percent(both.high)}",
                words=f"of the day-1 effect removed by naltrexone, 95{number.THIN}% interval",
            )
        )
    tiles.append(
        Tile(
            value=number.of(close, len(account.pairs), "pairs"),
            words="of accounts that these data do not distinguish",
        )
    )
    return tuple(tiles)


def _sections(
    account: Account, published: Mapping[str, tuple[float, str]], refused: Sequence[str]
) -> list[Section]:
    held = [f for h in account.held_out for f in h.figures]
    checks = [f for c in account.checks for f in c.figures]
    matrix = settle.figure(account.separations)
    after = {
        **account.sensitivity,
        "calibrating studies alone": account.calibration_odds,
        **{f"without {x.study}": x.odds for x in account.left_out},
    }
    out = [
        Section(
            heading="How likely is each account",
            paragraphs=(paragraph(_pairs_words(account)),),
            figures=(odds.figure(account.odds, account.pairs),),
        ),
        Section(
            heading="How much of the effect was removed",
            paragraphs=(paragraph(_selection_words(account)),),
            figures=(fractions.figure(account.fractions, account.mechanisms, published),),
        ),
        Section(
            heading="What the odds depend on",
            table=odds.sensitivity(after),
        ),
        Section(
            heading="Does the model expect what it was fitted to",
            figures=(predictive.figure(id="checks", figures=checks, what="fitted figures"),),
        ),
        Section(
            heading="What was held out",
            paragraphs=(paragraph(_held_words(account, held)),),
            figures=(predictive.figure(id="held-out", figures=held, what="held-out figures"),),
        ),
    ]
    if matrix is not None:
        out.append(Section(heading="What would settle it", figures=(matrix,)))
    out.append(_diagnostics(account))
    if refused:
        out.append(
            Section(
                heading="Evidence that was left out",
                paragraphs=tuple(paragraph(words) for words in refused),
            )
        )
    return out


def _pairs_words(account: Account) -> str:
    close = [f"{p.first} and {p.second}" for p in account.pairs if not p.told_apart]
    if not close:
        return "Every pair of accounts is told apart by a Bayes factor of at least 3."
    return (
        f"These data do not distinguish them: {number.listed(tuple(close))} "
        "(Bayes factor below 3 either way)."
    )


def _selection_words(account: Account) -> str:
    naive = next((r for r in account.fractions if not r.selected), None)
    honest = next((r for r in account.fractions if naive and r.selected and r.id == naive.id), None)
    if naive is None or honest is None:
        return "Each report is read through its own design."
    return (
        f"{honest.study.split(',')[0]} reports responders to the very condition under test. Its "
        f"report alone allows {fractions.interval(honest.middle, honest.low, honest.high)} when "
        "that selection is part of the likelihood, "
        f"{fractions.interval(naive.middle, naive.low, naive.high)} when it is ignored."
    )


def _held_words(account: Account, held: Sequence[Predicted]) -> str:
    failed = sum(len(h.failures) for h in account.held_out)
    told = sum(f.fate is not Fate.NOT_OBSERVED for f in held)
    hashes = number.listed([f"{h.split}: {h.sha256[:12]}…" for h in account.held_out])
    return (
        "Predictions were written and hashed before the outcomes were read from the evidence "
        f"({hashes}). The authors of this software knew the published results. Nothing was tuned "
        f"after looking; {failed} of {told} predictions with a published figure failed and stay."
    )


def _diagnostics(account: Account) -> Section:
    rows = tuple(
        (
            f"{m.label}: {m.title}",
            number.fixed(m.log_marginal, 2),
            number.fixed(m.error, 2),
            number.fixed(m.effective, 0),
            "tempered" if m.tempered else "reweighted",
            "; ".join(f"{s} {number.fixed(v, 2)}" for s, v in m.each.items()),
        )
        for m in account.mechanisms
    )
    return Section(
        heading="How well it was computed",
        table=Table(
            caption="Log marginal likelihood of every variant, and its Monte Carlo error",
            headers=("Variant", "Log evidence", "Error", "Effective", "How", "By study"),
            rows=rows,
        ),
    )


def _methods(account: Account) -> tuple[str, ...]:
    return (
        f"For each variant {account.particles} prior draws were pushed once through the population "
        "model (people by quadrature, every regimen). The calibrating studies were fitted by "
        "adaptive tempered sequential Monte Carlo over these draws; the blockade studies then "
        "reweighted the result, or were tempered where fewer than 500 draws stayed effective.",
        "Patient-level ratings entered with the variation between people integrated out. Reports "
        "of events (responders, significance among them, stopping) and tests entered through "
        "sampling distributions tabulated by simulating the study's own design, selection and "
        "analysis over condition means, spreads and correlation.",
        "Rows from memory never enter; rows from secondary sources only where marked.",
    )
