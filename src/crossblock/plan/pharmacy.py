"""Dose, lead time and washout for the next study, from the blockade planner.

Planning numbers from published data, each with its band; none is advice to give or take a drug.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from crossblock.core.streams import Stream
from crossblock.domain.blockade_plan import BlockadePlan
from crossblock.domain.compound import Compound
from crossblock.domain.protocol import Protocol
from crossblock.domain.trial_plan import PharmacyAdvice
from crossblock.exposure.planner import Wish, plan_blockade

USUAL_D = (7.0, 14.0, 21.0, 28.0, 30.0, 35.0, 42.0, 56.0, 70.0, 84.0)


def advice(protocol: Protocol, compounds: Mapping[str, Compound], stream: Stream) -> PharmacyAdvice:
    """Return what the blockade planner says; `InputError` without a blocker."""
    found = plan_blockade(protocol, compounds, Wish(), stream=stream)
    curve = next(iter(found.curves.values()))
    hours = [found.coverage.window_h[0], found.coverage.window_h[1]]
    at = [int(abs(curve.time_h - h).argmin()) for h in hours]
    low = curve.value if curve.low is None else curve.low
    high = curve.value if curve.high is None else curve.high
    blockade = (
        min(float(curve.value[k]) for k in at) / 100.0,
        min(float(low[k]) for k in at) / 100.0,
        max(float(high[k]) for k in at) / 100.0,
    )
    washout = found.washout.both_d if found.washout else (math.nan,) * 3
    wait = _wait(found)
    return PharmacyAdvice(
        blockade=blockade,
        window=found.window_words,
        lead_h=(found.lead.shortest_h, found.lead.longest_h) if found.lead else (None, None),
        dose=found.dose.typical if found.dose else None,
        dose_for_share=found.dose.for_share if found.dose else None,
        washout_d=washout,
        recommended_washout_d=wait,
        sentences=_sentences(found, blockade, wait),
        assumed=tuple(found.amber),
    )


def _wait(found: BlockadePlan) -> float:
    """Return the least usual washout after which both residuals are met in a typical person."""
    if found.washout is None:
        return 28.0
    typical = max(found.washout.both_d[0], found.washout.blockade_d[2])
    return next((d for d in USUAL_D if d >= typical), USUAL_D[-1])


def _sentences(
    found: BlockadePlan, blockade: tuple[float, float, float], wait: float
) -> tuple[str, ...]:
    middle, low, high = (100.0 * b for b in blockade)
    said = [
        f"{found.blocker.capitalize()} as planned blocks {middle:.0f} % of "
        f"{found.shift.receptor} receptors {found.window_words} ({low:.0f} to {high:.0f} % in "
        "95 % of people)."
    ]
    if found.lead is not None and found.lead.shortest_h is not None:
        said.append(
            f"Give it at least {60.0 * found.lead.shortest_h:.0f} min before the drug for "
            f"{100 * found.lead.wanted:.0f} % in a typical person."
        )
    elif found.lead is not None:
        said.append(f"No lead time reaches {100 * found.lead.wanted:.0f} % with this dose.")
    if found.dose is not None:
        share = found.dose.for_share
        more = "" if share is None else f", {share:.0f} mg so that 9 people in 10 get it"
        said.append(
            f"At the planned time {100 * found.dose.wanted:.0f} % takes {found.dose.typical:.0f} mg"
            f" in a typical person{more}."
        )
    if found.washout is not None:
        w = found.washout
        end = "no upper end" if math.isinf(w.both_d[2]) else f"{w.both_d[2]:.0f} days"
        said.append(
            f"Wait {wait:.0f} days: blockade and the drug's own effect are both below their "
            f"residuals after {w.both_d[0]:.0f} days in a typical person (95 %: {w.both_d[1]:.0f} "
            f"days to {end})."
        )
    return (*said, *found.open)
