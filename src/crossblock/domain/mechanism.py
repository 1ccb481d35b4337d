"""A mechanism: one rival account of how the drug lifts mood, as parameters of one system.

All rivals share the five-state system of `kernels.response`; they differ in which of its arrows are
open. A parameter carries value, unit, prior, spread between people, source and confidence; what
nobody read in a text stays amber.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import ClassVar, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit, ndtr

from crossblock.core.errors import CatalogError, Problem, shorten
from crossblock.domain.compound import Source
from crossblock.domain.fact import Confidence

Array = NDArray[np.float64]
LN2 = math.log(2.0)


class Family(StrEnum):
    """Shapes that a prior may take."""

    FIXED = "fixed"
    LOGNORMAL = "lognormal"
    LOGIT_NORMAL = "logit-normal"
    SHARE = "share"


@dataclass(frozen=True, kw_only=True, slots=True)
class Prior:
    """What is thought of a parameter before data.

    fixed: it is its value. lognormal: value exp(spread z). logit-normal: expit(logit(value) +
    spread z). share: Beta(1, spread), a fraction most likely 0 (uniform at spread 1).
    """

    family: Family
    spread: float = 0.0
    why: str = ""

    def at(self, value: float, z: ArrayLike) -> Array:
        """Return the parameter at standard-normal quantiles z, any shape, around `value`."""
        z = np.asarray(z, dtype=float)
        if self.family is Family.LOGNORMAL:
            return np.asarray(value * np.exp(self.spread * z))
        if self.family is Family.LOGIT_NORMAL:
            return np.asarray(expit(math.log(value / (1.0 - value)) + self.spread * z))
        if self.family is Family.SHARE:
            return np.asarray(1.0 - ndtr(-z) ** (1.0 / self.spread))
        return np.full(z.shape, value)


@dataclass(frozen=True, kw_only=True, slots=True)
class MechanismParameter:
    """One number of a mechanism. `cv` is its coefficient of variation between people."""

    symbol: str
    value: float
    unit: str
    prior: Prior
    source: Source
    confidence: Confidence
    cv: float = 0.0
    note: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Binding:
    """Which affinity sets of the drug's compound the system reads, and the reference dose.

    `nmda`, `mu`: sets behind the odds b_N and b_K; `types`: set behind kappa and delta relative to
    mu. The scale of the drive is set so that `reference_mg_per_kg` of `reference`, infused over
    `reference_h`, removes the share `fall` of the baseline score `reference_at_h` after its start.
    """

    nmda: str
    mu: str
    types: str
    reference: str
    reference_mg_per_kg: float
    reference_h: float
    reference_at_h: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Constants:
    """Every number of one system with its prior, spread between people and source."""

    KIND: ClassVar[str] = "system"

    id: str
    title: str
    parameters: Mapping[str, MechanismParameter]
    sources: tuple[Source, ...] = ()

    def __getitem__(self, symbol: str) -> float:
        """Return the value of a number; CatalogError names the known ones."""
        return self.parameter(symbol).value

    def parameter(self, symbol: str) -> MechanismParameter:
        """Return one number with its source; CatalogError names the known ones."""
        if symbol in self.parameters:
            return self.parameters[symbol]
        raise CatalogError(
            Problem(
                what=f"the {self.KIND} has no parameter of this name",
                where=f"{self.KIND} {self.id}",
                value=shorten(symbol),
                fix=f"use one of: {', '.join(self.parameters)}",
            )
        )

    def with_values(self, **values: float) -> Self:
        """Return the system with other values; priors and sources stay as they are."""
        changed = {s: replace(self.parameter(s), value=float(v)) for s, v in values.items()}
        return replace(self, parameters={**self.parameters, **changed})

    def rate(self, state: str) -> float:
        """Return k = ln 2 / half-life in 1/h of a state, such as "E" or "R"."""
        return LN2 / self[f"half_life_{state}"]

    @property
    def amber(self) -> tuple[str, ...]:
        """Name every assumed or remembered number that differs from "not there" (0)."""
        return tuple(
            f"{p.symbol} = {p.value:g} {p.unit} ({p.confidence})"
            for p in self.parameters.values()
            if p.confidence.amber and p.value != 0.0
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Mechanism(Constants):
    """One rival. `claim` says in plain words what would be true; `free` names its open shares."""

    KIND: ClassVar[str] = "mechanism"

    label: str
    claim: str
    free: tuple[str, ...]
    binding: Binding
    alternatives: Mapping[str, Mapping[str, MechanismParameter]]

    def alternative(self, name: str) -> Mechanism:
        """Return the mechanism with a named set of other numbers, such as "illustrative-decay"."""
        if name not in self.alternatives:
            raise CatalogError(
                Problem(
                    what="the mechanism has no such alternative",
                    where=f"mechanism {self.id}",
                    value=shorten(name),
                    fix=f"use one of: {', '.join(self.alternatives)}",
                )
            )
        return replace(self, parameters={**self.parameters, **self.alternatives[name]})
