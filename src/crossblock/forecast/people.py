"""Who takes the drug again and again: virtual people, each with constants of their own.

Two kinds of spread stay apart. People differ from each other (`cv`); and the constants themselves
are uncertain (priors), which is drawn as a few dozen worlds that each hold many people. A third
part, why an effect may be lost, is a label: every explanation gets an equal share of the people.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from crossblock.core.errors import InputError, Problem
from crossblock.core.streams import Stream
from crossblock.domain.adaptation import Adaptation, Loss
from crossblock.domain.mechanism import LN2, MechanismParameter
from crossblock.kernels.adaptation import Slowness

Array = NDArray[np.float64]
Ints = NDArray[np.int64]
WORLDS = 40
REACH_SD, CEILING_SD = 0.4, 0.8  # logit, between people: how far the drug can reach
OTHERS = (
    *("liking", "liking_opioid", "learned_clinic", "opponent_share"),
    *("kd", "pressure", "suicidality", "pwc", "low"),
)
HOURS = ("U", "P", "R", "T", "O", "F", "A", "Df", "Ds", "S", "C", "V", "L", "B")


@dataclass(frozen=True, kw_only=True, eq=False)
class Cohort:
    """`count` people, everything (count,) unless said.

    `world` is the draw of uncertain constants that a person lives under, `loss` indexes `losses`.
    `drive` multiplies the effect of a session, `care` is the share of severity that care removes,
    `cap` the most that the drug can remove, `fall` the day-1 fall of a typical
    responder. Hazards in 1/h.
    """

    seed: int
    world: Ints
    loss: Ints
    losses: tuple[Loss, ...]
    weight_kg: Array
    baseline: Array
    fall: Array
    drive: Array
    care: Array
    cap: Array
    slow: Slowness
    recovery: Array
    consolidation: Array
    relapse: Array
    worsening: Array
    growth: Array
    recovered: Array
    fluctuation: Array
    kx: Array
    values: dict[str, Array]

    @property
    def count(self) -> int:
        return len(self.world)

    @property
    def worlds(self) -> int:
        return int(self.world.max()) + 1


def cohort(
    adaptation: Adaptation,
    count: int,
    *,
    seed: int,
    losses: Sequence[Loss] = tuple(Loss),
    worlds: int = WORLDS,
    spread: bool = True,
) -> Cohort:
    """Return `count` people drawn from the priors and spreads of `adaptation`.

    The same seed gives the same people whatever `count`; without `spread` the constants stay at
    their values (people still differ).
    """
    if count < 1 or not losses:
        raise InputError(
            Problem(what="a cohort needs people and at least one explanation", value=str(count))
        )
    return _people(_Draw(adaptation, count, seed, min(worlds, count), spread), tuple(losses))


def _people(draw: _Draw, losses: tuple[Loss, ...]) -> Cohort:
    loss = (draw.who // draw.worlds) % len(losses)
    of = {kind: np.isin(loss, [k for k, x in enumerate(losses) if x is kind]) for kind in Loss}
    wide = draw.adaptation["frailty"]
    frail = np.where(of[Loss.ILLNESS], np.exp(wide * draw.person("frailty")), 1.0)
    weak = draw.uniform("responds") < draw("nonresponders")
    own = draw("baseline") + draw.adaptation["baseline_sd"] * draw.person("baseline")
    return Cohort(
        seed=draw.seed,
        world=draw.world,
        loss=loss,
        losses=losses,
        weight_kg=draw("weight"),
        baseline=np.clip(own, 20.0, 60.0),
        fall=draw("fall"),
        drive=np.exp(draw("omega") * draw.person("drive"))
        * np.where(weak, draw("nonresponder_drive"), 1.0),
        care=1.0 - np.exp(-draw("care")),
        cap=_capped(draw, of[Loss.CEILING]),
        slow=_slowness(draw, of),
        recovery=draw("recovery") / 24.0,
        consolidation=draw("consolidation"),
        relapse=draw("relapse") * frail / 24.0,
        worsening=draw("worsening") * frail / 24.0,
        growth=draw("growth"),
        recovered=draw("recovered"),
        fluctuation=draw("fluctuation"),
        kx=LN2 / draw("half_life_x"),
        values={s: draw(s) for s in OTHERS},
    )


class _Draw:
    """Draws of one cohort: `draw(symbol)` is the constant of every person."""

    def __init__(
        self, adaptation: Adaptation, count: int, seed: int, worlds: int, spread: bool
    ) -> None:
        self.adaptation, self.seed, self.spread = adaptation, seed, spread
        self.who = np.arange(count)
        self.worlds = worlds
        self.world = self.who % worlds

    def __call__(self, symbol: str) -> Array:
        p = self.adaptation.parameter(symbol)
        return drawn(p, self.seed, self.world, self.who, self.spread)

    def person(self, purpose: str) -> Array:
        return Stream(self.seed, f"forecast/person/{purpose}").normal(1, participant=self.who)[:, 0]

    def uniform(self, purpose: str) -> Array:
        return Stream(self.seed, f"forecast/person/{purpose}").uniform(1, participant=self.who)[
            :, 0
        ]


def drawn(p: MechanismParameter, seed: int, world: Ints, who: Ints, spread: bool = True) -> Array:
    """Return one constant for every person: prior by world, lognormal spread by person.

    x = prior(z_world) exp(omega z_person), omega^2 = log(1 + cv^2); median of people unchanged.
    """
    z = Stream(seed, f"forecast/world/{p.symbol}").normal(1, participant=world)[:, 0]
    value = p.prior.at(p.value, z if spread else np.zeros_like(z))
    if not p.cv:
        return value
    own = Stream(seed, f"forecast/person/{p.symbol}").normal(1, participant=who)[:, 0]
    return np.asarray(value * np.exp(np.sqrt(np.log1p(p.cv**2)) * own))


def _capped(draw: _Draw, low: NDArray[np.bool_]) -> Array:
    """Return a personal limit of the drug's effect, a share of severity; lower for the `low`."""
    middle = np.where(low, draw("ceiling"), draw("reach"))
    wide = np.where(low, CEILING_SD, REACH_SD)
    return np.asarray(1.0 / (1.0 + (1.0 / middle - 1.0) * np.exp(-wide * draw.person("cap"))))


def _slowness(draw: _Draw, of: dict[Loss, NDArray[np.bool_]]) -> Slowness:
    rate = {f"k{x}": LN2 / draw(f"half_life_{x}") for x in HOURS}

    def level(symbol: str, on: NDArray[np.bool_] | None = None) -> Array:
        """Return the half-effect level 1 / a, infinite where the tolerance is off."""
        a = draw(symbol) if on is None else np.where(on, draw(symbol), 0.0)
        return np.where(a > 0.0, 1.0 / np.where(a > 0.0, a, 1.0), np.inf)

    grows = of[Loss.SENSITIZATION]
    return Slowness(
        **rate,
        T50=np.full(len(draw.who), 0.3),
        F50=level("a_F"),
        A50=level("a_A", of[Loss.TOLERANCE]),
        Df50=level("a_Df"),
        Ds50=level("a_Ds"),
        w=np.ones(len(draw.who)),
        s=np.where(grows, draw("s"), 0.0),
        s_E=np.where(grows, draw("s_E"), 0.0),
    )
