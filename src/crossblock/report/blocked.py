"""What blocking the receptor did: fraction, families, responders only, and the covariance panel.

These sections appear only where a condition holds the blocker. Verdicts follow fixed rules on the
numbers, and the words say what an interval cannot exclude.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from crossblock.domain.analysis import (
    FamilyVerdict,
    FractionAnalysis,
    PanelRow,
    SelectedAnalysis,
    StudyAnalysis,
)
from crossblock.domain.protocol import Protocol
from crossblock.domain.result import Estimate
from crossblock.report import blinding, forest, number, stopping
from crossblock.report.figure import Figure, Table, Words
from crossblock.report.story import Section, paragraph

FAMILY = {
    "efficacy": "Efficacy",
    "suicidality": "Suicidality",
    "dissociation": "Dissociation",
    "opioid_like": "Opioid-like",
    "safety": "Safety",
}
SUBTITLE = f"Dot: estimate. Line: its 95{number.THIN}% interval."


def blocked_sections(protocol: Protocol, analysis: StudyAnalysis) -> tuple[Section, ...]:
    """Return the sections on the blocker's effect; none where nobody received the blocker."""
    if not any(c.cell == "blocked" for c in protocol.conditions):
        return ()
    sections: list[Section] = []
    if analysis.fractions:
        first = analysis.fractions[0]
        sections.append(
            Section(
                heading="Did blocking remove the effect?",
                paragraphs=(paragraph(_fraction_words(first)),),
                figures=(_fractions(analysis.fractions),),
                table=_assumption_table(first),
            )
        )
    if analysis.families:
        sections.append(
            Section(
                heading="Family by family",
                paragraphs=(paragraph(_family_words(analysis.families)),),
                figures=(_families(analysis.families),),
            )
        )
    if analysis.selected:
        sections.append(_selected(analysis.selected))
    if analysis.panel and len([r for r in analysis.panel if r.estimate]) > 1:
        sections.append(
            Section(
                heading="Does the covariance model matter?",
                figures=(_panel(analysis.panel),),
            )
        )
    if analysis.blinding is not None:
        sections.append(blinding.section(protocol, analysis.blinding))
    if analysis.stopping is not None:
        sections.append(stopping.section(analysis.stopping))
    return tuple(sections)


def share(f: FractionAnalysis) -> str:
    """Return "28 % (4 % to 52 %)", or what an unbounded set says."""
    e = f.fraction.estimate
    if f.fraction.uninformative:
        return f"{number.percent(e.value)} (interval unbounded)"
    return f"{number.percent(e.value)} ({number.percent(e.lower)} to {number.percent(e.upper)})"


def _other(e: Estimate) -> str:
    """Return a fraction with an interval that may be unbounded."""
    if math.isinf(e.upper):
        return f"{number.percent(e.value)} (interval unbounded)"
    return f"{number.percent(e.value)} ({number.percent(e.lower)} to {number.percent(e.upper)})"


def _fraction_words(f: FractionAnalysis) -> str:
    e = f.fraction.estimate
    if f.fraction.uninformative:
        return (
            f"On the {f.instrument_name} the drug effect itself is too uncertain to say what share "
            "of it the blocker removed: the interval of the blockade fraction is unbounded."
        )
    told = [
        name
        for name, value in (("no blockade", 0.0), ("complete blockade", 1.0))
        if e.lower <= value <= e.upper
    ]
    left = (
        f"It excludes neither {' nor '.join(told)}."
        if len(told) == 2
        else f"It does not exclude {told[0]}."
        if told
        else "It excludes both no blockade and complete blockade."
    )
    return (
        f"On the {f.instrument_name} the blocker removed {number.percent(e.value)} of the effect "
        f"(95{number.THIN}% interval {number.percent(e.lower)} to {number.percent(e.upper)}). "
        f"{left}"
    )


def _fractions(fractions: Sequence[FractionAnalysis]) -> Figure:
    rows = tuple(
        forest.Row(
            group=f.instrument_name,
            label=f"{f.visit_words}, n = {f.fraction.estimate.n}",
            value=100 * f.fraction.estimate.value,
            lower=100 * f.fraction.estimate.lower,
            upper=100 * f.fraction.estimate.upper,
            text=share(f),
            cell="blocked",
            primary=k == 0,
        )
        for k, f in enumerate(fractions)
    )
    first = fractions[0]
    words = Words(
        title=f"Share of the effect that the blocker removed: {share(first)}",
        subtitle=f"{SUBTITLE} 0 is no blockade, 100 complete blockade.",
        description="Blockade fraction by scale and visit, each with its Fieller interval.",
        sentence=_fraction_words(first),
    )
    table = Table(
        headers=("Scale", "Visit", "Fraction (95 % interval)", "Open effect", "Form"),
        rows=tuple(
            (
                f.instrument_name,
                f.visit_words,
                share(f),
                f"{f.assay.label}: {number.with_interval(f.assay)}",
                str(f.fraction.form),
            )
            for f in fractions
        )
        + tuple(
            (f.instrument_name, f.visit_words, _other(e), e.label, e.model)
            for f in fractions
            for e in f.beside
        ),
        caption="Blockade fraction and the open effect it is a share of",
    )
    axis = forest.Axis(
        title="share of the drug effect removed, %", left="← less", right="more blocked →"
    )
    return forest.figure(id="fractions", rows=rows, axis=axis, words=words, table=table)


def _assumption_table(f: FractionAnalysis) -> Table:
    rows = tuple(
        (f"{number.signed(points)} points", number.percent(value))
        for points, value in sorted(f.fraction.sensitivity.items())
    )
    return Table(
        headers=("Blocker alone minus neither", "Blockade fraction"),
        rows=rows,
        caption=f"What the fraction would be if the blocker alone moved the {f.instrument_name}",
    )


def _family_words(families: Sequence[FamilyVerdict]) -> str:
    said = [f"{FAMILY[f.family].lower()} {f.joint}" for f in families]
    joint = number.listed(said)
    return f"Taken together, with the error of all verdicts held at 5{number.THIN}%: {joint}."


def _families(families: Sequence[FamilyVerdict]) -> Figure:
    rows = tuple(
        forest.Row(
            group=FAMILY[f.family],
            label=f"{f.instrument_name}, n = {f.estimate.n}",
            value=f.estimate.value / _scale(f),
            lower=f.estimate.lower / _scale(f),
            upper=f.estimate.upper / _scale(f),
            text=number.with_interval(f.estimate),
            verdict=f.joint,
            cell="blocked",
        )
        for f in families
    )
    words = Words(
        title=number.listed([f"{FAMILY[f.family]}: {f.joint}" for f in families]),
        subtitle=f"{SUBTITLE} Points of each scale at the right, then the joint verdict.",
        description="Blocked minus open, one row a family of endpoints, with a verdict in words.",
        sentence=_family_words(families),
    )
    table = Table(
        headers=("Family", "Scale", "Blocked − open (95 % interval)", "Margin", "Alone", "Jointly"),
        rows=tuple(
            (
                FAMILY[f.family],
                f"{f.instrument_name}, {f.visit_words}",
                number.with_interval(f.estimate),
                "none stated"
                if f.margin is None
                else f"{number.short(f.margin)} points ({f.margin_confidence})",
                f.alone,
                f.joint,
            )
            for f in families
        ),
        caption="The blocker's effect on each family of endpoints",
    )
    axis = forest.Axis(title="blocked − open, in standard errors", left="← lower", right="higher →")
    return forest.figure(id="families", rows=rows, axis=axis, words=words, table=table)


def _scale(f: FamilyVerdict) -> float:
    """Scales differ: the picture's unit is the standard error, the words keep the points."""
    return f.estimate.se or 1.0


def _selected(selected: Sequence[SelectedAnalysis]) -> Section:
    first = selected[0]
    e = first.estimate
    spread = [number.short(b) for b in first.bias.values() if math.isfinite(b)]
    said = (
        f"Among the {first.responders} of {first.people} people who responded in the open session "
        f"the difference on the {first.instrument_name} is {number.with_interval(e)} points. "
        f"{first.warning}"
    )
    if spread:
        said += (
            f" Selection alone would give {spread[-1]} to {spread[0]} points here (correlation of "
            "a person's responses across sessions 0.8 to 0.2)."
        )
    rows = tuple(
        (number.fixed(icc), f"{number.short(b)} points") for icc, b in sorted(first.bias.items())
    )
    return Section(
        heading="Responders only",
        paragraphs=(paragraph(said),),
        table=Table(
            headers=("Correlation across sessions", "Difference without any blockade"),
            rows=rows,
            caption="What keeping only responders does when the blocker does nothing",
        ),
    )


def _panel(panel: Sequence[PanelRow]) -> Figure:
    shown = [(r, r.estimate) for r in panel if r.estimate is not None]
    rows = tuple(
        forest.Row(
            label=r.covariance.split(",")[0],
            value=e.value,
            lower=e.lower,
            upper=e.upper,
            text=f"{number.with_interval(e)}, df {number.freedom(e.df)}",
            cell="blocked",
            primary=k == 0,
        )
        for k, (r, e) in enumerate(shown)
    )
    values = [e.value for _, e in shown]
    words = Words(
        title=f"Six covariance models: {number.fixed(min(values))} to {number.fixed(max(values))}",
        subtitle=f"{SUBTITLE} The first is the one that was planned.",
        description="The same contrast under each covariance model.",
        sentence="The covariance model is part of what is estimated; all of them are shown.",
    )
    table = Table(
        headers=("Covariance", "Estimate (95 % interval)", "SE", "df"),
        rows=tuple(
            (
                r.covariance,
                number.with_interval(r.estimate) if r.estimate else r.refused,
                number.fixed(r.estimate.se or 0.0, 2) if r.estimate else "",
                number.freedom(r.estimate.df) if r.estimate else "",
            )
            for r in panel
        ),
        caption="The primary contrast under every covariance model",
    )
    axis = forest.Axis(title="test − reference, points", left="← lower", right="higher →")
    return forest.figure(id="panel", rows=rows, axis=axis, words=words, table=table)
