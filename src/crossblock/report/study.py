"""The report of one study, composed from its protocol and its results, whatever the study is.

Every sentence follows from the protocol and from fixed rules on the numbers; nothing here knows
ketamine, and nothing is written that the data do not carry.
"""

from __future__ import annotations

from crossblock.domain.administration import Administration
from crossblock.domain.analysis import StudyAnalysis
from crossblock.domain.curve import ExposurePicture
from crossblock.domain.protocol import Protocol
from crossblock.report import (
    answer,
    caveats,
    cells,
    detectable,
    drugs,
    flow,
    methods,
    number,
    pairs,
    scales,
    schedule,
    session,
    sides,
    visits,
)
from crossblock.report.beside import Beside as Beside
from crossblock.report.blocked import blocked_sections
from crossblock.report.figure import Table
from crossblock.report.sides import Sides, inside
from crossblock.report.story import Paragraph, Run, Section, Story, paragraph


def study_story(protocol: Protocol, analysis: StudyAnalysis, beside: Beside) -> Story:
    """Return the story of `analysis`: question, answer, pictures, limits, methods, provenance."""
    both = sum(analysis.flow.completed.values())
    seen = number.of(both, analysis.flow.enrolled)
    return Story(
        kicker=f"crossblock report · {protocol.registry or protocol.id} · {seen} with every rating",
        question=protocol.question,
        answer=answer.answer(protocol, analysis, beside),
        tiles=answer.tiles(protocol, analysis, beside),
        sections=_sections(protocol, analysis, beside),
        can=caveats.can(protocol, analysis),
        cannot=caveats.cannot(protocol, analysis),
        assumed=caveats.assumed(protocol, beside.exposure),
        disagreements=caveats.disagreements(protocol),
        methods=_methods(protocol, analysis),
        references=methods.references(
            analysis.methods, *(p for p in (protocol, beside.blocker_study) if p is not None)
        ),
        provenance=(
            ("Protocol", protocol.id),
            ("Protocol, SHA-256", analysis.protocol_hash),
            ("Ratings, SHA-256", analysis.ratings_hash),
            *beside.provenance,
        ),
    )


def _sections(protocol: Protocol, analysis: StudyAnalysis, beside: Beside) -> tuple[Section, ...]:
    first = analysis.endpoints[0]
    here = sides.of(protocol, first)
    sections = [
        Section(
            heading="What each person went through",
            paragraphs=(_design_words(protocol),),
            figures=(schedule.figure(protocol),),
        )
    ]
    if beside.exposure is not None and drugs.drawable(beside.exposure):
        sections.append(_drugs_section(protocol, beside, beside.exposure))
    sections.append(
        Section(
            heading="Who took part",
            paragraphs=(_people_words(protocol, analysis),),
            figures=(flow.figure(analysis.flow, protocol, first.visit),),
        )
    )
    sections.append(_ratings_section(protocol, analysis, here))
    sections.extend(blocked_sections(protocol, analysis))
    if beside.smallest:
        done = beside.blocker_study.participants.completed if beside.blocker_study else None
        marked = beside.yardsticks or ((done.value,) if done else ())
        figure = detectable.figure(first, beside.smallest, marked=marked)
        sections.append(
            Section(heading="How small an effect could have been seen", figures=(figure,))
        )
    return tuple(sections)


def _design_words(protocol: Protocol) -> Paragraph:
    """Return who took part, what was given and how it was hidden; amber where nobody read it."""
    method = protocol.randomization.method
    given: list[str | Run] = []
    for one in protocol.administrations:
        if one.role in {"drug", "blocker"}:
            given += [" ", *_dose(one)]
    return paragraph(
        f"{protocol.population.label.value}.",
        *given,
        f" Masking: {inside(protocol.blinding.masking.value)}. Randomization: ",
        caveats.marked(method.value, "randomization.method", method),
        ".",
    )


def _dose(given: Administration) -> list[str | Run]:
    """Return "Ketamine infusion: 0.5 mg/kg over 40 min." with its remembered parts marked."""
    parts: list[str | Run] = [f"{given.label}: "]
    path = f"administrations.{given.id}"
    if given.dose is not None:
        amount = str(given.dose.value).replace("ug", "µg").replace(" ", number.THIN)
        parts.append(caveats.marked(amount, f"{path}.dose", given.dose))
    if given.duration is not None and given.duration_h:
        length = session.span(given.duration_h)
        parts += [" over ", caveats.marked(length, f"{path}.duration", given.duration)]
    return [*parts, "."]


def _drugs_section(protocol: Protocol, beside: Beside, picture: ExposurePicture) -> Section:
    other = beside.blocker_study
    lead: tuple[Paragraph, ...] = ()
    if other is not None and other.id != protocol.id:
        name = caveats.blocker(protocol, beside.blocker_study)
        lead = (
            paragraph(
                f"No {name} was given here. The curves are for the doses of another study, "
                f"“{other.title}”: how much of the receptor a blocker takes while the drug acts, "
                "and for how long afterward."
            ),
        )
    return Section(
        heading="What the drugs do",
        paragraphs=lead,
        figures=(drugs.figure(picture, drug=answer.drug(protocol)),),
    )


def _people_words(protocol: Protocol, analysis: StudyAnalysis) -> Paragraph:
    people = analysis.flow
    text = f"{people.enrolled} people were enrolled."
    if people.not_allocated:
        text = f"{text[:-1]}; {people.not_allocated} of them have no condition on record."
    return paragraph(" ".join([text, *people.notes]))


def _ratings_section(protocol: Protocol, analysis: StudyAnalysis, here: Sides) -> Section:
    """Return people first, then all scales, then the design's cells, then the later visits."""
    first = analysis.endpoints[0]
    alike = [e for e in analysis.endpoints if e.family == first.family and e.test == first.test]
    now = [e for e in alike if e.visit == first.visit]
    figures = [
        pairs.figure(first, here),
        scales.figure(now, here),
        cells.figure(first, protocol, here),
    ]
    if len(alike) > len(now):
        figures.append(visits.figure(alike, here))
    return Section(
        heading="What the ratings say", figures=tuple(figures), table=exact_table(analysis)
    )


def exact_table(analysis: StudyAnalysis) -> Table | None:
    """Return the tests that need no normal scores, beside their endpoints; None without any."""
    rows = tuple(
        (
            f"{e.instrument_name}, {inside(e.visit_words)}",
            t.name,
            number.probability(t.p),
            "" if t.lower is None or t.upper is None else number.bounds(t.lower, t.upper),
            t.sentence,
        )
        for e in analysis.endpoints
        for t in e.exact
    )
    return (
        Table(
            headers=("Score", "Test", "p", "95 % interval", "What was counted"),
            rows=rows,
            caption="The same differences without assuming normal scores",
        )
        if rows
        else None
    )


def _methods(protocol: Protocol, analysis: StudyAnalysis) -> tuple[str, ...]:
    said = methods.sentences(analysis.methods)
    warnings = [w for e in analysis.endpoints for w in e.warnings] + list(analysis.warnings)
    noted = " ".join(f"Note: {w.rstrip('.')}." for w in dict.fromkeys(warnings))
    return tuple(text for text in (said, noted) if text)
