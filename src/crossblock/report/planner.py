"""The planner's page: what a blocker does around a session, and what a wanted blockade takes."""

from __future__ import annotations

import math
from collections.abc import Sequence

from crossblock.domain.blockade_plan import BlockadePlan
from crossblock.domain.curve import ExposurePicture
from crossblock.domain.onboard import OnBoard
from crossblock.domain.protocol import Protocol
from crossblock.report import (
    amounts,
    caveats,
    competition,
    coverage,
    dosing,
    drugs,
    number,
    onboard,
    planwords,
    selectivity,
    washout,
)
from crossblock.report.story import (
    Assumed,
    Paragraph,
    Run,
    Section,
    Story,
    Tile,
    paragraph,
    strong,
)


def plan_story(
    protocol: Protocol,
    picture: ExposurePicture,
    plan: BlockadePlan | None,
    boards: Sequence[OnBoard] = (),
    provenance: Sequence[tuple[str, str]] = (),
) -> Story:
    """Return the page of a protocol; without a blocker, what its drugs do and nothing planned."""
    assumed = _assumed(protocol, picture, plan, boards)
    answer = _answer(plan, assumed) if plan is not None else (paragraph(_nothing(picture)),)
    return Story(
        kicker=f"crossblock planner · {protocol.registry or protocol.id} · {protocol.title}",
        question=_question(protocol, plan),
        answer=answer,
        tiles=_tiles(plan) if plan is not None else (),
        sections=(
            *_drugs(protocol, picture),
            *(_planned(plan) if plan is not None else ()),
            *(s for b in boards for s in onboard.sections(b)),
        ),
        can=() if plan is None else _can(plan),
        cannot=_cannot(protocol, plan),
        assumed=assumed,
        methods=_methods(plan),
        references=plan.references if plan is not None else (),
        provenance=(
            ("Protocol", protocol.id),
            ("Protocol, SHA-256", protocol.sha256),
            *provenance,
        ),
    )


def _question(protocol: Protocol, plan: BlockadePlan | None) -> str:
    if plan is None:
        return f"What do the drugs of {protocol.id} do, hour by hour?"
    given = dosing.given(plan.doses, plan.blocker)
    do = "do" if len(plan.doses) > 1 else "does"
    return (
        f"How much of the {plan.shift.receptor} receptors {do} {given} block "
        f"{plan.window_words}, and for how long after?"
    )


def _nothing(picture: ExposurePicture) -> str:
    said = "This protocol gives no blocker with a sourced model, so there is no blockade to plan."
    return " ".join([said, *(f"{w}." for w in picture.warnings)])


def _answer(plan: BlockadePlan, assumed: Sequence[Assumed]) -> tuple[Paragraph, ...]:
    c = plan.coverage
    wanted = number.percent(c.wanted)
    lead: list[str | Run] = [
        f"In a typical person {dosing.given(plan.doses, plan.blocker)} "
        f"{'block' if len(plan.doses) > 1 else 'blocks'} ",
        Run(
            text=f"{planwords.share(plan)} of {plan.shift.receptor} receptors",
            strong=True,
            assumed=next((a.key for a in assumed if a.reason in plan.amber.values()), ""),
        ),
        f" {plan.window_words} ({planwords.band(plan)}). ",
    ]
    if c.share is not None:
        lead.append(f"{wanted} or more all the time is reached by {planwords.of_100(c.share)}.")
    parts = [paragraph(*lead), paragraph(planwords.takes(plan))]
    if plan.washout is not None:
        parts.append(paragraph(f"{planwords.waiting(plan, plan.washout)}."))
    parts.append(paragraph(strong(planwords.NO_ADVICE)))
    return tuple(parts)


def _tiles(plan: BlockadePlan) -> tuple[Tile, ...]:
    c = plan.coverage
    tiles = [
        Tile(
            value=planwords.share(plan),
            words=f"of {plan.shift.receptor} receptors blocked {plan.window_words}; "
            f"{planwords.band(plan)}",
        )
    ]
    if c.share is not None:
        tiles.append(
            Tile(
                value=f"{planwords.of_100(c.share)}",
                words=f"keep {number.percent(c.wanted)} or more all the time",
            )
        )
    if plan.washout is not None:
        w = plan.washout
        high_end = "no upper end" if math.isinf(w.both_d[2]) else dosing.days(w.both_d[2])
        tiles.append(
            Tile(
                value=f"{w.both_d[1]:.0f} days to {high_end}",
                words="until blockade and the drug's own effect are both below "
                f"{number.percent(w.residual_effect)}; middle {dosing.days(w.both_d[0])}",
            )
        )
    return tuple(tiles)


def _drugs(protocol: Protocol, picture: ExposurePicture) -> tuple[Section, ...]:
    if not drugs.drawable(picture):
        return ()
    drug = next((str(a.compound) for a in protocol.administrations if a.role == "drug"), "")
    return (Section(heading="What the drugs do", figures=(drugs.figure(picture, drug=drug),)),)


def _planned(plan: BlockadePlan) -> tuple[Section, ...]:
    above = "; ".join(
        f"{number.percent(v)} or more {planwords.above_words(s)}"
        for v, s in plan.coverage.above.items()
    )
    dose, scans = amounts.dose_figure(plan), amounts.scan_figure(plan)
    sections = [
        Section(
            heading="How well the session is covered",
            paragraphs=(
                paragraph(f"Typical person: {above}."),
                *(paragraph(f"{w[:1].upper()}{w[1:].rstrip('.')}.") for w in plan.warnings),
            ),
            figures=(coverage.figure(plan),),
        ),
        Section(
            heading="What the wanted blockade would take",
            paragraphs=(paragraph(planwords.takes(plan)),),
            figures=(dose,) if dose is not None else (),
            table=amounts.dose_table(plan),
        ),
        Section(
            heading="Which receptors",
            paragraphs=(paragraph(planwords.pointing(plan)),),
            figures=(selectivity.figure(plan),),
        ),
        Section(
            heading="What is left for an agonist",
            paragraphs=(paragraph(planwords.own_words(plan)),),
            figures=(competition.figure(plan),),
        ),
        _wait(plan),
    ]
    sections.append(
        Section(
            heading="How far the model can be trusted",
            paragraphs=(paragraph(plan.scans.sentence),),
            figures=(scans,) if scans is not None else (),
        )
    )
    return tuple(sections)


def _wait(plan: BlockadePlan) -> Section:
    w = plan.washout
    if w is None:
        return Section(heading="How long to wait", paragraphs=(paragraph(*plan.open),))
    said = [planwords.candidate_words(plan, w)]
    if math.isinf(w.effect_d[2]):
        said.append(
            "The open data do not rule out that the drug's own effect had not faded at all, so "
            "no washout can be called long enough from them."
        )
    return Section(
        heading="How long to wait",
        paragraphs=(paragraph(" ".join(said)),),
        figures=(washout.figure(plan, w),),
    )


def _can(plan: BlockadePlan) -> tuple[str, ...]:
    return (
        f"How much of the {plan.shift.receptor} receptors is blocked at each hour, in a typical "
        "person and in most people.",
        planwords.pointing(plan),
    )


def _cannot(protocol: Protocol, plan: BlockadePlan | None) -> tuple[str, ...]:
    if plan is None:
        return tuple(protocol.limits)
    return (
        "Whether blocking these receptors removes the effect: only ratings of people can.",
        "What one named person's blockade is: the band says how far people differ.",
        "How much of the spread between people is noise of the scanner: it is inside the band, so "
        "the band is an upper bound.",
    )


def _assumed(
    protocol: Protocol,
    picture: ExposurePicture,
    plan: BlockadePlan | None,
    boards: Sequence[OnBoard],
) -> tuple[Assumed, ...]:
    """List every amber number once; those of the blockade model with the reason in its file."""
    reasons = {} if plan is None else dict(plan.amber)
    listed = []
    for a in caveats.assumed(protocol, picture):
        if not a.key.startswith(("administrations.", "exposure.")):
            continue  # what is rated, and when, does not change what the drugs do
        reason = next((r for text, r in reasons.items() if text.startswith(f"{a.value} (")), "")
        listed.append(
            Assumed(key=a.key, what=a.what, value=a.value, how=a.how, reason=reason or a.reason)
        )
    if plan is not None and plan.illustrative is not None and plan.illustrative.decay.assumed:
        listed.append(
            Assumed(
                key="decay.illustrative",
                what=plan.illustrative.decay.label,
                value=f"{plan.illustrative.decay.half_life_d:g} days",
                how="assumed",
                reason="Drawn for comparison only; the answer rests on the open data.",
            )
        )
    return (*listed, *onboard.assumed(boards))


def _methods(plan: BlockadePlan | None) -> tuple[str, ...]:
    if plan is None:
        return ()
    decay = f" The drug's own effect: {plan.washout.decay.label}." if plan.washout else ""
    return (
        "Blockade is (X/ED50) over one plus (X/ED50), with X the amount at the receptor after "
        "first-order uptake and loss, fitted to human scans. Other receptors divide X/ED50 by "
        "their affinity ratio. People differ by a lognormal factor on X/ED50 and by the "
        f"uncertainty of the fit; 2,000 of them are drawn.{decay}",
    )
