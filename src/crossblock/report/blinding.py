"""Was the blind kept: guesses by true condition and period, and what expectancy would explain."""

from __future__ import annotations

import math

from crossblock.domain.analysis import BlindingAnalysis
from crossblock.domain.protocol import Protocol
from crossblock.report import forest, number
from crossblock.report.figure import Figure, Table, Words
from crossblock.report.story import Section, paragraph


def section(protocol: Protocol, found: BlindingAnalysis) -> Section:
    """Return the section on blinding with its picture."""
    return Section(
        heading="Was the blind kept?",
        paragraphs=(paragraph(words(found)),),
        figures=(figure(protocol, found),),
    )


def words(found: BlindingAnalysis) -> str:
    """Say how many guessed right, and how much expectancy it would take."""
    right = sum(r.right for r in found.rows)
    asked = sum(r.right + r.wrong + r.unsure for r in found.rows)
    if math.isinf(found.to_zero):
        tipping = "No amount of expectancy acting through these guesses would explain the result."
    else:
        tipping = (
            f"About {number.fixed(found.to_zero)} points of expectancy, acting through these "
            "guesses, would explain the whole difference."
        )
    return (
        f"{number.of(right, asked, 'guesses')} were right. James index "
        f"{number.with_interval(found.james, 2)} (1 is a perfect blind). {tipping}"
    )


def figure(protocol: Protocol, found: BlindingAnalysis) -> Figure:
    """Return Bang's index by condition and period: 1 all guess right, 0 as by chance."""
    rows = tuple(
        forest.Row(
            group=protocol.condition(r.condition).label,
            label=f"period {r.period}, n = {r.right + r.wrong + r.unsure}",
            value=r.bang.value,
            lower=r.bang.lower,
            upper=r.bang.upper,
            text=number.with_interval(r.bang, 2),
            cell=protocol.condition(r.condition).cell,
        )
        for r in sorted(found.rows, key=lambda r: (r.condition, r.period))
    )
    seen = [r.bang for r in found.rows]
    kept = all(b.lower <= 0.0 <= b.upper for b in seen)
    said = Words(
        title="Guesses are compatible with chance" if kept else "Guesses were better than chance",
        subtitle=f"Bang index: 1 all right, 0 as by chance. Line: 95{number.THIN}% interval.",
        description="Blinding index of each true condition in each period.",
        sentence=words(found),
    )
    table = Table(
        headers=("Condition", "Period", "Right", "Wrong", "Do not know", "Bang (95 % interval)"),
        rows=tuple(
            (
                protocol.condition(r.condition).label,
                str(r.period),
                str(r.right),
                str(r.wrong),
                str(r.unsure),
                number.with_interval(r.bang, 2),
            )
            for r in found.rows
        ),
        caption="Guesses by true condition and period",
    )
    axis = forest.Axis(title="Bang index", left="← wrong", right="right →")
    return forest.figure(id="blinding", rows=rows, axis=axis, words=said, table=table)
