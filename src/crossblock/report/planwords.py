"""A blockade plan in words: the sentences that its page, its pictures and the terminal share."""

from __future__ import annotations

import math

import numpy as np

from crossblock.domain.blockade_plan import BlockadePlan, Shift
from crossblock.domain.coverage import LeadAnswer, Span
from crossblock.domain.curve import Curve
from crossblock.domain.washout import Washout
from crossblock.report import dosing, number

NO_SPREAD = "no spread between persons is known"
NO_ADVICE = "These are planning numbers from published data, not advice to give or take any drug."


def lines(plan: BlockadePlan) -> tuple[str, ...]:
    """Return the plan as sentences, the answer first; no advice, and what is not known."""
    said = [
        f"{covered(plan)} (typical person; {band(plan)})",
        *(f"{number.percent(v)} or more: {above_words(s)}" for v, s in plan.coverage.above.items()),
    ]
    if plan.coverage.share is not None:
        wanted = number.percent(plan.coverage.wanted)
        said.append(f"{wanted} or more all the time: {of_100(plan.coverage.share)}")
    said.append(takes(plan))
    said.append(pointing(plan))
    said.append(shifted(plan.shift))
    if plan.washout is not None:
        said += [waiting(plan, plan.washout), candidate_words(plan, plan.washout)]
    return (*(s for s in said if s), plan.scans.sentence, NO_ADVICE)


def main_curve(plan: BlockadePlan) -> Curve:
    """Return the curve of the receptor that the blocker is given for."""
    return plan.curves[plan.shift.receptor]


def at(curve: Curve, hours: float) -> tuple[float, float, float]:
    """Return (typical, low, high) of a curve in percent at `hours`."""
    lines = (curve.value, curve.low, curve.high)
    middle = float(np.interp(hours, curve.time_h, curve.value))
    sides = (middle if y is None else float(np.interp(hours, curve.time_h, y)) for y in lines[1:])
    low, high = sides
    return middle, low, high


def share(plan: BlockadePlan) -> str:
    """Return "88–90 %": the typical blockade from its lowest to its highest in the window."""
    start, stop = plan.coverage.window_h
    inside = [at(main_curve(plan), h)[0] for h in np.linspace(start, stop, 41)]
    low, high = f"{min(inside):.0f}", f"{max(inside):.0f}"
    text = low if low == high else f"{low}{number.DASH}{high}"
    return f"{text}{number.THIN}%"


def band(plan: BlockadePlan) -> str:
    """Return "65 to 97 % in 95 % of people", or that no spread is known."""
    curve = main_curve(plan)
    if curve.low is None:
        return NO_SPREAD
    ends = [at(curve, h) for h in plan.coverage.window_h]
    low, high = min(e[1] for e in ends), max(e[2] for e in ends)
    return f"{low:.0f} to {high:.0f}{number.THIN}% in 95 % of people"


def reading(plan: BlockadePlan) -> str:
    """Return how to read a line and its band, or that there is no band and why."""
    if main_curve(plan).low is None:
        return f"Line: the typical person; {NO_SPREAD}, so there is no band."
    return "Line: the typical person. Band: 95 % of people."


def pointing(plan: BlockadePlan) -> str:
    """Return what a lost effect would point to, or that nothing is blocked enough to say."""
    if plan.claim.startswith("no receptor"):
        return f"With these doses {plan.claim}."
    return f"A lost effect would point to {plan.claim}."


def of_100(share: float) -> str:
    """Return "38 people in 100", in words where it is nearly all or hardly any."""
    if not 0.005 < share < 0.995:
        return "nearly everybody" if share > 0.5 else "hardly anybody"
    return f"{100 * share:.0f} people in 100"


def covered(plan: BlockadePlan) -> str:
    """Return the title: what is held in the window, and whether that is what was wanted."""
    c = plan.coverage
    given = dosing.given(plan.doses, plan.blocker).split(" by mouth")[0]
    blocks = "block" if len(plan.doses) > 1 else "blocks"
    wanted = number.percent(c.wanted)
    verdict = f"{wanted} is kept" if c.lowest >= c.wanted else f"{wanted} is not kept"
    return (
        f"{given} {blocks} {share(plan)} of {plan.shift.receptor} receptors "
        f"{plan.window_words}: {verdict}"
    )


def above_words(spans: tuple[Span, ...]) -> str:
    """Return "from 16 min to 44 h (43 h)", or "never"."""
    if not spans:
        return "never"
    return number.listed(
        [
            f"{dosing.span(s.start_h, s.stop_h)}"
            + ("" if math.isinf(s.stop_h) else f" ({dosing.clock(s.hours)} in all)")
            for s in spans[:4]
        ]
    ) + (f" and {len(spans) - 4} times more" if len(spans) > 4 else "")


def takes(plan: BlockadePlan) -> str:
    """Return what the wanted blockade would take: more lead time, or another dose."""
    wanted = number.percent(plan.coverage.wanted)
    said = []
    if plan.lead is not None:
        first = min(d.start_h for d in plan.doses)
        said.append(lead_words(plan.lead, first, plan.coverage.window_h))
    if plan.dose is not None:
        dose = dosing.planned(plan.dose.typical, plan.dose.per_kg)
        text = f"At the planned time {wanted} takes {dose} in a typical person"
        if plan.dose.for_share is not None:
            most = dosing.planned(plan.dose.for_share, plan.dose.per_kg)
            text += f" and {most} so that {10 * plan.dose.share:.0f} people in 10 get it"
        said.append(f"{text}.")
    return " ".join([*said, *plan.open])


def lead_words(lead: LeadAnswer, start_h: float, window_h: tuple[float, float]) -> str:
    """Return how long before the window the dose has to be taken."""
    wanted, length = number.percent(lead.wanted), dosing.clock(lead.window_length_h)
    if lead.shortest_h is None or lead.longest_h is None:
        return f"No lead time keeps {wanted} for {length} with this dose."
    before = window_h[0] - start_h
    planned = f"{dosing.clock(abs(before))} {'before' if before >= 0 else 'after it has begun'}"
    return (
        f"This dose keeps {wanted} for {length} when it is taken {dosing.clock(lead.shortest_h)} "
        f"to {dosing.clock(lead.longest_h)} before; the protocol gives it {planned}."
    )


def shifted(s: Shift) -> str:
    """Return "An agonist needs 8.4 times its level for the same hold on mu receptors (…)"."""
    middle, low, high = s.dose_ratio
    if middle < 1.005:
        return f"Nothing is blocked there: an agonist holds {s.receptor} receptors as it does alone"
    spread = "" if low == high else f" ({_two(low)} to {_two(high)} in 95 % of people)"
    return (
        f"An agonist needs {_two(middle)} times its level to hold as many "
        f"{s.receptor} receptors{spread}"
    )


def _two(value: float) -> str:
    return number.short(float(f"{value:.2g}"))


def own_words(plan: BlockadePlan) -> str:
    """Return what is left of the drug's own hold on the blocked receptors."""
    held = [h for h in plan.shift.own if h.receptor is plan.shift.receptor]
    if not held or not plan.drug:
        return ""
    h = held[0]
    return (
        f"{plan.drug.capitalize()} itself holds at most {_two(100 * h.alone)}"
        f"{number.THIN}% of {h.receptor} receptors here, and {_two(100 * h.blocked)}"
        f"{number.THIN}% with {plan.blocker}."
    )


def waiting(plan: BlockadePlan, w: Washout) -> str:
    """Return which of the two decides, with both bands."""
    blocked, effect = dosing.day_band(w.blockade_d), dosing.day_band(w.effect_d)
    first = f"Blockade falls below {number.percent(w.residual_blockade)} after {blocked}"
    return f"{first}; {plan.drug}’s own effect may need {effect}"


def candidate_words(plan: BlockadePlan, w: Washout) -> str:
    """Return what waits of 21 and 30 days leave of both, with bands."""
    said = []
    for c in w.candidates:
        if c.days in (21.0, 30.0):
            middle, low, high = c.effect
            said.append(
                f"after {c.days:g} days at most {_small(c.blockade[2])} of blockade and "
                f"{number.percent(middle)} of {plan.drug}’s effect ({100 * low:.0f} to "
                f"{number.percent(high)}) is left"
            )
    text = "; ".join(said)
    return f"{text[:1].upper()}{text[1:]}." if text else ""


def _small(fraction: float) -> str:
    return number.percent(max(fraction, 0.001), 1)
