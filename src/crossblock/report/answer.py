"""The first screen: the answer in plain words, how people differ, and at most three numbers."""

from __future__ import annotations

from crossblock.domain.analysis import EndpointAnalysis, FractionAnalysis, StudyAnalysis
from crossblock.domain.protocol import Protocol
from crossblock.report import caveats, drugs, number, pairs, scales, sides
from crossblock.report.beside import Beside
from crossblock.report.sides import Sides
from crossblock.report.story import Paragraph, Tile, paragraph, strong
from crossblock.report.verdict import Verdict, verdict

NOUNS = {
    "efficacy": "symptom",
    "suicidality": "suicidality",
    "dissociation": "dissociation",
    "opioid_like": "drug-effect",
    "safety": "safety",
}


def answer(protocol: Protocol, analysis: StudyAnalysis, beside: Beside) -> tuple[Paragraph, ...]:
    """Return the first paragraphs: the share that was blocked, the difference, what is missing."""
    endpoint = analysis.endpoints[0]
    here = sides.of(protocol, endpoint)
    missing = caveats.without_blocker(protocol, caveats.blocker(protocol, beside.blocker_study))
    people = spread_words(endpoint, here)
    told = [_difference(endpoint, here)]
    if analysis.fractions:
        told.insert(0, _share(analysis.fractions[0], protocol))
    told.append(paragraph(people, " ", strong(missing)) if missing else paragraph(people))
    return tuple(told)


def _share(found: FractionAnalysis, protocol: Protocol) -> Paragraph:
    """Return what share of the drug's effect the blocker removed, as far as the interval says."""
    e, when = found.fraction.estimate, sides.on_visit(found.visit_words)
    name = caveats.blocker(protocol)
    if found.fraction.uninformative:
        return paragraph(
            f"{when}, these data ",
            strong("cannot say what share"),
            f" of the drug’s effect on the {found.instrument_name} {name} removed: the effect "
            "itself is too uncertain.",
        )
    bounds = f"{number.percent(e.lower)} to {number.percent(e.upper)}"
    return paragraph(
        f"{when}, {name} removed ",
        strong(f"{number.percent(e.value)} of the drug’s effect"),
        f" on the {found.instrument_name}; shares from {bounds} fit these data too "
        f"({number.level(e)}).",
    )


def _difference(endpoint: EndpointAnalysis, here: Sides) -> Paragraph:
    """Return the primary difference in words whose direction the interval has earned."""
    e, earned = endpoint.primary, verdict(endpoint.primary)
    scores = f"{NOUNS.get(endpoint.family, '')} scores".strip()
    when = sides.on_visit(endpoint.visit_words)
    better = "lower" if endpoint.lower_is_better else "higher"
    scale = (
        f"{number.short(endpoint.minimum)} to {number.short(endpoint.maximum)}, {better} is better"
    )
    if earned not in (Verdict.LOWER, Verdict.HIGHER):
        return paragraph(
            f"{when}, {scores} {here.after_test} and {here.after_reference} were ",
            strong(earned.value),
            f" on the {endpoint.instrument_name} ({scale}): difference "
            f"{number.with_interval(e)} points ({number.level(e)}).",
        )
    moved = f"had {here.scored(earned)}" if here.improves else f"were {earned.value}"
    return paragraph(
        f"{when}, {scores} {moved} {here.after_test} than {here.after_reference}: on average by ",
        strong(f"{number.fixed(abs(e.value))} points"),
        f" on the {endpoint.instrument_name} ({scale}). Averages from "
        f"{number.bounds(*_size(e.lower, e.upper, e.value))} points fit these data too "
        f"({number.level(e)}).",
    )


def spread_words(endpoint: EndpointAnalysis, here: Sides) -> str:
    """Return how people differ; "widely" when differences vary at least as much as their mean."""
    seen = pairs.count(endpoint)
    widely = " widely" if scales.spread(endpoint) >= abs(endpoint.primary.value) else ""
    lower = seen.lower >= seen.higher
    part = seen.lower if lower else seen.higher

    def way(d: float) -> str:
        size = number.fixed(abs(d), 0 if d == int(d) else 1)
        return "no difference" if d == 0 else f"{size} points {'lower' if d < 0 else 'higher'}"

    return (
        f"People differ{widely}: {part} of {seen.pairs} {here.moved(lower)} {here.after_test}, and "
        f"single people range from {way(seen.smallest)} to {way(seen.largest)}."
    )


def _size(lower: float, upper: float, value: float) -> tuple[float, float]:
    """Return the interval as sizes of a difference whose direction the words already say."""
    return (-upper, -lower) if value < 0 else (lower, upper)


def tiles(protocol: Protocol, analysis: StudyAnalysis, beside: Beside) -> tuple[Tile, ...]:
    """Return at most three numbers: share or difference, blockade reached, what could be seen."""
    endpoint = analysis.endpoints[0]
    here, e = sides.of(protocol, endpoint), endpoint.primary
    found = [
        Tile(
            value=f"{number.fixed(e.value)} points",
            words=(
                f"{here.test} {number.MINUS} {here.reference} on the {endpoint.instrument_name}; "
                f"{number.level(e)} {number.bounds(e.lower, e.upper)}"
            ),
        )
    ]
    if analysis.fractions:
        found.insert(0, _share_tile(analysis.fractions[0]))
    if beside.exposure is not None and beside.exposure.blockade:
        share, words = drugs.blocked_share(beside.exposure, drug(protocol))
        found.append(Tile(value=share, words=words))
    if e.n in beside.smallest:
        points = number.fixed(beside.smallest[e.n] * scales.spread(endpoint))
        words = (
            f"the smallest {endpoint.instrument_name} difference that {e.n} completers find 4 "
            f"times in 5 (80{number.THIN}% power)"
        )
        found.append(Tile(value=f"{points} points", words=words))
    return tuple(found[:3])


def _share_tile(found: FractionAnalysis) -> Tile:
    e = found.fraction.estimate
    if found.fraction.uninformative:
        return Tile(value="Not known", words="share of the effect removed: interval unbounded")
    bounds = f"{number.percent(e.lower)} to {number.percent(e.upper)}"
    words = f"of the effect on the {found.instrument_name} removed; {number.level(e)} {bounds}"
    return Tile(value=number.percent(e.value), words=words)


def drug(protocol: Protocol) -> str:
    """Return the compound under test, or nothing when none is named."""
    return next((str(a.compound) for a in protocol.administrations if a.role == "drug"), "")
