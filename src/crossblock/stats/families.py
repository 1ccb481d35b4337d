"""All families side by side: what the blocker did to each, with the error of all held together.

A family speaks through its first endpoint at that endpoint's own visit. The verdict is about the
drug's effect: where the drug lowers a score (efficacy, suicidality), a higher score with the
blocker is a reduced effect. Equivalence can be claimed only where the protocol states a margin;
without one the effect is reduced, increased or undecided.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from crossblock.domain.analysis import EndpointAnalysis, FamilyVerdict
from crossblock.domain.endpoint import Endpoint
from crossblock.domain.protocol import Protocol
from crossblock.domain.result import Estimate
from crossblock.stats.equivalence import judge

LOWERED = ("efficacy", "suicidality")  # families whose scores the drug lowers
NO_MARGIN = 1e-9  # a margin nothing can lie within: equivalence cannot be claimed


def verdicts(protocol: Protocol, done: Sequence[EndpointAnalysis]) -> tuple[FamilyVerdict, ...]:
    """Return one verdict a family, in the order of the protocol's endpoints.

    Empty where no condition holds the blocker: then there is no blocker's effect to judge.
    """
    if not any(c.cell == "blocked" for c in protocol.conditions):
        return ()
    chosen: list[tuple[Endpoint, EndpointAnalysis]] = []
    for endpoint in protocol.endpoints:
        if endpoint.family in {e.family for e, _ in chosen}:
            continue
        found = next(
            (a for a in done if a.instrument == endpoint.score and a.visit == endpoint.visit), None
        )
        if found is not None:
            chosen.append((endpoint, found))
    margins = [None if e.margin is None else e.margin.value for e, _ in chosen]
    judged = judge(
        [(_on_the_drug(e, a), m or NO_MARGIN) for (e, a), m in zip(chosen, margins, strict=True)]
    )
    return tuple(
        FamilyVerdict(
            family=e.family,
            endpoint=e.id,
            instrument_name=a.instrument_name,
            visit_words=a.visit_words,
            estimate=a.primary,
            margin=margin,
            margin_confidence="" if e.margin is None else e.margin.confidence,
            alone=str(j.alone),
            joint=str(j.joint),
        )
        for (e, a), margin, j in zip(chosen, margins, judged, strict=True)
    )


def _on_the_drug(endpoint: Endpoint, found: EndpointAnalysis) -> Estimate:
    """Turn blocked minus open so that negative means: less of the drug's effect."""
    e = found.primary
    if endpoint.family in LOWERED and found.lower_is_better:
        return replace(e, value=-e.value, lower=-e.upper, upper=-e.lower)
    return e
