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
from crossblock.simulate import attrition, belief, gaussian, mechanistic, plain, rater
from crossblock.simulate.allotment import allot
from crossblock.simulate.belief import SideEffects, guesses, side_effects
from crossblock.simulate.cohort import Cohort, Draws, cohort
from crossblock.simulate.latent import Latent
from crossblock.simulate.world import World

Array = NDArray[np.float64]
Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]
NAUSEA = "adverse-events.nausea"
RESPONSE = 0.5  # share of the session's baseline that must be lost: what people notice themselves


@dataclass(frozen=True, kw_only=True, eq=False)
class Trials:
    """B virtual trials.

    ratings, codelist   as of a real study
    condition           (B, n, P), index into the protocol's conditions
    attends             (B, n, P), which periods a participant comes to
    start_h             (B, n, P), calendar time of each period's time_zero, h
    guess               (B, n, P), RIGHT, WRONG or UNSURE at the end of a period (`simulate.belief`)
    effects             side effects of each session
    people, state       what no real study knows
    """

    ratings: RatingsBatch
    codelist: CodeList
    condition: Ints
    attends: Bools
    start_h: Array
    guess: Ints
    effects: SideEffects
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
    effects = side_effects(world, condition, draws)
    state = latent(world, people, condition, effects, draws)
    better = responded(protocol, state)
    attends = attrition.attended(world.truth, draws, better, effects.nausea)
    observed = attrition.seen(world.truth, draws, attends, takes_place(protocol))
    score, known = _rated(world, state, effects, observed, draws)
    return Trials(
        ratings=_ratings(protocol, score, known, stratum),
        codelist=CodeList(
            sequence=sequence,
            sequences=protocol.sequence_ids,
            conditions=protocol.sequence_conditions,
        ),
        condition=condition,
        attends=attends,
        start_h=people.entered_h[..., None] + washout_h(protocol) * np.arange(protocol.periods),
        guess=guesses(world, condition, effects, better, draws),
        effects=effects,
        people=people,
        state=state,
    )


def latent(
    world: World, people: Cohort, condition: Ints, effects: SideEffects, draws: Draws
) -> Latent:
    """Return the states behind the ratings, by the generator of the world's truth."""
    if world.pharmacology is None:
        return gaussian.latent(world, people, condition, draws)
    known = world.pharmacology
    felt = belief.belief(
        world,
        condition,
        effects,
        draws,
        carried=known.carries_belief,
        believed=known.believed,
    )
    return mechanistic.latent(world, people, condition, felt, draws)


def _rated(
    world: World, state: Latent, effects: SideEffects, observed: Bools, draws: Draws
) -> tuple[Array, Bools]:
    """Return scores and which are known, (B, n, P, V, K)."""
    labels = world.protocol.score_ids
    if not world.banks:
        score, simulated = plain.scores(world.truth, state, labels)
        return score, observed[..., None] & np.array(simulated)
    score, known = rater.scores(world, rater.sheets(world, state, draws), observed)
    if NAUSEA in labels:
        k = labels.index(NAUSEA)
        for v, visit in enumerate(world.protocol.visits):
            if NAUSEA.split(".")[0] in visit.instruments:
                score[..., v, k] = effects.nausea & observed[..., v]
                known[..., v, k] = observed[..., v]
    return score, known


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
