"""What each rival mechanism predicts for every cell: the fall, and the glutamate surge.

The drugs are those of the protocol, at its doses and times; the cells that it lacks are made by
leaving the drug or the blocker out. A mechanism's open shares are drawn from its own prior at fixed
quantiles, and each draw is scaled to one open effect, so that rivals differ in what blocking does
and not in how large the effect is: effects are shares of the open effect.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri
from scipy.stats import qmc

from crossblock.core.errors import InputError, Problem
from crossblock.domain.compound import Compound
from crossblock.domain.mechanism import Family, Mechanism
from crossblock.domain.protocol import Protocol
from crossblock.domain.response import ALONE, ALONE_HIGHER, BLOCKED, HIGHER, NONE, OPEN
from crossblock.exposure.effect import effect, without_blocker, without_drug
from crossblock.exposure.planner import blocked_condition
from crossblock.exposure.system import People
from crossblock.exposure.treatment import Treatment, treatment_of

Array = NDArray[np.float64]
DRAWS = 16  # prior draws a mechanism, a power of 2
CELLS = (OPEN, BLOCKED, ALONE, NONE, HIGHER, ALONE_HIGHER)
TIMES_HIGHER = 2.0  # the second blocker dose, as a multiple of the first
GLX_AFTER_H = 0.5  # h after the start of the drug: while it runs in, as the published spectra


@dataclass(frozen=True, kw_only=True, eq=False)
class Prediction:
    """One mechanism: `fall` and `glx` map a cell to (draws,), shares of the open fall and surge."""

    id: str
    label: str
    title: str
    fall: Mapping[str, Array]
    glx: Mapping[str, Array]
    assumed: tuple[str, ...]

    def mean(self, cells: Sequence[str], kind: str = "fall") -> Array:
        """Return the mean over draws of each cell, (C,)."""
        rows = self.fall if kind == "fall" else self.glx
        return np.array([float(rows[c].mean()) for c in cells])


def predictions(
    protocol: Protocol, compounds: Mapping[str, Compound], mechanisms: Sequence[Mechanism]
) -> tuple[Prediction, ...]:
    """Return what each mechanism predicts for the six cells at the primary visit."""
    return tuple(predict(protocol, compounds, m) for m in mechanisms)


def predict(
    protocol: Protocol, compounds: Mapping[str, Compound], mechanism: Mechanism
) -> Prediction:
    """Return one mechanism's predictions; `InputError` without a blocked condition."""
    given = treatments(protocol, compounds, mechanism)
    drawn = draws(mechanism)
    people = People(count=DRAWS, parameters=drawn)
    first = next(e for e in protocol.endpoints if e.role.value == "primary")
    start = protocol.drug_start_h
    times = [start + GLX_AFTER_H, protocol.visit_h(first.visit)]
    reference = given[OPEN].drug
    assert reference is not None
    seen = {
        cell: effect(mechanism, t, times, reference=reference, people=people)
        for cell, t in given.items()
    }
    log_left = {c: np.log1p(-_all(e.fall["exponential"])[:, 1]) for c, e in seen.items()}
    # plasticity is linear in the drives: one factor a draw gives every draw the same open fall
    factor = np.log1p(-mechanism["fall"]) / np.minimum(log_left[OPEN], -1e-12)
    fall = {c: -np.expm1(x * factor) / mechanism["fall"] for c, x in log_left.items()}
    surge = np.maximum(_all(seen[OPEN].glx)[:, 0], 1e-12)
    return Prediction(
        id=mechanism.id,
        label=mechanism.label,
        title=mechanism.title,
        fall=fall,
        glx={c: _all(e.glx)[:, 0] / surge for c, e in seen.items()},
        assumed=mechanism.amber,
    )


def _all(rows: Array) -> Array:
    """Return (draws, t), also where nothing differs between draws."""
    return np.broadcast_to(rows, (DRAWS, rows.shape[-1]))


def treatments(
    protocol: Protocol, compounds: Mapping[str, Compound], mechanism: Mechanism
) -> dict[str, Treatment]:
    """Return what each of the six cells gives."""
    condition = blocked_condition(protocol)
    if condition is None or protocol.condition(condition).cell != BLOCKED:
        raise InputError(
            Problem(
                what="no condition gives the drug together with a blocker",
                where=protocol.id,
                why="what blocking does is what the rival mechanisms disagree about",
                fix='add a condition with cell = "blocked", as in williams-2018',
            )
        )
    both = treatment_of(protocol, condition, compounds, mechanism)
    more = tuple(replace(d, amount=TIMES_HIGHER * d.amount) for d in both.blocker_doses)
    higher = replace(both, blocker_doses=more)
    return {
        OPEN: without_blocker(both),
        BLOCKED: both,
        ALONE: without_drug(both),
        NONE: without_blocker(without_drug(both)),
        HIGHER: higher,
        ALONE_HIGHER: without_drug(higher),
    }


def draws(mechanism: Mechanism) -> dict[str, Array]:
    """Return the open shares of a mechanism at fixed quantiles of their priors, (DRAWS,) each."""
    free = [s for s in mechanism.free if mechanism.parameter(s).prior.family is not Family.FIXED]
    if not free:
        return {}
    u = qmc.Sobol(d=len(free), scramble=False).random_base2(DRAWS.bit_length() - 1)
    z = ndtri((u + 0.5 / DRAWS) % 1.0)
    return {s: mechanism.parameter(s).prior.at(mechanism[s], z[:, k]) for k, s in enumerate(free)}
