"""Operating characteristics as lines of text, each number with its Monte Carlo error."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from crossblock.cli.words import signed

if TYPE_CHECKING:
    from crossblock.domain.characteristics import (
        Characteristics,
        GroupCharacteristics,
        Measured,
        RuleCharacteristics,
    )
    from crossblock.domain.protocol import Protocol
    from crossblock.domain.truth import Truth

GROUPS = {
    "all": "all completers",
    "responders": "responders only",
    "qualified": "qualified apart",
    "everybody": "everybody, mixed model",
}


def lines(study: Protocol, found: Sequence[Characteristics]) -> Iterator[str]:
    """Yield the characteristics of every truth that was run, and what they rest on."""
    for c in found:
        yield from _one(study, c)
    assumed = found[0].assumed if found else ()
    yield f"assumed or remembered: {len(assumed)} numbers of the virtual people (see the page, -o)"


def _one(study: Protocol, c: Characteristics) -> Iterator[str]:
    set_ = ", ".join(f"{k} {v:g}" for k, v in c.truth.items()) or "as the catalog has it"
    how = f"{c.generator} ({c.mechanism})" if c.mechanism else c.generator
    yield f"truth: {set_}; {how}; {c.people} people, {c.trials:,} trials, seed {c.seed}"
    label = study.endpoint(c.endpoint).label
    changes = ", ".join(f"{k} {signed(v, 1)}" for k, v in c.effects.items())
    yield f"  {label} at {study.visit(c.visit).label}, true mean change: {changes}"
    for g in c.groups:
        yield from _group(g, no_effect=abs(c.difference) < 1e-9)
    for r in c.rules:
        if r.stop:
            yield f"  {_rule(r)}"
    if c.looks:
        seen = c.looks[0]
        yield (
            f"  at the first look: {seen.completed.value:.1f} pairs complete, "
            f"{seen.between.value:.1f} people mid-crossover"
        )
    if c.responders is not None and c.responders.share.n:
        yield f"  response without the blocker: {percent(c.responders.share)} of completers"
        published = study.participants.completed
        for (k, n), share in c.responders.exactly.items():
            if published is not None and n == published.value and k == round(0.58 * n):
                yield f"    exactly {k} of {n} completers: {percent(share)}"
    guessed = ", ".join(f"{k} {signed(m.value)}" for k, m in c.blinding.items() if m.n)
    if guessed:
        yield f"  blinding index (0 by chance, 1 all guess right): {guessed}"
    for warning in c.warnings:
        yield f"  note: {warning}"


def _group(g: GroupCharacteristics, *, no_effect: bool) -> Iterator[str]:
    word = "error" if no_effect else "power"
    if not g.people.n or g.people.value == 0:
        return
    yield (
        f"  {GROUPS.get(g.group, g.group)} ({g.people.value:.1f}): {word} {percent(g.significant)}"
        f" (paired {percent(g.paired)}), bias {_points(g.bias)}"
    )
    f = g.fraction
    if f is not None and f.coverage.n:
        yield (
            f"    blockade fraction {_percent(f.truth)}: estimates {_percent(f.low)} to "
            f"{_percent(f.high)}, coverage {percent(f.coverage)}, width "
            f"{_percent(f.width.value)}, bounded {percent(f.bounded)}"
        )


def _rule(r: RuleCharacteristics) -> str:
    tag = " [assumed]" if r.assumed else ""
    stops = ", ".join(percent(s) for s in r.stop)
    return (
        f"rule {r.rule}{tag}, {GROUPS.get(r.group, r.group)}: stops {stops}, claims "
        f"{percent(r.significant)}, {r.size.value:.1f} people, {r.exposed.value:.1f} given an "
        "ineffective condition"
    )


def named(truth: Truth) -> Iterator[str]:
    """Yield every number that a truth holds: name, value, range, how it was met, what it is."""
    for p in truth.parameters.values():
        between = f"{p.least:g} to {p.most:g}"
        yield f"{p.symbol:<20} {p.value:<8g} {p.unit:<15} {between:<14} {p.confidence:<10} {p.note}"


def percent(m: Measured) -> str:
    """Return "2.5 % ± 0.2": a share with its Monte Carlo standard error."""
    if not m.n:
        return "not seen"
    return f"{100 * m.value:.1f} % ± {100 * m.se:.1f}"


def _percent(value: float) -> str:
    return f"{signed(100 * value, 0)} %"


def _points(m: Measured) -> str:
    return f"{signed(m.value)} ± {m.se:.2f} points" if m.n else "not seen"
