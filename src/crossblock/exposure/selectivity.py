"""Which receptors a blocker blocks besides the one it is given for.

What a study can claim follows from this panel: 50 mg of naltrexone takes most of mu and of kappa,
so a lost effect points to opioid receptors, not to mu.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from numpy.typing import ArrayLike

from crossblock.core.streams import Stream
from crossblock.domain.compound import Compound
from crossblock.domain.dose import Dose
from crossblock.domain.receptor import RECEPTORS, ReceptorId
from crossblock.exposure.blockade import Band, BlockadeCurve, blockade_curve, by_model

TELLING = 0.2  # a receptor blocked more than this cannot be left out of a claim


@dataclass(frozen=True, kw_only=True, eq=False)
class Selectivity:
    """One blockade curve a receptor, with the widest claim that the panel allows.

    `claim` names what a lost effect would point to: one receptor, or their family.
    """

    curves: Mapping[ReceptorId, BlockadeCurve]
    touched: tuple[ReceptorId, ...]
    claim: str


def selectivity(
    compound: Compound,
    doses: Sequence[Dose],
    times_h: ArrayLike,
    *,
    weight_kg: ArrayLike = 70.0,
    band: Band = "",
    stream: Stream | None = None,
) -> Selectivity:
    """Return blockade of every receptor with a sourced ratio, strongest first."""
    models = [m for m, _ in by_model(compound, doses)]
    shared = set.intersection(*({m.receptor, *m.ratios} for m in models))
    ratio = {r: 1.0 if r is models[0].receptor else models[0].ratios[r].value for r in shared}
    order = sorted(shared, key=lambda r: ratio[r])
    curves = {
        r: blockade_curve(
            compound, doses, times_h, receptor=r, weight_kg=weight_kg, band=band, stream=stream
        )
        for r in order
    }
    touched = tuple(r for r in order if curves[r].fraction.max(initial=0.0) > TELLING)
    return Selectivity(curves=curves, touched=touched, claim=_claim(touched))


def _claim(touched: Sequence[ReceptorId]) -> str:
    """Say what a lost effect would point to, and no more."""
    if not touched:
        return "no receptor is blocked enough to read a lost effect"
    if len(touched) == 1:
        return RECEPTORS[touched[0]].title
    families = dict.fromkeys(RECEPTORS[r].family for r in touched)
    return f"{' and '.join(families)} receptors ({', '.join(touched)}), not one of them"
