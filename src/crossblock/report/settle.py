"""What would settle it? Pairs that the data do not part, by measurement, as a matrix."""

from __future__ import annotations

from collections.abc import Sequence

from crossblock.domain.odds import Separation
from crossblock.report import matrix, number
from crossblock.report.figure import Figure, Words

SHORT = {
    "share of the mood effect": "mood: naltrexone 50 mg",
    "glutamate response left": "glutamate: naltrexone 50 mg",
    "fall after an infusion without": "placebo infusion",
    "how much of the fall after": "placebo infusion: naltrexone",
    "effect removed by naltrexone 150": "mood: 150 against 50 mg",
}
SEEN = 2.0  # distance at which one study tells two accounts apart almost surely


def short(observable: str) -> str:
    """Return a column head for an observable."""
    return next((s for k, s in SHORT.items() if observable.startswith(k)), observable)


def figure(separations: Sequence[Separation]) -> Figure | None:
    """Return the matrix of pairs by measurement, or None where every pair is told apart."""
    if not separations:
        return None
    pairs = list(dict.fromkeys((s.first, s.second) for s in separations))
    columns = list(dict.fromkeys(s.observable for s in separations))
    by = {(s.first, s.second, s.observable): s for s in separations}
    rows = tuple(
        matrix.Row(
            label=f"{a} or {b}",
            cells=tuple(_cell(by[a, b, c]) for c in columns),
        )
        for a, b in pairs
    )
    title = finding(separations)
    people = separations[0].people
    words = Words(
        title=title,
        subtitle=f"Cell: distance of the two predictions in SDs of what one study of {people} "
        f"people can see; {number.fixed(SEEN, 0)} and more settles it, below 1 does not.",
        description=title,
        sentence=f"{title}.",
    )
    heads = [short(c) for c in columns]
    return matrix.figure(id="settle", columns=heads, rows=rows, words=words, corner="Rivals")


def finding(separations: Sequence[Separation]) -> str:
    """Return which measurement settles most open pairs, and which pairs none of them settles."""
    pairs = list(dict.fromkeys((s.first, s.second) for s in separations))
    settled: dict[str, int] = {}
    for s in separations:
        settled[s.observable] = settled.get(s.observable, 0) + settles(s)
    best = max(settled, key=lambda c: settled[c])
    none = [
        f"{a} or {b}"
        for a, b in pairs
        if not any(settles(s) for s in separations if (s.first, s.second) == (a, b))
    ]
    if not settled[best]:
        return "None of these measurements settles an open pair in one study"
    said = (
        f"One measurement ({short(best)}) settles "
        f"{number.of(settled[best], len(pairs), 'open pairs')}"
    )
    return f"{said}; none settles {number.listed(none)}" if none else said


def settles(s: Separation) -> bool:
    """Tell whether the distance reaches 2 as it is printed."""
    return round(s.apart, 1) >= SEEN


def _cell(s: Separation) -> matrix.Cell:
    return matrix.Cell(text=number.fixed(s.apart, 1), share=min(s.apart / (1.25 * SEEN), 1.0))
