"""The reader's power sheet as one page: what a published test implies, without the data."""

from __future__ import annotations

import math

from crossblock.domain.appraisal import Appraisal, Published
from crossblock.report import forest, number
from crossblock.report.figure import Figure, Table, Words
from crossblock.report.story import Paragraph, Section, Story, Tile, paragraph, strong

CLAIMS = ((0.0, "no effect"), (1.0, "all of it"))


def appraisal_story(published: Published, found: Appraisal, command: str) -> Story:
    """Return the sheet as a story: the interval first, then where the test came from."""
    return Story(
        kicker=f"Reader's power sheet · {published.n} people · crossover",
        question="What does this published comparison really say?",
        answer=_answer(published, found),
        tiles=_tiles(published, found),
        sections=(*_pictures(found), _origin(published, found), _flags(found)),
        can=("What size of effect the printed test is compatible with.",),
        cannot=(
            "Whether the model that was fitted was the right one: that needs the ratings.",
            "How uncertain the drug effect itself is: it is the denominator of the blockade "
            "fraction and is taken as fixed here, so the true interval is wider.",
        ),
        methods=(
            "The published statistic was converted to its t form; the interval of a fraction read "
            "off the paper is the fraction times one plus or minus the critical over the observed "
            "t, the drug effect taken as fixed.",
        ),
        provenance=(("Command", command),),
    )


def _interval(low: float, high: float) -> str:
    return f"{number.percent(low)} to {number.percent(high)}"


def _answer(published: Published, found: Appraisal) -> tuple[Paragraph, ...]:
    if found.fraction is None or found.within is None:
        low, high = found.effect_sd_interval
        return (
            paragraph(
                "The test implies a difference of ",
                strong(f"{number.short(found.effect_sd)} SD"),
                f" of a person's own change (95{number.THIN}% interval {number.fixed(low, 2)} to "
                f"{number.fixed(high, 2)}).",
            ),
        )
    f, low, high = found.fraction
    return (
        paragraph(
            "A blockade of ",
            strong(number.percent(f)),
            " with this test is compatible with anything from ",
            strong(_interval(low, high)),
            f" (95{number.THIN}% interval, the drug effect taken as fixed). With the degrees of "
            f"freedom that {published.n} people can give it is "
            f"{_interval(found.within[1], found.within[2])}.",
        ),
    )


def _tiles(published: Published, found: Appraisal) -> tuple[Tile, ...]:
    tiles = [
        Tile(
            value=f"{number.fixed(found.detectable_sd, 2)} SD",
            words=f"smallest effect that {published.n} complete pairs see (80{number.THIN}% power)",
        ),
        Tile(
            value=f"{number.fixed(found.effect_sd, 2)} SD",
            words="effect that the printed test implies, in SDs of a person's own difference",
        ),
    ]
    if found.fraction is not None:
        tiles.insert(
            0,
            Tile(
                value=_interval(found.fraction[1], found.fraction[2]),
                words=f"95{number.THIN}% interval of the blockade fraction, as printed",
            ),
        )
    return tuple(tiles)


def _pictures(found: Appraisal) -> tuple[Section, ...]:
    if found.fraction is None or found.within is None:
        return ()
    return (Section(heading="How far apart the possible truths are", figures=(_figure(found),)),)


def _figure(found: Appraisal) -> Figure:
    assert found.fraction is not None
    assert found.within is not None
    rows = tuple(
        forest.Row(
            label=label,
            value=100 * f,
            lower=100 * low,
            upper=100 * high,
            text=f"{number.percent(f)} ({_interval(low, high)})",
            cell="blocked",
            primary=primary,
        )
        for label, (f, low, high), primary in (
            (f"as printed, df {found.df:g}", found.fraction, True),
            ("within people", found.within, False),
        )
    )
    _, low, high = found.fraction
    words = Words(
        title=f"The printed test leaves {_interval(low, high)} of the effect blocked",
        subtitle="Dot: blockade fraction as published. Line: its 95 % interval.",
        description="Two intervals of the blockade fraction, as printed and at the degrees of "
        "freedom that a comparison within people has.",
        sentence=f"The printed test is compatible with {_interval(low, high)} blockade.",
    )
    table = Table(
        headers=("Degrees of freedom", "Blockade fraction", "95 % interval"),
        rows=tuple((r.label, number.percent(r.value / 100), r.text) for r in rows),
        caption="Blockade fraction implied by the published test",
    )
    axis = forest.Axis(
        title="share of the drug effect that the blocker removed, %",
        left="← less blocked",
        right="more blocked →",
    )
    return forest.figure(id="fraction", rows=rows, axis=axis, words=words, table=table)


def _origin(published: Published, found: Appraisal) -> Section:
    said: tuple[str, ...]
    if published.df is None:
        said = (f"No degrees of freedom were given; {published.n} − 2 were taken.",)
    elif found.origins:
        said = tuple(f"{found.df:g} = {o.words}." for o in found.origins)
    else:
        said = (f"{found.df:g} degrees of freedom fit no usual model of this design.",)
    return Section(
        heading="Where the degrees of freedom came from",
        paragraphs=tuple(paragraph(s) for s in said),
    )


def _flags(found: Appraisal) -> Section:
    said = [f.sentence for f in found.flags] or ["Nothing in these numbers is a reason to doubt."]
    rows = tuple(
        (f.kind, name, number.short(value))
        for f in found.flags
        for name, value in f.numbers.items()
        if math.isfinite(value)
    )
    return Section(
        heading="What to keep in mind",
        paragraphs=tuple(paragraph(s) for s in said),
        table=Table(headers=("Flag", "Quantity", "Value"), rows=rows, caption="Numbers behind it")
        if rows
        else None,
    )
