"""Particles: draws of everything that is not known, for one mechanism or for all.

Each particle is a vector z of independent standard normals; a parameter is its prior's value at
its z. What a mechanism fixes is no coordinate; what no mechanism knows (how much people fall
without any drug, how noisy ratings are, how studies differ) is shared by all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from crossblock.core.streams import Stream
from crossblock.domain.fact import Confidence
from crossblock.domain.mechanism import Family, Mechanism, Prior

Array = NDArray[np.float64]
# they reach nothing that the weighed studies observed
UNSEEN = frozenset({"half_life_O", "w", "kd", "dissociation_share", "Imax", "belief_h"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Unknown:
    """One number outside the mechanisms: its prior, and why that one."""

    symbol: str
    value: float
    prior: Prior
    unit: str
    confidence: Confidence
    why: str


def _lognormal(symbol: str, value: float, sd: float, unit: str, why: str) -> Unknown:
    prior = Prior(family=Family.LOGNORMAL, spread=sd)
    return Unknown(
        symbol=symbol, value=value, prior=prior, unit=unit, confidence=Confidence.ASSUMED, why=why
    )


def _share(symbol: str, value: float, sd: float, why: str) -> Unknown:
    prior = Prior(family=Family.LOGIT_NORMAL, spread=sd)
    return Unknown(
        symbol=symbol,
        value=value,
        prior=prior,
        unit="fraction",
        confidence=Confidence.ASSUMED,
        why=why,
    )


UNKNOWNS: tuple[Unknown, ...] = (
    _lognormal(
        "sigma", 0.20, 0.3, "fraction", "SD of one rating around a person's course, of baseline"
    ),
    _share("session_r", 0.30, 0.7, "correlation of a person's sessions beyond the drug's effect"),
    _lognormal("tau", 0.25, 0.5, "log SD", "how much the drug's effect differs between studies"),
    _share("g_saline", 0.08, 0.7, "fall without any drug where saline is told from ketamine"),
    _share("g_masked", 0.20, 0.7, "fall without any drug under an active control"),
    _share("g_anesthesia", 0.35, 0.8, "fall without any drug under anesthesia, nobody knowing"),
    _share("b_saline", 0.25, 0.8, "share who believe they were treated, under saline"),
    _share("b_masked", 0.60, 0.8, "share who believe they were treated, under a masked control"),
    _lognormal(
        "told",
        0.03,
        0.9,
        "fraction",
        "fall lost, of baseline, in a blocked session because it is guessed or the blocker itself "
        "lowers mood: not through the drug",
    ),
    _lognormal(
        "glx_signal", 5.0, 0.5, "SE", "size of the open Glx response in its standard errors"
    ),
    _lognormal("ED50_factor", 1.0, 0.11, "1", "ED50 of the blocker against its fitted value"),
    _lognormal("held_factor", 1.0, 0.067, "1", "half-life of the blocker against its fitted value"),
)
# Studies so precise that a few nodes over how studies differ would miss where they lie: how strong
# the drug was in them, and how much fell without it, are coordinates of their own, exp(z) each.
PRECISE = ("nimh-day-2", "lii-2023")
OWN = tuple(f"{kind}:{study}" for study in PRECISE for kind in ("A", "g"))
# coordinates that the population model need not run for: they act on what it computed
FREE = frozenset({"fall", *OWN} | {u.symbol for u in UNKNOWNS} - {"ED50_factor", "held_factor"})


@dataclass(frozen=True, kw_only=True, eq=False)
class Particles:
    """`z` (P, D) standard normal; `values` each (P,); `symbols` name the D coordinates."""

    mechanism: str
    symbols: tuple[str, ...]
    z: Array
    values: Mapping[str, Array]

    @property
    def count(self) -> int:
        return len(self.z)

    def __getitem__(self, symbol: str) -> Array:
        return self.values[symbol]

    def take(self, rows: NDArray[np.int64]) -> Particles:
        """Return some of the particles, in the order of `rows`."""
        return Particles(
            mechanism=self.mechanism,
            symbols=self.symbols,
            z=self.z[rows],
            values={s: v[rows] for s, v in self.values.items()},
        )


def symbols(mechanism: Mechanism) -> tuple[str, ...]:
    """Return the coordinates: the mechanism's with a prior, the unknowns, the precise studies'."""
    own = (
        s
        for s, p in mechanism.parameters.items()
        if p.prior.family is not Family.FIXED and s not in UNSEEN and _present(mechanism, s)
    )
    return (*own, *(u.symbol for u in UNKNOWNS), *OWN)


def _present(mechanism: Mechanism, symbol: str) -> bool:
    """Leave out shares of an opioid signal where the mechanism has none."""
    opioid = any(mechanism[a] > 0.0 for a in ("aK", "aR", "phi", "rho"))
    return opioid or symbol not in {"kappa_share", "delta_share", "E0", "half_life_E"}


def at(mechanism: Mechanism, z: Array) -> Particles:
    """Return the particles at coordinates `z` (P, D)."""
    names = symbols(mechanism)
    z = np.asarray(z, dtype=float)
    values: dict[str, Array] = {}
    unknowns = {u.symbol: u for u in UNKNOWNS}
    for k, symbol in enumerate(names):
        if symbol in OWN:
            values[symbol] = np.exp(z[:, k])
        elif symbol in unknowns:
            u = unknowns[symbol]
            values[symbol] = u.prior.at(u.value, z[:, k])
        else:
            p = mechanism.parameter(symbol)
            values[symbol] = p.prior.at(p.value, z[:, k])
    _within(values)
    return Particles(mechanism=mechanism.id, symbols=names, z=z, values=values)


def _within(values: dict[str, Array]) -> None:
    """Keep kappa and delta together at most 1: what is above is scaled back, mu carries none."""
    if "kappa_share" in values:
        total = np.maximum(1.0, (values["kappa_share"] + values["delta_share"]) * (1.0 + 1e-12))
        for s in ("kappa_share", "delta_share"):
            values[s] = values[s] / total


def draw(mechanism: Mechanism, count: int, seed: int, *, first: int = 0) -> Particles:
    """Return `count` prior draws; particle k is the same whatever `count` is."""
    stream = Stream(seed, f"particles of {mechanism.id}")
    who = np.arange(first, first + count)
    return at(mechanism, stream.normal(len(symbols(mechanism)), participant=who))
