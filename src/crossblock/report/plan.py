"""The plan of the next study as one page: how many, which design, what each outcome would prove."""

from __future__ import annotations

import math
from collections.abc import Sequence

from crossblock.domain.protocol import Protocol
from crossblock.domain.response import PlanningValue
from crossblock.domain.trial_plan import Scored, TrialPlan
from crossblock.report import caveats, number
from crossblock.report.figure import Table
from crossblock.report.plan_pictures import (
    designs_figure,
    information_figure,
    power_figure,
    truths_figure,
    width_figure,
)
from crossblock.report.story import (
    Assumed,
    Paragraph,
    Section,
    Story,
    Tile,
    paragraph,
    strong,
)

NO_ADVICE = "These are planning numbers from published data, not advice to give or take any drug."


def trial_plan_story(
    protocol: Protocol, plan: TrialPlan, provenance: Sequence[tuple[str, str]] = ()
) -> Story:
    """Return the page of a plan."""
    return Story(
        kicker=f"crossblock plan · {protocol.registry or protocol.id} · {protocol.title}",
        question="What would the next study have to be, so that its answer can be believed?",
        answer=_answer(plan),
        tiles=_tiles(plan),
        sections=(
            _size(plan),
            _designs(plan),
            *_mechanisms(plan),
            *_repeated(plan),
            _outcomes(plan),
            _conduct(plan),
            _file(plan),
        ),
        can=_can(plan),
        cannot=_cannot(plan),
        assumed=(*assumed(plan.values), *caveats.assumed(protocol, None)),
        methods=METHODS,
        references=plan.references,
        provenance=(
            ("Protocol", plan.protocol_id),
            ("Protocol, SHA-256", plan.protocol_hash),
            *provenance,
        ),
    )


METHODS = (
    "A person's change in a session is what comes without the drug, the unblocked share of the "
    "drug's effect, and noise, all normal. Cell means are weighed by generalized least squares "
    "with period effects; degrees of freedom are people minus sequences.",
    "Widths of the interval of the blockade fraction are integrated from the joint distribution "
    "of the two effects and of their estimated covariance, every estimate with its Fieller set.",
    "Expected information is the mutual information of mechanism and estimated cell means, all "
    "mechanisms equally probable before, each taken as normal over the prior of its open shares. "
    "It assumes one score at one visit, no carry-over and a known covariance.",
    "Points are virtual trials by the textbook model, read by the analysis that reads real ones; "
    "bars are two Monte Carlo standard errors.",
)


def percent(share: float) -> str:
    """Return a share as percent; values that would round to 0 or 100 say so."""
    if 0.0 < share < 0.005:
        return f"< 1{number.THIN}%"
    if 0.995 < share < 1.0:
        return f"> 99{number.THIN}%"
    return number.percent(share)


def points(width: float) -> str:
    """Return the width of an interval of the fraction in percentage points."""
    return "unbounded" if math.isinf(width) else f"{100 * width:.0f} points"


def money(plan: TrialPlan, s: Scored) -> str:
    """Return what a design costs in its unit."""
    return f"{s.budget.total:,.0f} {s.budget.unit}".replace(",", number.THIN)


def _answer(plan: TrialPlan) -> tuple[Paragraph, ...]:
    best, b = plan.advised, plan.advised.budget
    first = paragraph(
        strong(f"{best.design.label[0].upper()}{best.design.label[1:]}"),
        f" tells most at this cost: {b.randomized} people randomized, {b.completers} to complete, "
        f"{money(plan, best)}, {b.months:.0f} months at {number.short(b.per_month)} enrolled a "
        "month. It is expected to tell apart "
        f"{best.answers:.1f} of {len(plan.questions)} pairs of readings.",
    )
    parts = [first]
    if best.settles is not None:
        parts.append(
            paragraph(
                f"To answer all that this design can see in 8 studies of 10 takes "
                f"{best.settles.completers} completers "
                f"({best.settles.total:,.0f} {best.settles.unit}).".replace(",", number.THIN)
            )
        )
    parts.extend(paragraph(w) for w in plan.warnings)
    parts.append(paragraph(strong(NO_ADVICE)))
    return tuple(parts)


def _tiles(plan: TrialPlan) -> tuple[Tile, ...]:
    best = plan.advised
    fraction = number.percent(plan.fraction)
    tiles = [
        Tile(value=f"{best.budget.randomized}", words=f"people randomized: {best.design.label}"),
        Tile(
            value=percent(best.power[plan.fraction]),
            words=f"power if {fraction} of the effect is blocked; "
            f"{percent(best.power[1.0])} if all of it is",
        ),
    ]
    if best.precision is not None:
        tiles.append(
            Tile(
                value=points(best.precision.median_width),
                words="usual width of the 95 % interval of the fraction",
            )
        )
    return tuple(tiles)


def _size(plan: TrialPlan) -> Section:
    yardsticks = "; ".join(f"{n} people: {d:.2f} SD" for n, d in plan.detectable.items())
    labels = {s.design.id: s.design.label for s in plan.scored}
    rows = tuple(
        (
            labels.get(s.design, s.design),
            s.goal,
            "beyond 100,000" if s.completers is None else str(s.completers),
            "" if s.randomized is None else str(s.randomized),
        )
        for s in plan.sizes
    )
    return Section(
        heading="How many people",
        paragraphs=(
            paragraph(
                f"Numbers: {plan.response.title}. A difference in {plan.response.scale} of "
                f"{number.fixed(plan.response.drug)} points by the drug, with a paired SD of "
                f"{number.fixed(plan.response.sd_difference(plan.fraction))} points. Smallest "
                f"difference found in 8 studies of 10, period-adjusted: {yardsticks}."
            ),
        ),
        figures=(power_figure(plan), width_figure(plan)),
        table=Table(
            headers=("Design", "Goal", "Completers", "Randomized"),
            rows=rows,
            caption="People needed for power and for precision",
        ),
    )


def _designs(plan: TrialPlan) -> Section:
    return Section(
        heading="Which design, at one cost",
        paragraphs=(
            *(paragraph(r) for r in plan.advised.reasons),
            paragraph(
                "Designs stand in order of the pairs of readings that a study is expected to tell "
                "apart, then of information about the mechanism, then of precision."
            ),
        ),
        figures=(designs_figure(plan),),
        table=_ledger(plan),
    )


def _ledger(plan: TrialPlan) -> Table:
    rows = tuple(
        (
            s.design.label,
            str(s.budget.completers),
            f"{s.budget.months:.0f}",
            percent(s.power[plan.fraction]),
            percent(s.assurance),
            "" if s.precision is None else points(s.precision.median_width).removesuffix(" points"),
            "" if s.settles is None else f"{s.settles.completers}",
        )
        for s in plan.scored
    )
    return Table(
        headers=(
            "Design",
            "People",
            "Months",
            "Power",
            "Assured",
            "Width",
            "To settle",
        ),
        rows=rows,
        caption=f"What each design gives for {money(plan, plan.advised)} or a little less: people "
        f"who complete, months, power at {number.percent(plan.fraction)}, assurance, width of the "
        "fraction's interval in points, and people needed to settle all that the design can see",
    )


def _mechanisms(plan: TrialPlan) -> tuple[Section, ...]:
    if plan.advised.information is None:
        return ()
    named = "; ".join(plan.mechanisms.values())
    best = plan.advised.information
    return (
        Section(
            heading="What it would tell about the mechanism",
            paragraphs=(
                paragraph(
                    f"The advised design is expected to tell {best.bits:.2f} of "
                    f"{math.log2(len(plan.mechanisms)):.1f} bits, and names the true mechanism in "
                    f"{percent(best.named)} of studies. Rivals: {named}."
                ),
            ),
            figures=(information_figure(plan),),
        ),
    )


def _repeated(plan: TrialPlan) -> tuple[Section, ...]:
    if not plan.truths:
        return ()
    return (
        Section(
            heading="This trial, had the truth been otherwise",
            paragraphs=(
                paragraph(
                    f"{plan.truths[0].trials:,} virtual trials with {plan.truths[0].n} "
                    "completers under each truth, by the textbook model, read as the protocol "
                    "says.".replace(",", number.THIN, 1)
                ),
            ),
            figures=(truths_figure(plan),),
        ),
    )


def _outcomes(plan: TrialPlan) -> Section:
    rows = tuple(
        (o.result, o.means, "" if o.probability is None else percent(o.probability))
        for o in plan.outcomes
    )
    return Section(
        heading="What each outcome would prove",
        table=Table(
            headers=("Result", "What it means", f"If {number.percent(plan.fraction)} is blocked"),
            rows=rows,
            caption="Outcomes laid down before the data",
        ),
    )


def _conduct(plan: TrialPlan) -> Section:
    said = [] if plan.interim is None else [plan.interim.sentence, _saves(plan)]
    said += [] if plan.pharmacy is None else list(plan.pharmacy.sentences)
    return Section(
        heading="Interim look, dose, lead time, washout",
        paragraphs=tuple(paragraph(s) for s in said if s)
        or (paragraph("The study is too small to be looked at before its end."),),
    )


def _saves(plan: TrialPlan) -> str:
    if plan.interim is None:
        return ""
    size = plan.interim.expected_n
    parts = [
        f"{percent(p)} if {number.percent(f)} is blocked (expected size {size[f]:.0f})"
        for f, p in plan.interim.stop.items()
    ]
    return f"It stops early in {number.listed(parts)}."


def _file(plan: TrialPlan) -> Section:
    return Section(
        heading="The protocol file of this plan",
        paragraphs=(
            paragraph(
                "Written with --write as protocol.toml, and read without a finding by "
                f"`crossblock check`: {len(plan.edited.splitlines())} lines, "
                f"{plan.advised.budget.screened} people planned."
            ),
        ),
    )


def _can(plan: TrialPlan) -> tuple[str, ...]:
    sure = [t.question for t in plan.advised.told if (t.probability or 0.0) >= 0.8]
    words = {q.id: q.words for q in plan.questions}
    return tuple(f"Tell apart, in 8 studies of 10 or more: {words[q]}." for q in sure)


def _cannot(plan: TrialPlan) -> tuple[str, ...]:
    words = {q.id: q for q in plan.questions}
    blind = [t.question for t in plan.advised.told if t.probability is None]
    return (
        *(f"Tell apart at any size: {words[q].words}; it needs {words[q].needs}." for q in blind),
        "Say that the drug is an opioid, or which receptor it is: the blocker takes several.",
        "Rest on more than its numbers: means and spreads come from few people, and carry-over, "
        "expectancy and a floor of the scale are left out of sizes; virtual trials put them in.",
    )


def assumed(values: Sequence[PlanningValue]) -> tuple[Assumed, ...]:
    """Return every planning value that nobody read in a text."""
    return tuple(
        Assumed(
            key=f"plan.{k}",
            what=v.name,
            value=f"{v.value:g} {v.unit}",
            how="from memory" if v.confidence == "memory" else "assumed",
            reason="; ".join(x for x in (v.source, v.note) if x),
        )
        for k, v in enumerate((v for v in values if v.amber), start=1)
    )
