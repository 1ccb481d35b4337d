"""The report of one study, composed from its protocol and its results, whatever the study is.

Every sentence follows from the protocol and from fixed rules on the numbers; nothing here knows
ketamine, and nothing is written that the data do not carry.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from crossblock.domain.analysis import EndpointAnalysis, StudyAnalysis
from crossblock.domain.curve import ExposurePicture
from crossblock.domain.protocol import Protocol
from crossblock.report import (
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
    sides,
)
from crossblock.report.blocked import blocked_sections
from crossblock.report.sides import Sides, inside
from crossblock.report.story import Paragraph, Section, Story, Tile, paragraph, strong
from crossblock.report.verdict import Verdict, verdict

NOUNS = {
    "efficacy": "symptom",
    "suicidality": "suicidality",
    "dissociation": "dissociation",
    "opioid_like": "drug-effect",
    "safety": "safety",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Beside:
    """What stands beside a study's own results.

    exposure   what the drugs do, in this study or in `blocker_study`
    blocker_study   a protocol that gives the blocker which this study leaves out
    smallest   completers -> detectable SDs of within-person differences (80 % power), for the
               curve; `yardsticks` are sizes that it names beside the study's own
    provenance   (name, value) pairs that only the caller knows: version, command
    """

    exposure: ExposurePicture | None = None
    blocker_study: Protocol | None = None
    smallest: Mapping[int, float] = field(default_factory=dict)
    yardsticks: tuple[int, ...] = ()
    provenance: tuple[tuple[str, str], ...] = ()


def study_story(protocol: Protocol, analysis: StudyAnalysis, beside: Beside) -> Story:
    """Return the story of `analysis`: question, answer, pictures, limits, methods, provenance."""
    first = analysis.endpoints[0]
    both = sum(analysis.flow.completed.values())
    seen = number.of(both, analysis.flow.enrolled)
    return Story(
        kicker=f"crossblock report · {protocol.registry or protocol.id} · {seen} with every rating",
        question=protocol.question,
        answer=_answer(protocol, first, beside),
        tiles=_tiles(protocol, first, beside),
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


def _answer(
    protocol: Protocol, endpoint: EndpointAnalysis, beside: Beside
) -> tuple[Paragraph, ...]:
    """Return the first paragraphs: the result, how people differ, what is missing."""
    here, e = sides.of(protocol, endpoint), endpoint.primary
    scores = f"{NOUNS.get(endpoint.family, '')} scores".strip()
    when = sides.on_visit(endpoint.visit_words)
    better = "lower" if endpoint.lower_is_better else "higher"
    scale = (
        f"{number.short(endpoint.minimum)} to {number.short(endpoint.maximum)}, {better} is better"
    )
    if verdict(e) in (Verdict.LOWER, Verdict.HIGHER):
        lead = paragraph(
            f"{when}, {scores} were {verdict(e).value} {here.after_test} than "
            f"{here.after_reference}: on average by ",
            strong(f"{number.fixed(abs(e.value))} points"),
            f" on the {endpoint.instrument_name} ({scale}). Averages from "
            f"{number.bounds(*_size(e.lower, e.upper, e.value))} points fit these data too "
            f"({number.level(e)}).",
        )
    else:
        lead = paragraph(
            f"{when}, {scores} {here.after_test} and {here.after_reference} were ",
            strong(verdict(e).value),
            f" on the {endpoint.instrument_name} ({scale}): difference "
            f"{number.with_interval(e)} points ({number.level(e)}).",
        )
    missing = caveats.without_blocker(protocol, caveats.blocker(protocol, beside.blocker_study))
    people = _spread_words(endpoint, here)
    return (lead, paragraph(people, " ", strong(missing)) if missing else paragraph(people))


def _spread_words(endpoint: EndpointAnalysis, here: Sides) -> str:
    """Return how people differ; "widely" when differences vary at least as much as their mean."""
    seen = pairs.count(endpoint)
    widely = " widely" if scales.spread(endpoint) >= abs(endpoint.primary.value) else ""

    def way(d: float) -> str:
        if d == 0:
            return "no change"
        return f"{number.short(abs(d))} points {'lower' if d < 0 else 'higher'}"

    return (
        f"People differ{widely}: {seen.lower} of {seen.pairs} rated lower {here.after_test}, and "
        f"single people range from {way(seen.smallest)} to {way(seen.largest)}."
    )


def _size(lower: float, upper: float, value: float) -> tuple[float, float]:
    """Return the interval as sizes of a difference whose direction the words already say."""
    return (-upper, -lower) if value < 0 else (lower, upper)


def _tiles(protocol: Protocol, endpoint: EndpointAnalysis, beside: Beside) -> tuple[Tile, ...]:
    here, e = sides.of(protocol, endpoint), endpoint.primary
    tiles = [
        Tile(
            value=f"{number.fixed(e.value)} points",
            words=(
                f"{here.test} {number.MINUS} {here.reference} on the {endpoint.instrument_name}; "
                f"{number.level(e)} {number.bounds(e.lower, e.upper)}"
            ),
        )
    ]
    if beside.exposure is not None and beside.exposure.blockade:
        share, words = drugs.blocked_share(beside.exposure, _drug(protocol))
        tiles.append(Tile(value=share, words=words))
    if e.n in beside.smallest:
        points = beside.smallest[e.n] * scales.spread(endpoint)
        tiles.append(
            Tile(
                value=f"{number.fixed(points)} points",
                words=(
                    f"the smallest {endpoint.instrument_name} difference that {e.n} completers "
                    f"find 4 times in 5 (80{number.THIN}% power)"
                ),
            )
        )
    return tuple(tiles)


def _drug(protocol: Protocol) -> str:
    return next((str(a.compound) for a in protocol.administrations if a.role == "drug"), "")


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
    method = protocol.randomization.method
    return paragraph(
        f"{protocol.population.label.value}. Masking: {inside(protocol.blinding.masking.value)}. "
        "Randomization: ",
        caveats.marked(method.value, "randomization.method", method),
        ".",
    )


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
        figures=(drugs.figure(picture, drug=_drug(protocol)),),
    )


def _people_words(protocol: Protocol, analysis: StudyAnalysis) -> Paragraph:
    people = analysis.flow
    text = f"{people.enrolled} people were enrolled."
    if people.not_allocated:
        text = f"{text[:-1]}; {people.not_allocated} of them have no condition on record."
    return paragraph(" ".join([text, *people.notes]))


def _ratings_section(protocol: Protocol, analysis: StudyAnalysis, here: Sides) -> Section:
    """Return people first, then all scales, then the design's cells, then later visits."""
    first = analysis.endpoints[0]
    now = [e for e in analysis.endpoints if e.visit == first.visit]
    later = [e for e in analysis.endpoints if e.visit != first.visit]
    figures = [
        pairs.figure(first, here),
        scales.figure(now, here),
        cells.figure(first, protocol, here),
    ]
    for visit in dict.fromkeys(e.visit for e in later):
        group = [e for e in later if e.visit == visit]
        figures.append(scales.figure(group, here, id=f"scales-{visit}", dated=True))
    return Section(heading="What the ratings say", figures=tuple(figures))


def _methods(protocol: Protocol, analysis: StudyAnalysis) -> tuple[str, ...]:
    said = methods.sentences(analysis.methods)
    warnings = [w for e in analysis.endpoints for w in e.warnings] + list(analysis.warnings)
    noted = " ".join(f"Note: {w.rstrip('.')}." for w in dict.fromkeys(warnings))
    return tuple(text for text in (said, noted) if text)
