"""Virtual trials of a protocol: people, what they are given, how they are rated, who comes back.

What comes out is what a real study gives: ratings, which say nothing about the condition, and the
code list apart from them, joined in `stats.derive` and nowhere else. Beside them stands what no
real study knows: the people and their states.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from crossblock.domain.codelist import CodeList
from crossblock.domain.protocol import Protocol
from crossblock.domain.rating import RatingsBatch
from crossblock.simulate import attrition, gaussian, plain
from crossblock.simulate.allotment import allot
from crossblock.simulate.cohort import Cohort, Draws, cohort
from crossblock.simulate.latent import Latent
from crossblock.simulate.world import World

Array = NDArray[np.float64]
Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]
RESPONSE = 0.5  # share of the session's baseline that must be lost: what people notice themselves


@dataclass(frozen=True, kw_only=True, eq=False)
class Trials:
    """B virtual trials.

    ratings, codelist   as of a real study
    condition           (B, n, P), index into the protocol's conditions
    attends             (B, n, P), which periods a participant comes to
    start_h             (B, n, P), calendar time of each period's time_zero, h
    people, state       what no real study knows
    """

    ratings: RatingsBatch
    codelist: CodeList
    condition: Ints
    attends: Bools
    start_h: Array
    people: Cohort
    state: Latent


def simulate(world: World, trials: Ints, seed: int) -> Trials:
    """Run the virtual trials numbered `trials` (B,) under one seed.

    A trial is the same whatever others are run with it.
    """
    protocol = world.protocol
    draws = Draws(seed=seed, trials=np.asarray(trials, dtype=np.int64), people=world.people)
    sequence, stratum = allot(
        protocol.randomization,
        sequences=len(protocol.sequence_ids),
        trials=draws.trials,
        people=world.people,
        seed=seed,
    )
    condition = np.array(world.given, dtype=np.int64)[sequence]
    people = cohort(world, draws)
    state = gaussian.latent(world, people, condition, draws)
    sick = np.zeros(condition.shape, dtype=np.bool_)
    attends = attrition.attended(world.truth, draws, responded(protocol, state), sick)
    observed = attrition.seen(world.truth, draws, attends, takes_place(protocol))
    score, known = plain.scores(world.truth, state, protocol.score_ids)
    return Trials(
        ratings=_ratings(protocol, score, observed[..., None] & np.array(known), stratum),
        codelist=CodeList(
            sequence=sequence,
            sequences=protocol.sequence_ids,
            conditions=protocol.sequence_conditions,
        ),
        condition=condition,
        attends=attends,
        start_h=people.entered_h[..., None] + washout_h(protocol) * np.arange(protocol.periods),
        people=people,
        state=state,
    )


def _ratings(protocol: Protocol, score: Array, observed: Bools, stratum: Ints) -> RatingsBatch:
    B, n = score.shape[:2]
    return RatingsBatch(
        score=np.where(observed, score, 0.0),
        observed=observed,
        enrolled=np.ones((B, n), dtype=np.bool_),
        stratum=stratum,
        participants=tuple(f"V{i + 1:03d}" for i in range(n)),
        visits=protocol.visit_ids,
        instruments=protocol.score_ids,
        source=f"virtual trials of {protocol.id}",
    )


def takes_place(protocol: Protocol) -> Bools:
    """Return which visits belong to which period, (P, V)."""
    return np.array(
        [[v.takes_place(p + 1) for v in protocol.visits] for p in range(protocol.periods)]
    )


def washout_h(protocol: Protocol) -> float:
    """Return hours from one period's time_zero to the next; 0 with one period."""
    return protocol.design.washout.value.value if protocol.design.washout else 0.0


def primary_visit(protocol: Protocol) -> str:
    """Return the visit at which the primary endpoint is first of all read."""
    return next(e.visit for e in protocol.endpoints if e.role.value == "primary")


def responded(protocol: Protocol, state: Latent) -> Bools:
    """Return whose severity fell by half at the primary visit, (B, n, P)."""
    at = protocol.visit_ids.index(primary_visit(protocol))
    base = [k for k, v in enumerate(protocol.visits) if v.kind == "baseline"]
    before = state.severity[..., base[0] if base else 0]
    return np.asarray(state.severity[..., at] <= (1.0 - RESPONSE) * before)
