"""Virtual trials as one page: would this design have shown it, had it been true?"""

from __future__ import annotations

from collections.abc import Sequence

from crossblock.domain.characteristics import Characteristics, Gallery
from crossblock.domain.protocol import Protocol
from crossblock.report import gallery as pictures
from crossblock.report import number, outcomes, power, precision, stops, truths
from crossblock.report.figure import Table
from crossblock.report.story import Assumed, Paragraph, Run, Section, Story, Tile, paragraph, strong

METHODS = (
    "Virtual participants were carried through the protocol one by one: allocation by its own "
    "scheme, drug and blocker in every period with what earlier periods left, raters item by item, "
    "dropout and missed visits. Each trial was analyzed by the code that analyzes real ones.",
    "Shares carry Monte Carlo standard errors; what never happened carries that of the rule of "
    "three.",
)


def simulation_story(
    protocol: Protocol,
    found: Sequence[Characteristics],
    galleries: Sequence[Gallery],
    command: str,
) -> Story:
    """Return the page of one protocol under the truths that were run."""
    first = found[0]
    trials = f"{first.trials:,}".replace(",", number.THIN)
    how = "textbook model" if not first.mechanism else f"mechanism {first.mechanism}"
    return Story(
        kicker=f"Virtual trials · {protocol.id} · {trials} for each truth · {how}",
        question="Would this study have shown it, had it been true?",
        answer=tuple(_answer(c, label) for c, label in _named(found)),
        tiles=_tiles(found),
        sections=tuple(s for s in _sections(protocol, found, galleries) if s is not None),
        can=("How often this design claims, stops and misleads under each truth that was run.",),
        cannot=(
            "Which of these truths holds: that needs people, not virtual ones.",
            "What happens under a truth that was not run.",
        ),
        assumed=tuple(
            Assumed(key=a.path, what=a.path, value=a.value, how=a.confidence, reason=a.note)
            for a in first.assumed
        ),
        methods=METHODS,
        provenance=(
            ("Protocol", f"{first.protocol_id} {first.protocol_hash[:12]}"),
            ("Seed", str(first.seed)),
            ("Command", command),
        ),
    )


def _named(found: Sequence[Characteristics]) -> list[tuple[Characteristics, str]]:
    return list(zip(found, truths.labels(found), strict=True))


def _if(c: Characteristics, label: str) -> str:
    """Return the truth as the beginning of a sentence."""
    f = c.truth.get("fraction")
    if f is None or not label.endswith("blockable"):
        return f"With {label}"
    if f in (0.0, 1.0):
        return f"If complete blockade removed {'none' if f == 0.0 else 'all'} of the drug’s effect"
    return f"If complete blockade removed {number.percent(f)} of the drug’s effect"


def _answer(c: Characteristics, label: str) -> Paragraph:
    g = c.group("all")
    none = abs(c.difference) < 1e-9
    what = "would still claim a difference" if none else "would show it"
    parts: list[str | Run] = [
        f"{_if(c, label)}, ",
        strong(number.percent(g.significant.value, 1 if none else 0)),
        f" of such trials {what}",
    ]
    f = g.fraction
    if f is not None and f.coverage.n:
        parts.append(
            f"; the blockade fraction, {number.percent(f.truth)} at the dose that is given, would "
            f"be estimated anywhere from {number.percent(f.low)} to {number.percent(f.high)}"
        )
    return paragraph(*parts, ".")


def _tiles(found: Sequence[Characteristics]) -> tuple[Tile, ...]:
    tiles = []
    null = next((c for c in found if abs(c.difference) < 1e-9), None)
    if null is not None:
        tiles.append(
            Tile(
                value=power.with_error(null.group("all").significant),
                words="of trials claim what is not there (nominal 2.5 %)",
            )
        )
    real = [c for c in found if abs(c.difference) >= 1e-9]
    if real:
        weakest = min(real, key=lambda c: abs(c.difference))
        label = truths.labels(found)[list(found).index(weakest)]
        tiles.append(
            Tile(
                value=power.with_error(weakest.group("all").significant),
                words=f"of trials show it with {label}",
            )
        )
    first = found[0]
    if first.looks:
        tiles.append(
            Tile(
                value=number.fixed(first.looks[0].between.value, 1),
                words=f"people mid-crossover at the look at {first.looks[0].count}",
            )
        )
    return tuple(tiles[:3])


def _sections(
    protocol: Protocol, found: Sequence[Characteristics], galleries: Sequence[Gallery]
) -> list[Section | None]:
    return [
        Section(heading="How often would it be claimed?", figures=(power.figure(found),)),
        Section(heading="How well would it be measured?", figures=(precision.figure(found),))
        if precision.known(found)
        else None,
        _stopping(found),
        _published(protocol, found),
        _gallery(protocol, found, galleries),
        outcomes.section(protocol, found),
        _notes(found),
    ]


def _stopping(found: Sequence[Characteristics]) -> Section | None:
    if not stops.known(found):
        return None
    look = found[0].looks[0]
    said = (
        f"At the look at {look.count}, {number.fixed(look.completed.value, 1)} pairs are complete "
        f"and {number.fixed(look.between.value, 1)} people are mid-crossover on average."
    )
    return Section(
        heading="When would it have stopped?",
        paragraphs=(paragraph(said),),
        figures=(stops.figure(found),),
    )


def _published(protocol: Protocol, found: Sequence[Characteristics]) -> Section | None:
    """Return what was published of the responders, had each truth held."""
    n = protocol.participants.completed
    shares = {
        label: {k: m for (k, of), m in c.responders.exactly.items() if of == n.value}
        for c, label in _named(found)
        if c.responders is not None and n is not None
    }
    shares = {label: row for label, row in shares.items() if row}
    if not shares or n is None:
        return None
    counts = sorted({k for row in shares.values() for k in row})
    rows = tuple(
        (
            f"{k} of {n.value}",
            *(power.with_error(row[k]) if k in row else "" for row in shares.values()),
        )
        for k in counts
    )
    return Section(
        heading="This published trial, had each truth held",
        paragraphs=(
            paragraph(
                f"How many of {n.value} completers respond without the blocker does not depend on "
                "what the blocker does; it is the check that the virtual people respond as the "
                "real ones did."
            ),
        ),
        table=Table(
            caption=f"Virtual trials with {n.value} completers, by how many respond without the "
            "blocker",
            headers=("Responders", *shares),
            rows=rows,
        ),
    )


def _gallery(
    protocol: Protocol, found: Sequence[Characteristics], galleries: Sequence[Gallery]
) -> Section | None:
    if not galleries:
        return None
    scale = protocol.endpoint(found[0].endpoint).label
    names = truths.labels(found)
    figures = tuple(
        pictures.figure(g, names[k], scale=scale, id=f"gallery-{k}")
        for k, g in enumerate(galleries)
    )
    return Section(heading="Twenty such trials", figures=figures)


def _notes(found: Sequence[Characteristics]) -> Section | None:
    said = tuple(dict.fromkeys(w for c in found for w in c.warnings))
    if not said:
        return None
    return Section(
        heading="What to keep in mind",
        paragraphs=tuple(paragraph(f"{w[0].upper()}{w[1:]}.") for w in said),
    )
