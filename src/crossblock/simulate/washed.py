"""What a washout leaves of drug effect and blocker: said, never refused."""

from __future__ import annotations

from crossblock.domain.dose import Dose
from crossblock.exposure.blockade import blockade_curve
from crossblock.simulate.world import World

MOST_EFFECT, MOST_BLOCKADE = 0.10, 0.05


def leftovers(world: World) -> tuple[str, ...]:
    """Return sentences on what is left at the next period's start, if it is much."""
    known, washout = world.pharmacology, world.protocol.design.washout
    if known is None or washout is None or world.protocol.periods == 1:
        return ()
    days = washout.value.value / 24.0
    said = []
    half_life_d = known.mechanism["half_life_R"] / 24.0
    effect = 0.5 ** (max(days - world.protocol.drug_start_h / 24.0, 0.0) / half_life_d)
    if effect > MOST_EFFECT:
        said.append(
            f"after a washout of {days:g} d, {100 * effect:.0f} % of the drug's effect is left "
            f"(half-life {half_life_d:.1f} d); it is carried into the next period"
        )
    blocked = _blockade_left(world, known.given.blocker_doses, washout.value.value)
    if blocked > MOST_BLOCKADE:
        said.append(
            f"after a washout of {days:g} d, the blocker still holds {100 * blocked:.0f} % of its "
            "receptors; it is carried into the next period"
        )
    return tuple(said)


def _blockade_left(world: World, doses: tuple[Dose, ...], washout_h: float) -> float:
    known = world.pharmacology
    if known is None or known.given.blocker is None or not doses:
        return 0.0
    largest = [d for d in doses if d.amount == max(x.amount for x in doses)]
    return float(blockade_curve(known.given.blocker, largest, [washout_h]).fraction[0])
