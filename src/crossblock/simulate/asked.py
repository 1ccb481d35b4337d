"""What is asked of every virtual trial: the protocol's primary question, once for all trials."""

from __future__ import annotations

from dataclasses import dataclass

from crossblock.core.errors import InputError, Problem
from crossblock.domain.protocol import Protocol
from crossblock.simulate.cells import ALONE, BLOCKED, NONE, OPEN
from crossblock.simulate.world import World


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """The primary estimand at the primary visit, with what the interim and the fraction read.

    `sign` is +1 when the claim is that `test` scores higher than `reference` (a blocked drug on a
    scale where lower is better), -1 when lower. `cells` pairs each cell of the blockade fraction
    with its condition, in the order open, blocked, blocker alone, no drug; empty where the design
    has no fraction. `response` is the score that tells responders, () where there is none.
    """

    endpoint: str
    score: str
    visit: str
    baseline: str | None
    test: str
    reference: str
    sign: float
    cells: tuple[tuple[str, str], ...]
    response: tuple[str, float] | None
    qualifying: str | None
    harm: str | None
    everybody: bool
    """Whether the plan has the mixed model of all participants for this question."""


def asked(world: World, endpoint: str | None = None) -> Asked:
    """Return the primary question of the protocol, on `endpoint` when another is named.

    Raises `InputError` when the endpoint is unknown or its scale has no better end.
    """
    protocol = world.protocol
    first = next(a.estimand for a in protocol.analysis.analyses if a.role == "primary")
    estimand = protocol.estimand(first)
    primary = [e for e in estimand.endpoints if protocol.endpoint(e).role.value == "primary"]
    chosen = protocol.endpoint(endpoint or (primary or list(estimand.endpoints))[0])
    instrument = world.instruments[chosen.instrument]
    if instrument.lower_is_better is None:
        raise InputError(
            Problem(
                what="neither end of this scale is better, so a claim has no direction",
                value=chosen.score,
                fix="name another endpoint with --endpoint",
            )
        )
    worse = 1.0 if instrument.lower_is_better else -1.0
    blocks = protocol.condition(estimand.test).cell == BLOCKED
    return Asked(
        endpoint=chosen.id,
        score=chosen.score,
        visit=chosen.visit,
        baseline=protocol.analysis.baseline,
        test=estimand.test,
        reference=estimand.reference,
        sign=worse if blocks else -worse,
        cells=fraction_cells(protocol, estimand.test, estimand.reference) if blocks else (),
        response=_response(world, chosen.score),
        qualifying=_qualifying(protocol),
        harm=_harm(world),
        everybody=protocol.periods > 1
        and any(
            a.estimand == estimand.id and a.model == "all participants"
            for a in protocol.analysis.analyses
        ),
    )


def fraction_cells(protocol: Protocol, blocked: str, open_: str) -> tuple[tuple[str, str], ...]:
    """Return (cell, condition) for the fraction of `blocked` against `open_`.

    The blocker-alone condition counts when it gives the very blocker doses of the blocked one.
    """
    found = [(OPEN, open_), (BLOCKED, blocked)]
    none = [c.id for c in protocol.conditions if c.cell == NONE]
    alone = [
        c.id
        for c in protocol.conditions
        if c.cell == ALONE and _blockers(protocol, c.id) == _blockers(protocol, blocked)
    ]
    if none:
        found += [(ALONE, alone[0])] if alone else []
        found.append((NONE, none[0]))
    return tuple(found)


def _blockers(protocol: Protocol, condition: str) -> frozenset[str]:
    return frozenset(a.id for a in protocol.given(condition) if a.role == "blocker")


def _response(world: World, score: str) -> tuple[str, float] | None:
    """Return the score and share of baseline that make a responder: HAM-D17 where it is rated."""
    if world.protocol.analysis.baseline is None or world.protocol.periods == 1:
        return None
    for name in ("hamd17", "madrs", score):
        share = world.instruments[name].response if name in world.instruments else None
        if share is not None:
            return name, share
    return None


def _qualifying(protocol: Protocol) -> str | None:
    """Return the condition of a separate qualifying session: open, and part of no estimand."""
    used = {c for e in protocol.estimands for c in (e.test, e.reference)}
    apart = [c.id for c in protocol.conditions if c.cell == OPEN and c.id not in used]
    return apart[0] if apart else None


def _harm(world: World) -> str | None:
    """Return the score that a harm rule watches: suicidality, where it is drawn item by item."""
    found = [e.score for e in world.protocol.endpoints if e.family == "suicidality"]
    return found[0] if found and world.banks else None
