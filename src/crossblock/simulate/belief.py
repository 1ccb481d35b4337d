"""What participants notice, believe and guess, and what belief alone does to them.

Side effects come first, then the guess of the session, then mood, then the guess that is asked for
at the end of the period, which a missing response can still turn. Every step has its own stream.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from crossblock.domain.protocol import Protocol
from crossblock.domain.truth import Truth
from crossblock.simulate.cells import ALONE, BLOCKED, OPEN
from crossblock.simulate.cohort import Draws
from crossblock.simulate.comparator import log_fall, masking
from crossblock.simulate.world import World

Array = NDArray[np.float64]
Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]


@dataclass(frozen=True, kw_only=True, eq=False)
class SideEffects:
    """What happened in each session, (B, n, P) bool."""

    nausea: Bools
    sedation: Bools


@dataclass(frozen=True, kw_only=True, eq=False)
class Belief:
    """What each participant makes of each session, (B, n, P).

    takes_for_blocked   guesses, during the session, that it held the blocker
    level               belief to have been treated, 0 to 1: what releases opioids under H5
    fall                log fall of severity that needs no drug
    """

    takes_for_blocked: Bools
    level: Array
    fall: Array


def side_effects(world: World, condition: Ints, draws: Draws) -> SideEffects:
    """Draw nausea and sedation by what was given; causes add up as independent chances."""
    truth, protocol = world.truth, world.protocol
    P = condition.shape[-1]
    gives = {
        role: np.array([_gives(protocol, c, role) for c in protocol.condition_ids])[condition]
        for role in ("drug", "blocker", "comparator")
    }

    def chance(effect: str, roles: tuple[str, ...]) -> Array:
        spared = 1.0 - truth[f"{effect}_none"]
        left: Array = np.full(condition.shape, spared)
        for role in roles:
            left = left * np.where(gives[role], 1.0 - truth[f"{effect}_{role}"], 1.0)
        return 1.0 - left

    return SideEffects(
        nausea=draws.uniform("nausea", P) < chance("nausea", ("drug", "blocker")),
        sedation=draws.uniform("sedation", P) < chance("sedation", ("drug", "comparator")),
    )


def _gives(protocol: Protocol, condition: str, role: str) -> bool:
    return any(a.role == role for a in protocol.given(condition))


def belief(
    world: World,
    condition: Ints,
    effects: SideEffects,
    draws: Draws,
    *,
    carried: bool,
    believed: float,
) -> Belief:
    """Return what people believe during each session.

    `carried` says that belief acts through opioids (H5) and not beside them; `believed` is the log
    fall that belief brings to a session with the drug.
    """
    truth = world.truth
    cells = np.array(world.cells)[condition]
    drug = (cells == OPEN) | (cells == BLOCKED)
    blocks = any(c in (BLOCKED, ALONE) for c in world.cells)
    guess = _session_guess(truth, effects, draws) if blocks else np.zeros(drug.shape, dtype=bool)
    how = masking(world.protocol, truth)
    hidden, full = (log_fall(truth, world.banks, x) for x in (how, "masked"))
    level = np.where(drug, 1.0, min(hidden / full, 1.0) if full > 0 else 0.0)
    fall = np.where(drug, believed, 0.0 if carried else hidden)
    level = level * np.where(guess, 1.0 - truth["doubt"], 1.0)
    z = draws.normal("response without the drug", condition.shape[-1])
    s = float(np.sqrt(np.log1p(truth["placebo_cv"] ** 2)))
    return Belief(takes_for_blocked=guess, level=level, fall=fall * np.exp(s * z))


def _session_guess(truth: Truth, effects: SideEffects, draws: Draws) -> Bools:
    """Return who takes the session for the blocked one: even odds, moved by nausea."""
    P = effects.nausea.shape[-1]
    usual = truth["nausea_drug"] + 0.5 * truth["nausea_blocker"]
    odds = truth["guess_nausea"] * (effects.nausea - usual)
    sure = draws.uniform("unsure", P) >= truth["guess_unsure"]
    return np.asarray(sure & (draws.uniform("guess", P) < expit(odds)))


RIGHT, WRONG, UNSURE = 0, 1, 2


def guesses(
    world: World, condition: Ints, effects: SideEffects, responded: Bools, draws: Draws
) -> Ints:
    """Return what is answered at the end of each period, (B, n, P): RIGHT, WRONG or UNSURE.

    Where a blocker is given the question is whether the session held it; elsewhere, the drug.
    """
    truth, P = world.truth, condition.shape[-1]
    cells = np.array(world.cells)[condition]
    u = draws.uniform("guess", P)
    if any(c in (BLOCKED, ALONE) for c in world.cells):
        usual = truth["nausea_drug"] + 0.5 * truth["nausea_blocker"]
        odds = truth["guess_nausea"] * (effects.nausea - usual)
        odds = odds + truth["guess_relief"] * (~responded - 0.5)
        yes, held = u < expit(odds), (cells == BLOCKED) | (cells == ALONE)
    else:
        held = cells == OPEN
        without = truth[f"guess_drug_{masking(world.protocol, truth)}"]
        yes = u < np.where(held, truth["guess_drug"], without)
    sure = draws.uniform("unsure", P) >= truth["guess_unsure"]
    return np.where(sure, np.where(yes == held, RIGHT, WRONG), UNSURE)
