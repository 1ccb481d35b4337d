"""Truth: what is so in a virtual trial, whether or not its analysis finds it out.

A truth is a generator, a mechanism and a list of sourced numbers (`catalog/people`), each with the
range in which it makes sense. What nobody read in a text stays amber.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from enum import StrEnum

from crossblock.core.errors import InputError, Problem, shorten
from crossblock.domain.compound import Source
from crossblock.domain.fact import Confidence
from crossblock.domain.source import Assumption


class Generator(StrEnum):
    """How scores come about: by the pharmacology of a mechanism, or by the textbook model."""

    MECHANISTIC = "mechanistic"
    GAUSSIAN = "gaussian"


@dataclass(frozen=True, kw_only=True, slots=True)
class TruthParameter:
    """One number, the range in which it makes sense, and where it stands."""

    symbol: str
    value: float
    unit: str
    least: float
    most: float
    source: Source
    confidence: Confidence
    note: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Truth:
    """What is true. `mechanism` is a catalog name; it plays no part in the Gaussian generator."""

    parameters: Mapping[str, TruthParameter]
    generator: Generator = Generator.MECHANISTIC
    mechanism: str = "h3a"
    masking: str = ""
    """How well the absence of the drug is hidden: open, active, masked; "" is as the protocol."""
    set: tuple[str, ...] = ()
    """Symbols whose value was set for this run."""

    def __getitem__(self, symbol: str) -> float:
        return self.parameter(symbol).value

    def parameter(self, symbol: str) -> TruthParameter:
        """Return one number with its range and source; InputError names the nearest one."""
        if symbol in self.parameters:
            return self.parameters[symbol]
        near = get_close_matches(symbol, self.parameters, n=1)
        raise InputError(
            Problem(
                what="a truth has no number of this name",
                value=shorten(symbol),
                fix=f"did you mean {near[0]}?"
                if near
                else f"use one of: {', '.join(self.parameters)}",
            )
        )

    def with_values(self, values: Mapping[str, float]) -> Truth:
        """Return the truth with other numbers; InputError lists all that are out of range."""
        problems = [p for s, v in values.items() for p in self._problems(s, v)]
        if problems:
            raise InputError(*problems)
        changed = {s: replace(self.parameter(s), value=float(v)) for s, v in values.items()}
        return replace(
            self,
            parameters={**self.parameters, **changed},
            set=tuple(dict.fromkeys((*self.set, *values))),
        )

    def _problems(self, symbol: str, value: float) -> list[Problem]:
        p = self.parameter(symbol)
        if math.isfinite(value) and p.least <= value <= p.most:
            return []
        return [
            Problem(
                what=f"the truth {symbol} is out of range",
                value=f"{value:g}",
                why=f"{symbol} ({p.unit}) lies between {p.least:g} and {p.most:g}",
                fix="choose a value in this range",
            )
        ]

    @property
    def amber(self) -> tuple[Assumption, ...]:
        """Return every number that is assumed or remembered."""
        return tuple(
            Assumption(
                path=p.symbol,
                value=f"{p.value:g} {p.unit}",
                confidence=str(p.confidence),
                note=p.note,
            )
            for p in self.parameters.values()
            if p.confidence.amber
        )
