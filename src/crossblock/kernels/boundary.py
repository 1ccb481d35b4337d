"""Recursive integration behind group-sequential bounds (Armitage, McPherson and Rowe 1969).

The standardized statistic at look k is Z_k, the information is I_k, and the drift is theta with
E[Z_k] = theta sqrt(I_k).  Scores S_k = Z_k sqrt(I_k) have independent normal increments, so the
sub-density of Z_k among trials that have not stopped before look k follows by one-dimensional
integration at each look:

    h_k(z) = integral h_{k-1}(u) sqrt(I_k / D) phi((z sqrt(I_k) - u sqrt(I_{k-1}) - theta D)
             / sqrt(D)) du,        D = I_k - I_{k-1}.

A `Running` holds the nodes u and the masses w h(u).  The start of a trial is one node at 0 with
mass 1 and information 0, so that the first look needs no formula of its own.

Source: Jennison and Turnbull (2000), Group Sequential Methods, sections 19.2 and 19.3.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import ndtr

Floats = NDArray[np.float64]

#: Jennison and Turnbull's grid parameter: 6 r - 1 knots, 12 r - 3 nodes.  Half as many again as
#: their 16 leaves the error of a crossing probability below 1e-7.
KNOTS = 24

#: A spent probability below this asks for no bound: the look cannot stop the trial.
NOTHING_SPENT = 1e-14


class Running(NamedTuple):
    """Trials still running after a look: nodes on the Z scale, their masses, the information."""

    nodes: Floats
    mass: Floats
    information: float


class Crossing(NamedTuple):
    """Probability of leaving above and below at each look; both have shape (looks,), 0 to 1."""

    above: Floats
    below: Floats


def start() -> Running:
    """Return the state before the first look: all mass at score 0, information 0."""
    return Running(np.zeros(1), np.ones(1), 0.0)


def grid(center: float, lower: float, upper: float, r: int = KNOTS) -> tuple[Floats, Floats]:
    """Return Simpson nodes and weights on [lower, upper] for a density centered at `center`.

    Knots are dense within 3 standard deviations of the center and logarithmically sparse in the
    tails; knots outside the interval are cut and its finite ends added.  Nodes and weights have the
    same shape; both are empty when the interval holds nothing.  Jennison and Turnbull (2000),
    equation 19.14 and table 19.1.
    """
    i = np.arange(1, 6 * r, dtype=float)
    tail = 3.0 + 4.0 * np.log(r / np.minimum(i, 6 * r - i).clip(max=r))
    middle = -3.0 + 3.0 * (i - r) / (2 * r)
    knots = center + np.where(i < r, -tail, np.where(i > 5 * r, tail, middle))
    low, high = max(lower, float(knots[0])), min(upper, float(knots[-1]))
    if not low < high:
        return np.empty(0), np.empty(0)
    inside = knots[(knots > low) & (knots < high)]
    knots = np.concatenate(([low], inside, [high]))
    step = np.diff(knots)
    nodes = np.empty(2 * len(knots) - 1)
    nodes[::2], nodes[1::2] = knots, knots[:-1] + step / 2
    weights = np.empty_like(nodes)
    weights[1::2] = 4 * step / 6
    weights[::2] = (np.append(step, 0.0) + np.append(0.0, step)) / 6
    return nodes, weights


def advance(
    running: Running, information: float, lower: float, upper: float, drift: float = 0.0
) -> Running:
    """Return the trials that go on past a look with continuation region (lower, upper).

    `lower` and `upper` are on the Z scale and may be infinite; `information` exceeds the state's.
    """
    gained = information - running.information
    root, root_before, spread = (
        math.sqrt(information),
        math.sqrt(running.information),
        math.sqrt(gained),
    )
    nodes, weights = grid(drift * root, lower, upper)
    expected = running.nodes * root_before + drift * gained
    x = (nodes[:, None] * root - expected[None, :]) / spread
    density = np.exp(-0.5 * x * x) @ running.mass * (root / spread / math.sqrt(2 * math.pi))
    return Running(nodes, weights * density, information)


def exit_above(running: Running, information: float, bound: float, drift: float = 0.0) -> float:
    """Return P(still running and Z >= bound) at the next look, 0 to 1."""
    gained = information - running.information
    expected = running.nodes * math.sqrt(running.information) + drift * gained
    z = (expected - bound * math.sqrt(information)) / math.sqrt(gained)
    return float(running.mass @ ndtr(z))


def exit_below(running: Running, information: float, bound: float, drift: float = 0.0) -> float:
    """Return P(still running and Z <= bound) at the next look, 0 to 1."""
    mirrored = Running(-running.nodes, running.mass, running.information)
    return exit_above(mirrored, information, -bound, -drift)


def bound_above(running: Running, information: float, spend: float, drift: float = 0.0) -> float:
    """Return the upper bound that `spend` buys at the next look, on the Z scale.

    Infinite when nothing is spent; minus infinite when more is spent than is still running.
    """
    if spend < NOTHING_SPENT:
        return math.inf
    if spend >= float(running.mass.sum()):
        return -math.inf
    center = drift * math.sqrt(information)

    def excess(bound: float) -> float:
        return exit_above(running, information, bound, drift) - spend

    return float(brentq(excess, center - 12.0, center + 12.0, xtol=1e-11))


def bound_below(running: Running, information: float, spend: float, drift: float = 0.0) -> float:
    """Return the lower bound that `spend` buys at the next look, on the Z scale."""
    mirrored = Running(-running.nodes, running.mass, running.information)
    return -bound_above(mirrored, information, spend, -drift)


def crossing(lower: Floats, upper: Floats, information: Floats, drift: float = 0.0) -> Crossing:
    """Return the probability of leaving above `upper` or below `lower` first at each look.

    All arrays have shape (looks,); bounds are on the Z scale and may be infinite; information is
    positive and increasing.  A trial that never leaves is 1 minus the sum of both.
    """
    running = start()
    above, below = np.zeros(len(upper)), np.zeros(len(upper))
    for k, info in enumerate(information):
        above[k] = exit_above(running, float(info), float(upper[k]), drift)
        below[k] = exit_below(running, float(info), float(lower[k]), drift)
        if k + 1 < len(information):
            running = advance(running, float(info), float(lower[k]), float(upper[k]), drift)
    return Crossing(above, below)


def spend_upper(
    spent: Floats, information: Floats, lower: Floats | None = None, drift: float = 0.0
) -> Floats:
    """Return upper bounds whose cumulative crossing probabilities are `spent`, shape (looks,).

    `lower` closes the continuation region from below (a binding futility bound); by default it is
    open.
    """
    floor = np.full(len(spent), -np.inf) if lower is None else lower
    running, upper = start(), np.empty(len(spent))
    for k, step in enumerate(np.diff(spent, prepend=0.0)):
        info = float(information[k])
        upper[k] = bound_above(running, info, float(step), drift)
        if k + 1 < len(spent):
            running = advance(running, info, float(floor[k]), float(upper[k]), drift)
    return upper


def spend_both(spent: Floats, information: Floats) -> Floats:
    """Return symmetric bounds whose two-sided crossing probabilities under no drift are `spent`."""
    running, upper = start(), np.empty(len(spent))
    for k, step in enumerate(np.diff(spent, prepend=0.0)):
        info = float(information[k])
        upper[k] = bound_above(running, info, float(step) / 2)
        if k + 1 < len(spent):
            running = advance(running, info, -float(upper[k]), float(upper[k]))
    return upper
