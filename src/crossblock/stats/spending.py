"""Error-spending functions: how much of alpha (or beta) may be used up by information fraction t.

Each is a non-decreasing function with f(0) = 0 and f(1) = alpha.  Between them they cover the
choices in use: Lan and DeMets (1983) in two shapes, Hwang, Shih and DeCani (1990), Kim and DeMets
(1987).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from crossblock.core.errors import InputError, Problem
from crossblock.domain.result import Reference

Floats = NDArray[np.float64]

LAN_DEMETS = Reference(
    key="lan1983",
    text="Lan KKG, DeMets DL. Discrete sequential boundaries for clinical trials. "
    "Biometrika 1983;70:659-663.",
    doi="10.1093/biomet/70.3.659",
)
KIM_DEMETS = Reference(
    key="kim1987",
    text="Kim K, DeMets DL. Design and analysis of group sequential tests based on the type I "
    "error spending rate function. Biometrika 1987;74:149-154.",
    doi="10.1093/biomet/74.1.149",
)
HWANG_SHIH_DECANI = Reference(
    key="hwang1990",
    text="Hwang IK, Shih WJ, DeCani JS. Group sequential designs using a family of type I error "
    "probability spending functions. Statistics in Medicine 1990;9:1439-1445.",
    doi="10.1002/sim.4780091207",
)


class Family(StrEnum):
    """The closed set of spending families; the value is the name a report prints."""

    OBRIEN_FLEMING_LIKE = "Lan-DeMets spending of O'Brien-Fleming type"
    POCOCK_LIKE = "Lan-DeMets spending of Pocock type"
    HWANG_SHIH_DECANI = "Hwang-Shih-DeCani spending"
    KIM_DEMETS = "Kim-DeMets power spending"


REFERENCES: dict[Family, Reference] = {
    Family.OBRIEN_FLEMING_LIKE: LAN_DEMETS,
    Family.POCOCK_LIKE: LAN_DEMETS,
    Family.HWANG_SHIH_DECANI: HWANG_SHIH_DECANI,
    Family.KIM_DEMETS: KIM_DEMETS,
}


def obrien_fleming_like(t: Floats, alpha: float, parameter: float = 0.0) -> Floats:
    """Return 2 - 2 Phi(z_{alpha/2} / sqrt(t)).  Lan and DeMets (1983), alpha_1*."""
    with np.errstate(divide="ignore"):
        spent: Floats = 2 * ndtr(ndtri(alpha / 2) / np.sqrt(t))
    return spent


def pocock_like(t: Floats, alpha: float, parameter: float = 0.0) -> Floats:
    """Return alpha log(1 + (e - 1) t).  Lan and DeMets (1983), alpha_2*."""
    return np.asarray(alpha * np.log1p((np.e - 1) * t))


def hwang_shih_decani(t: Floats, alpha: float, parameter: float) -> Floats:
    """Return alpha (1 - exp(-gamma t)) / (1 - exp(-gamma)), linear at gamma = 0."""
    if abs(parameter) < np.finfo(np.float64).eps:  # the curve differs from the line by less
        return np.asarray(alpha * t)
    return np.asarray(alpha * np.expm1(-parameter * t) / np.expm1(-parameter))


def kim_demets(t: Floats, alpha: float, parameter: float) -> Floats:
    """Return alpha t**rho with rho > 0.  Kim and DeMets (1987), alpha_3*."""
    return np.asarray(alpha * t**parameter)


SHAPES: dict[Family, Callable[[Floats, float, float], Floats]] = {
    Family.OBRIEN_FLEMING_LIKE: obrien_fleming_like,
    Family.POCOCK_LIKE: pocock_like,
    Family.HWANG_SHIH_DECANI: hwang_shih_decani,
    Family.KIM_DEMETS: kim_demets,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Spending:
    """A spending function: family, total error (0 to 1), and its parameter where it has one.

    `parameter` is gamma for Hwang-Shih-DeCani and rho > 0 for Kim-DeMets; the others ignore it.
    """

    family: Family
    alpha: float
    parameter: float = 0.0

    def __post_init__(self) -> None:
        if not 0 < self.alpha < 1:
            raise InputError(
                Problem(
                    what="the error to spend is not a probability",
                    value=str(self.alpha),
                    why="alpha must lie between 0 and 1",
                    fix="give for example 0.025 one-sided",
                )
            )
        if self.family is Family.KIM_DEMETS and not self.parameter > 0:
            raise InputError(
                Problem(
                    what="Kim-DeMets spending needs a positive power",
                    value=str(self.parameter),
                    why="alpha t^rho with rho of 0 or less spends everything at once",
                    fix="give parameter=1 (Pocock-like) to 3 (O'Brien-Fleming-like)",
                )
            )

    def spent(self, fraction: Floats) -> Floats:
        """Return the cumulative error allowed at information fraction(s) t, same shape, 0 to alpha.

        Fractions above 1 (overrunning) spend no more than alpha.
        """
        t = np.clip(np.asarray(fraction, dtype=float), 0.0, 1.0)
        return np.minimum(SHAPES[self.family](t, self.alpha, self.parameter), self.alpha)

    def at(self, alpha: float) -> Spending:
        """Return the same function with another total error."""
        return Spending(family=self.family, alpha=alpha, parameter=self.parameter)

    def __str__(self) -> str:
        if self.family is Family.HWANG_SHIH_DECANI:
            return f"{self.family} (gamma {self.parameter:g})"
        if self.family is Family.KIM_DEMETS:
            return f"{self.family} (rho {self.parameter:g})"
        return str(self.family)
