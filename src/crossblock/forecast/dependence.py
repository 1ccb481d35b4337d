"""The dependence index: opponent and wanting, relative to a full mu agonist taken every day.

    index = a O / O_ref + (1 - a) C / C_ref

O is the opponent (what withdrawal comes from), C the learned wanting; the reference is the same
person after 28 days of a full mu agonist on board all day, taken by their own hand once a day. 0 is
never having taken anything, 1 is that control. The part that a path without opioids carries is kept
apart, under every mechanism. The index orders courses; it is no probability of anything.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from crossblock.domain.adaptation import Adaptation
from crossblock.forecast.people import Cohort
from crossblock.forecast.session import SessionEffect
from crossblock.forecast.track import Track
from crossblock.kernels.adaptation import (
    Background,
    Pulse,
    between,
    decays,
    fresh,
    held,
    session,
)

Array = NDArray[np.float64]
DAYS, DAY_H = 28, 24.0
AFTER_D = np.arange(0.0, 29.0, 0.25)


@dataclass(frozen=True, kw_only=True, eq=False)
class Reference:
    """The control: a full mu agonist all day for 28 days, each (people,).

    `left` share of the opioid effect that tolerance leaves at the end; `opponent`, `wanting` at
    the end; `stopping` peak withdrawal on stopping, `precipitated` when an antagonist is given at
    the end instead, `naive` what that antagonist does to somebody who took nothing; `half_d` days
    until half of the withdrawal on stopping is gone.
    """

    left: Array
    opponent: Array
    wanting: Array
    stopping: Array
    precipitated: Array
    naive: Array
    half_d: Array


def reference(
    effect: SessionEffect, people: Cohort, adaptation: Adaptation, blocked: float = 18.0
) -> Reference:
    """Return the control for every person, with their own constants."""
    p, M0, n = effect.slow, effect.M0, people.count
    E0 = M0 / (1.0 - M0)
    b = adaptation["control_odds"]
    background = Background(M_b=(E0 + b) / (1.0 + E0 + b) - M0, D_b=np.zeros(n))
    zero = np.zeros(n)
    dose = Pulse(*([zero] * len(Pulse._fields)))._replace(
        l_O=people.values["liking_opioid"], n=np.ones(n)
    )
    state = fresh(n)
    day = decays(p, DAY_H)
    for _ in range(DAYS):
        state, _ = session(p, state, dose, np.ones(n))
        kept = held(p, background, state, DAY_H)
        state = between(day, state, zero, zero)._replace(T=kept.T, O=kept.O)
    left = p.T50 / (p.T50 + state.T)
    S = (E0 + b) / (1.0 + E0 + b + blocked)
    naive = M0 - E0 / (1.0 + E0 + blocked)
    return Reference(
        left=left,
        opponent=state.O,
        wanting=state.C,
        stopping=state.O,
        # The agonist is still there, but the antagonist holds it off: what is felt falls to S.
        precipitated=np.maximum(0.0, state.O + M0 - np.minimum(S, M0)),
        naive=naive,
        half_d=math.log(2.0) / (p.kO * DAY_H),
    )


@dataclass(frozen=True, kw_only=True, eq=False)
class Index:
    """The index at every look, (looks, people): the whole, and the part without opioids."""

    whole: Array
    without_opioids: Array

    @property
    def opioid_share(self) -> Array:
        """Return the share of the index that opioid paths carry, (looks, people), 0 to 1."""
        safe = np.where(self.whole > 0.0, self.whole, 1.0)
        share = 1.0 - self.without_opioids / safe
        return np.where(self.whole > 0.0, share, 0.0)


def index(track: Track, control: Reference) -> Index:
    """Return the dependence index of a course relative to the control."""
    a = track.people.values["opponent_share"]
    other = (1.0 - a) * track.wanting_other / control.wanting
    whole = (1.0 - a) * track.wanting / control.wanting + a * track.opponent / control.opponent
    return Index(whole=np.asarray(whole), without_opioids=np.asarray(other))
