"""The account of the evidence as one page: which mechanism, how sure, what would settle it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from crossblock.core.errors import Problem
from crossblock.domain.account import Account
from crossblock.domain.odds import Odds
from crossblock.domain.predicted import Fate, Predicted
from crossblock.report import (
    apart,
    by_study,
    chances,
    fractions,
    number,
    odds,
    predictive,
    sensitivity,
    settle,
)
from crossblock.report.figure import Figure, Table
from crossblock.report.story import Assumed, Paragraph, Section, Story, Tile, paragraph, strong
from crossblock.report.weighed_words import (
    contribution,
    fraction_words,
    receptor_words,
    selection_words,
    signal_words,
    silent_words,
)

SECONDARY_RUN = "Sensitivity run: rows read in a secondary source were fitted"


def weighing_story(
    account: Account,
    *,
    published: Mapping[str, tuple[float, str]],
    unknowns: Sequence[Assumed],
    refused: Sequence[Problem] = (),
    provenance: Sequence[tuple[str, str]] = (),
    secondary: bool = False,
) -> Story:
    """Return the account as a story.

    `published`: fractions as published by study id; `unknowns`: the priors, all amber; `refused`:
    rows of evidence that were left out or contradict each other; `secondary`: rows read in a
    secondary source were fitted, and the page says so first.
    """
    kicker = (
        f"Weighing the evidence · {len(account.studies)} studies · "
        f"{len(account.mechanisms)} rival models"
    )
    return Story(
        kicker=f"{SECONDARY_RUN} · {kicker}" if secondary else kicker,
        question="Which account of the blocked response do the published studies favor?",
        answer=(
            *((paragraph(strong(f"{SECONDARY_RUN}.")),) if secondary else ()),
            *answer(account),
        ),
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
            "Which kind of opioid receptor takes part: 50 mg of naltrexone reaches more than one.",
            "What a course of repeated doses does to a person.",
        ),
        limits="What this comparison can and cannot say",
        assumed=tuple(unknowns),
        methods=_methods(account),
        provenance=tuple(provenance),
    )


def answer(account: Account) -> tuple[Paragraph, ...]:
    """Return the verdict, by rule."""
    first = f"{fraction_words(account)} {silent_words(account)}".strip()
    return (
        paragraph(strong(contribution(account)), f" {first}"),
        paragraph(f"{odds.headline(account.odds, account.pairs)}. {receptor_words(account)}"),
    )


def _tiles(account: Account) -> tuple[Tile, ...]:
    both = next((r for r in account.fractions if r.id == fractions.JOINT), None)
    close = sum(not p.told_apart for p in account.pairs)
    tiles = [
        Tile(
            value=odds.share(1.0 - account.odds.of("H1").probability),
            words="probability that opioid receptors take part, if one of the accounts is right",
        )
    ]
    if both is not None and both.range_of_log_likelihood > fractions.FLAT:
        tiles.append(
            Tile(
                value=f"{100 * both.low:.0f} to {number.percent(both.high)}",
                words="of the day-1 effect may be removed by the blocker, "
                f"95{number.THIN}% interval",
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
    account: Account, published: Mapping[str, tuple[float, str]], refused: Sequence[Problem]
) -> list[Section]:
    out = [
        Section(
            heading="How likely is each account",
            figures=_drawn(odds.figure(account.odds)),
            table=odds.claims(account.odds),
        ),
        Section(
            heading="Which accounts the data tell apart",
            paragraphs=tuple(paragraph(words) for words in (signal_words(account),) if words),
            figures=_drawn(
                apart.figure(account.pairs),
                by_study.figure(account.mechanisms, {s.id: s.title for s in account.studies}),
            ),
        ),
        Section(
            heading="How much of the effect was removed",
            paragraphs=(paragraph(selection_words(account)),),
            figures=_drawn(fractions.figure(account.fractions, account.mechanisms, published)),
        ),
        Section(
            heading="What the odds depend on",
            figures=_drawn(sensitivity.figure(_conditions(account), account.calibration_odds)),
        ),
        _checked(account),
        _held(account),
    ]
    matrix = settle.figure(account.separations)
    if matrix is not None:
        out.append(Section(heading="What would settle it", figures=(matrix,)))
    out.append(_diagnostics(account))
    return [*out, _left_out(refused)] if refused else out


def _drawn(*figures: Figure | None) -> tuple[Figure, ...]:
    return tuple(f for f in figures if f is not None)


def _conditions(account: Account) -> dict[str, Odds]:
    return {
        **{f"prior: {name}": o for name, o in account.sensitivity.items()},
        **{f"without {x.study}": x.odds for x in account.left_out},
    }


def _checked(account: Account) -> Section:
    checks = [f for c in account.checks for f in c.figures]
    return Section(
        heading="Does the model expect what it was fitted to",
        figures=_drawn(
            predictive.figure(id="checks", figures=checks, what="fitted figures"),
            chances.figure(id="check-events", figures=checks),
        ),
    )


def _held(account: Account) -> Section:
    held = [f for h in account.held_out for f in h.figures]
    return Section(
        heading="What was held out",
        paragraphs=(paragraph(_held_words(account, held)),),
        figures=_drawn(
            predictive.figure(id="held-out", figures=held, what="held-out figures"),
            chances.figure(id="held-out-events", figures=held),
        ),
        table=Table(
            caption="Prediction files, hashed before their outcomes were read",
            headers=("Prediction", "Studies predicted", "Outside", "SHA-256"),
            rows=tuple(
                (
                    h.split,
                    number.listed(list(dict.fromkeys(fractions.short(f.title) for f in h.figures))),
                    str(len(h.failures)),
                    f"{h.sha256[:16]}…",
                )
                for h in account.held_out
            ),
        ),
    )


def _held_words(account: Account, held: Sequence[Predicted]) -> str:
    failed = sum(len(h.failures) for h in account.held_out)
    told = sum(f.fate is not Fate.NOT_OBSERVED for f in held)
    second = list(
        dict.fromkeys(fractions.short(f.title) for f in held if "; secondary)" in f.cited)
    )
    read = (
        f" The outcome of {number.listed(second)} was read in a secondary source only: it is "
        "compared and never fitted."
        if second
        else ""
    )
    return (
        "Predictions were written and hashed before their outcomes were read from the evidence. "
        "The authors of this software knew the published results. Nothing was tuned after "
        f"looking; {failed} of {told} predictions with a published outcome failed, and stay.{read}"
    )


def _left_out(refused: Sequence[Problem]) -> Section:
    return Section(
        heading="Evidence that was left out",
        paragraphs=(
            paragraph("These rows cost no other row: everything else was weighed as it stands."),
        ),
        table=Table(
            caption="Rows that were refused, or that contradict each other",
            headers=("What", "Stated", "Why, and what to do"),
            rows=tuple(
                (f"{p.where}: {p.what}", p.value, f"{p.why}. To do: {p.fix}.") for p in refused
            ),
        ),
    )


def _diagnostics(account: Account) -> Section:
    rows = tuple(
        (
            f"{m.label}: {m.title}",
            f"{number.fixed(m.log_marginal, 2)} ± {number.fixed(m.error, 2)}",
            number.fixed(m.effective, 0),
            "tempered" if m.tempered else "reweighted",
        )
        for m in account.mechanisms
    )
    return Section(
        heading="How well it was computed",
        table=Table(
            caption="Log marginal likelihood of every variant ± its Monte Carlo standard error",
            headers=("Variant", "Log evidence", "Effective draws", "How"),
            rows=rows,
        ),
    )


def _methods(account: Account) -> tuple[str, ...]:
    return (
        f"For each variant {account.particles} prior draws were pushed once through the population "
        "model (people by quadrature, every regimen). The calibrating studies were fitted by "
        "adaptive tempered sequential Monte Carlo over these draws, evidence and posterior taken "
        "from importance draws of what it found; the blockade studies then reweighted the result, "
        "or were tempered likewise where fewer than 500 draws stayed effective.",
        "Patient-level ratings entered with the variation between people integrated out. Reports "
        "of events (responders, significance among them, stopping) and tests entered through "
        "sampling distributions tabulated by simulating the study's own design, selection and "
        "analysis over condition means, spreads and correlation.",
        "Rows from memory never enter a fit. Rows read in a secondary source enter one only in a "
        "sensitivity run that says so in its first line.",
    )
