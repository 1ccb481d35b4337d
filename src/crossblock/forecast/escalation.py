"""Escalation: more drug in less time, and how easily a steady schedule would look like it.

The amount a week is compared between the first and the second half of the sessions after induction:
from the first interval on that is nearly as long as the longer ones. A steady schedule whose
intervals jitter by a fifth would show a rise as large with the probability that the flag carries:
that is its probability of being noise.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from crossblock.domain.history import History

JITTER = 0.2  # standard deviation of the log of an interval in a steady schedule (assumed)
NEARLY = 0.9  # share of the longer intervals (upper quartile) at which induction is over
LEAST = 6  # sessions from which a trend is looked for
RISE = 1.25  # weekly amount, late over early, from which it is told


@dataclass(frozen=True, kw_only=True, slots=True)
class Flag:
    """Something to look at: `noise` is the probability that it is nothing, 0 to 1."""

    id: str
    words: str
    noise: float
    detail: str = ""


def escalation(history: History, jitter: float = JITTER) -> tuple[Flag, ...]:
    """Return a flag where dose a week rises; () where it does not or sessions are too few.

    log rise = log(dose late / dose early) - log(interval late / interval early). Under a steady
    schedule the second term alone varies, with variance jitter^2 (1 / n_early + 1 / n_late).
    """
    found = history.sessions
    if len(found) < LEAST:
        return ()
    amount = np.array([_mg(history, k) for k in range(len(found))])
    gaps = np.maximum(np.diff([s.day for s in found]), 1e-6)
    start = int(np.argmax(gaps >= NEARLY * np.quantile(gaps, 0.75)))
    if len(gaps) - start < LEAST - 1:
        return ()
    amount, gaps = amount[start:], gaps[start:]
    half = len(gaps) // 2
    dose = math.log(amount[half + 1 :].mean() / amount[: half + 1].mean())
    spacing = float(np.mean(np.log(gaps[half:])) - np.mean(np.log(gaps[:half])))
    rise = dose - spacing
    if rise < math.log(RISE):
        return ()
    sd = jitter * math.sqrt(1.0 / half + 1.0 / (len(gaps) - half))
    return (
        Flag(
            id="escalation",
            words="more drug a week than before",
            noise=float(ndtr(-rise / sd)),
            detail=f"late over early: {math.exp(rise):.2f} times the amount a week "
            f"({math.exp(dose):.2f} by dose, {math.exp(-spacing):.2f} by spacing)",
        ),
    )


def _mg(history: History, k: int) -> float:
    return max(float(history.sessions[k].dose.mg(history.weight_kg)), 1e-9)
