"""Should we have stopped: the planned bounds and where this analysis stands among them."""

from __future__ import annotations

from crossblock.domain.analysis import StoppingAnalysis
from crossblock.report import boundary, number
from crossblock.report.figure import Figure, Words
from crossblock.report.story import Section, paragraph


def section(found: StoppingAnalysis) -> Section:
    """Return the section on stopping with its picture."""
    said = " ".join(found.sentences)
    if found.assumed:
        said += " The published rule was not found: these bounds are assumed."
    return Section(
        heading="Should the study have stopped?",
        paragraphs=(paragraph(said),),
        figures=(figure(found),),
    )


def figure(found: StoppingAnalysis) -> Figure:
    """Return bounds against completers with this analysis as the path."""
    looks = [boundary.Look(n=k.completers, upper=k.efficacy, lower=k.futility) for k in found.looks]
    nearest = min(found.looks, key=lambda k: abs(k.completers - found.completers))
    crossed = nearest.efficacy is not None and found.z >= nearest.efficacy
    where = f"z = {number.fixed(found.z, 2)} at {found.completers} completers"
    title = f"{'Beyond' if crossed else 'Short of'} the bound of the nearest look: {where}"
    words = Words(
        title=title,
        subtitle=f"Bounds on the {found.endpoint}; z is positive when the effect was blocked.",
        description="Stopping bounds by number of completers with the observed statistic.",
        sentence=f"{title}.",
    )
    path = [boundary.Step(n=found.completers, value=found.z, under_way=found.under_way)]
    return boundary.figure(id="stopping", looks=looks, path=path, words=words)
