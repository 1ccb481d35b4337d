"""Group-sequential bounds: when an interim look may stop a trial, and what the looks cost.

Bounds are critical values of the standardized statistic Z_k at information fractions t_k.  Classic
shapes use u_k = C t_k^(delta - 1/2) with one constant C for the whole trial; spending functions fix
the cumulative error at each fraction and so stand any number and timing of looks.  Both are solved
by the recursive integration of `kernels.boundary`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import ndtr, ndtri

from crossblock.core.errors import InputError, Problem
from crossblock.domain.result import Method, Reference
from crossblock.kernels import boundary as kernel
from crossblock.stats.spending import REFERENCES, Spending

Floats = NDArray[np.float64]
Sides = Literal[1, 2]

JENNISON_TURNBULL = Reference(
    key="jennison2000",
    text="Jennison C, Turnbull BW. Group Sequential Methods with Applications to Clinical Trials. "
    "Chapman & Hall/CRC, 2000.",
    doi="10.1201/9780367805326",
)
ARMITAGE = Reference(
    key="armitage1969",
    text="Armitage P, McPherson CK, Rowe BC. Repeated significance tests on accumulating data. "
    "Journal of the Royal Statistical Society A 1969;132:235-244.",
    doi="10.2307/2343787",
)
POCOCK = Reference(
    key="pocock1977",
    text="Pocock SJ. Group sequential methods in the design and analysis of clinical trials. "
    "Biometrika 1977;64:191-199.",
    doi="10.1093/biomet/64.2.191",
)
OBRIEN_FLEMING = Reference(
    key="obrien1979",
    text="O'Brien PC, Fleming TR. A multiple testing procedure for clinical trials. "
    "Biometrics 1979;35:549-556.",
    doi="10.2307/2530245",
)
WANG_TSIATIS = Reference(
    key="wang1987",
    text="Wang SK, Tsiatis AA. Approximately optimal one-parameter boundaries for group sequential "
    "trials. Biometrics 1987;43:193-199.",
    doi="10.2307/2531959",
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Shape:
    """A classic boundary u_k = C t_k^(delta - 1/2) (Wang and Tsiatis 1987).

    delta = 1/2 is Pocock (one constant level), delta = 0 is O'Brien-Fleming.
    """

    delta: float
    alpha: float

    def __str__(self) -> str:
        if self.delta == 0.5:
            return "Pocock bounds"
        if self.delta == 0:
            return "O'Brien-Fleming bounds"
        return f"Wang-Tsiatis bounds (delta {self.delta:g})"

    @property
    def reference(self) -> Reference:
        return {0.5: POCOCK, 0.0: OBRIEN_FLEMING}.get(self.delta, WANG_TSIATIS)


Rule = Spending | Shape


@dataclass(frozen=True, kw_only=True, slots=True)
class Boundary:
    """Bounds of a group-sequential test, one entry a look.

    `information` are fractions of the planned information (positive, increasing).  `efficacy` and
    `futility` are on the Z scale (infinite where a look cannot stop that way); a two-sided test
    also stops at -efficacy.  `alpha_spent` is cumulative, `nominal_p` one-sided.
    """

    rule: Rule
    sides: Sides
    information: tuple[float, ...]
    efficacy: tuple[float, ...]
    futility: tuple[float, ...]
    alpha_spent: tuple[float, ...]
    method: Method
    binding: bool = False

    @property
    def looks(self) -> int:
        return len(self.information)

    @property
    def nominal_p(self) -> tuple[float, ...]:
        """One-sided fixed-sample p at each efficacy bound."""
        return tuple(float(p) for p in ndtr(-np.array(self.efficacy)))

    def crossing(self, drift: float) -> kernel.Crossing:
        """Return exit probabilities when E[Z] = drift at fraction 1, by look, up and down."""
        return kernel.crossing(
            np.array(self.futility), np.array(self.efficacy), np.array(self.information), drift
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Characteristics:
    """What a boundary does under one drift: probabilities (0 to 1) by look, expected information.

    `expected_information` is a fraction of the planned maximum.
    """

    drift: float
    stop_efficacy: tuple[float, ...]
    stop_futility: tuple[float, ...]
    power: float
    expected_information: float


def checked_fractions(information: Sequence[float]) -> Floats:
    """Return information fractions as an array, or say why they cannot be looks of one trial."""
    t = np.asarray(information, dtype=float)
    if t.ndim != 1 or len(t) == 0 or not np.all(np.isfinite(t)) or t[0] <= 0:
        raise InputError(
            Problem(
                what="the looks need positive information fractions",
                value=str(list(information)),
                why="a look without information has nothing to test",
                fix="give fractions such as 14/30 and 1",
            )
        )
    if np.any(np.diff(t) <= 0):
        raise InputError(
            Problem(
                what="information must grow from look to look",
                value=str(list(information)),
                why="completed pairs only accumulate; an equal or falling fraction is a "
                "bookkeeping error or a second look at the same data",
                fix="drop the repeated look or count completed pairs again",
            )
        )
    return t


def _sentence(rule: Rule, sides: Sides, looks: int) -> str:
    side = "two-sided" if sides == 2 else "one-sided"
    return (
        f"Interim looks were governed by {rule} ({side} alpha {rule.alpha:g}, {looks} "
        f"look{'s' if looks > 1 else ''}), computed by recursive numerical integration."
    )


def bounds(
    rule: Rule,
    information: Sequence[float],
    *,
    sides: Sides = 1,
    spent_at: Sequence[float] | None = None,
) -> Boundary:
    """Return the efficacy bounds of `rule` at the given information fractions.

    A two-sided test spends alpha/2 in each direction.  `spent_at` gives other fractions to the
    spending function than those of the information, for example a last 1 when the trial ended
    short, so that all of alpha is used.  Raises `InputError` for fractions that do not grow.
    """
    t = checked_fractions(information)
    when = t if spent_at is None else checked_fractions(spent_at)
    if len(when) != len(t):
        raise InputError("spent_at needs one fraction for each look")
    if isinstance(rule, Spending):
        spent = sides * rule.at(rule.alpha / sides).spent(when)
        u = kernel.spend_both(spent, t) if sides == 2 else kernel.spend_upper(spent, t)
        references: tuple[Reference, ...] = (REFERENCES[rule.family],)
    else:
        u = shape_constant(rule, t, sides) * t ** (rule.delta - 0.5)
        floor = -u if sides == 2 else np.full(len(t), -np.inf)
        spent = np.cumsum(sides * kernel.crossing(floor, u, t).above)
        references = (rule.reference,)
    lower = -u if sides == 2 else np.full(len(t), -np.inf)
    return Boundary(
        rule=rule,
        sides=sides,
        information=tuple(map(float, t)),
        efficacy=tuple(map(float, u)),
        futility=tuple(map(float, lower)),
        alpha_spent=tuple(map(float, spent)),
        method=Method(
            name=str(rule),
            sentence=_sentence(rule, sides, len(t)),
            references=(*references, ARMITAGE, JENNISON_TURNBULL),
        ),
    )


def shape_constant(rule: Shape, t: Floats, sides: Sides) -> float:
    """Return C such that u_k = C t_k^(delta - 1/2) is crossed with probability alpha under H0."""
    if not 0 < rule.alpha < 0.5 * sides:
        raise InputError("a one-sided alpha must lie between 0 and 0.5")
    scale = t ** (rule.delta - 0.5)

    def excess(c: float) -> float:
        u = c * scale
        lower = -u if sides == 2 else np.full(len(t), -np.inf)
        return sides * float(kernel.crossing(lower, u, t).above.sum()) - rule.alpha

    # One look alone at the least demanding scale, and Bonferroni at the most demanding one.
    least = -float(ndtri(rule.alpha / sides)) / float(scale.max())
    most = -float(ndtri(rule.alpha / sides / len(t))) / float(scale.min())
    return float(brentq(excess, least - 1e-6, most + 1e-6, xtol=1e-9))


def characteristics(boundary: Boundary, drift: float) -> Characteristics:
    """Return power, stopping probabilities and expected information when E[Z_final] = `drift`.

    Power counts stopping for efficacy in the direction of benefit only.
    """
    exits = boundary.crossing(drift)
    t = np.array(boundary.information)
    stopped = (exits.above + exits.below)[:-1]
    expected = t[-1] - float(stopped @ (t[-1] - t[:-1]))
    return Characteristics(
        drift=drift,
        stop_efficacy=tuple(map(float, exits.above)),
        stop_futility=tuple(map(float, exits.below)),
        power=float(exits.above.sum()),
        expected_information=float(expected),
    )


def fixed_drift(alpha: float, power: float, sides: Sides = 1) -> float:
    """Return z_{alpha/sides} + z_{beta}: the drift that a test with one look needs."""
    return float(-ndtri(alpha / sides) + ndtri(power))


def required_drift(boundary: Boundary, power: float) -> float:
    """Return the drift E[Z_final] at which the boundary has `power` (0 to 1) for efficacy."""
    if not boundary.rule.alpha < power < 1:
        raise InputError("power must lie between alpha and 1")
    start = fixed_drift(boundary.rule.alpha, power, boundary.sides)

    def lack(drift: float) -> float:
        return float(boundary.crossing(drift).above.sum()) - power

    top = max(start, 1.0)
    while lack(top) < 0:  # by small steps: the integration grid follows the drift only so far
        top *= 1.25
    return float(brentq(lack, 0.0, top, xtol=1e-10))


def inflation(boundary: Boundary, power: float) -> float:
    """Return maximum information relative to the one-look test of the same alpha and power (>= 1).

    R = (drift / drift_fixed)^2.  Jennison and Turnbull (2000), tables 2.2 and 2.4.
    """
    fixed = fixed_drift(boundary.rule.alpha, power, boundary.sides)
    return math.pow(required_drift(boundary, power) / fixed, 2)
