"""Mechanism files to `Mechanism`: one shared system, and what each rival changes in it.

`catalog/systems/five-state.toml` holds every parameter with its prior and source; a file of
`catalog/mechanisms` names the system and overrides what its account claims. A number without a
source, prior or unit is refused, and every problem of a file is reported at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from crossblock.core.errors import CatalogError, CrossblockError, Problem, shorten
from crossblock.core.quantity import convert
from crossblock.domain.compound import Source
from crossblock.domain.fact import Confidence
from crossblock.domain.mechanism import Binding, Family, Mechanism, MechanismParameter, Prior
from crossblock.load.catalog import names, resolve
from crossblock.load.tomlfile import data, validated

Words = Annotated[str, Field(max_length=2000)]
Named = Annotated[str, Field(min_length=1, max_length=400)]
SHARES = ("phi", "rho", "kappa_share", "delta_share", "dissociation_share", "eps")


class Row(BaseModel):
    """Strict and closed: a misspelled key is an error, never ignored."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, allow_inf_nan=False)


class NumberRow(Row):
    """One parameter; exactly one of `log_sd`, `logit_sd`, `share_b`, `fixed` states its prior."""

    value: Annotated[float, Field(ge=0)]
    unit: Annotated[str, Field(min_length=1, max_length=32)]
    source: Named
    confidence: Literal[
        "read", "abstract", "registry", "secondary", "open data", "computed", "memory", "assumed"
    ]
    log_sd: Annotated[float, Field(gt=0, le=5)] | None = None
    logit_sd: Annotated[float, Field(gt=0, le=5)] | None = None
    share_b: Annotated[float, Field(gt=0, le=1000)] | None = None
    fixed: Words | None = None
    cv: Annotated[float, Field(ge=0, le=5)] = 0.0
    note: Words = ""


class SourceRow(Row):
    text: Named
    doi: str = ""


class BindingRow(Row):
    nmda: Named
    mu: Named
    types: Named
    reference: Named
    reference_dose: Named
    reference_duration: Named
    reference_at: Named


class SystemFile(Row):
    """The shared system: every parameter of every mechanism."""

    schema_: Annotated[Literal["crossblock/system/1"], Field(alias="schema")]
    id: Named
    title: Named
    sources: dict[str, SourceRow]
    binding: BindingRow
    parameters: dict[str, NumberRow]
    alternatives: dict[str, dict[str, NumberRow]] = {}


class MechanismFile(Row):
    """One rival: what it claims and which parameters it sets."""

    schema_: Annotated[Literal["crossblock/mechanism/1"], Field(alias="schema")]
    id: Named
    label: Named
    title: Named
    claim: Words
    system: Named
    free: list[str] = []
    sources: dict[str, SourceRow] = {}
    parameters: dict[str, NumberRow] = {}


def mechanism_names() -> tuple[str, ...]:
    """Return the mechanisms of the catalog, sorted."""
    return names("mechanisms")


@cache
def mechanism(name: str) -> Mechanism:
    """Return the mechanism of a catalog name ("h3a") or of a path to a mechanism file."""
    path, where = resolve("mechanisms", name)
    return read(data(path), where)


def read(content: bytes, where: str) -> Mechanism:
    """Read one mechanism file from its bytes; raise `CatalogError` with every problem found."""
    file = validated(MechanismFile, content, where)
    path, system_where = resolve("systems", file.system)
    system = validated(SystemFile, data(Path(path)), system_where)
    return _Reader(file, where, system, system_where).mechanism()


class _Reader:
    """Joins one mechanism file with its system, gathering problems on the way."""

    def __init__(
        self, file: MechanismFile, where: str, system: SystemFile, system_where: str
    ) -> None:
        self.file, self.where = file, where
        self.system, self.system_where = system, system_where
        self.problems: list[Problem] = []
        rows = {**system.sources, **file.sources}
        self.sources = {k: Source(key=k, text=r.text, doi=r.doi) for k, r in rows.items()}

    def mechanism(self) -> Mechanism:
        f, s = self.file, self.system
        unknown = [name for name in f.parameters if name not in s.parameters]
        for name in unknown:
            self._wrong(self.where, name, "the system has no such parameter", _among(s.parameters))
        for name in f.free:
            if name not in s.parameters:
                self._wrong(self.where, name, "free names no parameter", _among(s.parameters))
        base = self._numbers(s.parameters, self.system_where)
        mine = self._numbers(
            {k: v for k, v in f.parameters.items() if k not in unknown}, self.where
        )
        parameters = {**base, **mine}
        self._check_shares(parameters)
        found = Mechanism(
            id=f.id,
            label=f.label,
            title=f.title,
            claim=f.claim,
            free=tuple(f.free),
            parameters=parameters,
            binding=self._binding(s.binding),
            alternatives={
                k: self._numbers(rows, self.system_where) for k, rows in s.alternatives.items()
            },
            sources=tuple(self.sources.values()),
        )
        if self.problems:
            raise CatalogError(*self.problems)
        return found

    def _numbers(self, rows: Mapping[str, NumberRow], where: str) -> dict[str, MechanismParameter]:
        return {symbol: self._number(symbol, row, where) for symbol, row in rows.items()}

    def _number(self, symbol: str, row: NumberRow, where: str) -> MechanismParameter:
        if row.source not in self.sources:
            self._wrong(where, row.source, f"{symbol}: the source is not listed", "add it")
        value, unit = row.value, row.unit
        dimension = "time" if symbol.startswith("half_life_") or symbol.endswith("_h") else ""
        if dimension:
            value, unit = self._converted(value, unit, dimension, f"{where}, {symbol}")
            if value <= 0:
                self._wrong(where, row.value, f"{symbol} must be more than 0", "correct the sign")
        return MechanismParameter(
            symbol=symbol,
            value=value,
            unit=unit,
            prior=self._prior(symbol, row, where),
            source=self.sources.get(row.source, Source(key=row.source, text="")),
            confidence=Confidence(row.confidence),
            cv=row.cv,
            note=row.note,
        )

    def _converted(self, value: float, unit: str, dimension: str, where: str) -> tuple[float, str]:
        try:
            q = convert(value, unit, dimension=dimension, where=where)
        except CrossblockError as error:
            self.problems.extend(error.problems)
            return value, unit
        return q.value, q.unit

    def _prior(self, symbol: str, row: NumberRow, where: str) -> Prior:
        stated = {
            Family.LOGNORMAL: row.log_sd,
            Family.LOGIT_NORMAL: row.logit_sd,
            Family.SHARE: row.share_b,
            Family.FIXED: row.fixed,
        }
        given = {family: x for family, x in stated.items() if x is not None}
        if len(given) != 1:
            self._wrong(
                where,
                symbol,
                "a parameter states exactly one prior",
                "give one of log_sd, logit_sd, share_b, or fixed with the reason",
            )
            return Prior(family=Family.FIXED)
        family, spread = next(iter(given.items()))
        if family is Family.LOGIT_NORMAL and not 0 < row.value < 1:
            self._wrong(where, row.value, f"{symbol}: a logit prior needs 0 < value < 1", "fix it")
            return Prior(family=Family.FIXED)
        if family is Family.LOGNORMAL and row.value == 0:
            self._wrong(where, row.value, f"{symbol}: a lognormal prior needs value > 0", "fix it")
            return Prior(family=Family.FIXED)
        if isinstance(spread, str):
            return Prior(family=family, why=spread)
        return Prior(family=family, spread=float(spread))

    def _check_shares(self, p: Mapping[str, MechanismParameter]) -> None:
        for symbol in SHARES:
            if symbol in p and p[symbol].value > 1:
                self._wrong(self.where, p[symbol].value, f"{symbol} is a share, 0 to 1", "lower it")
        if {"kappa_share", "delta_share"} <= p.keys():
            total = p["kappa_share"].value + p["delta_share"].value
            if total > 1:
                self._wrong(self.where, total, "kappa and delta carry more than all", "lower them")

    def _binding(self, row: BindingRow) -> Binding:
        where = f"{self.system_where}, binding"
        dose = self._read(row.reference_dose, "dose per body mass", where)
        return Binding(
            nmda=row.nmda,
            mu=row.mu,
            types=row.types,
            reference=row.reference,
            reference_mg_per_kg=dose,
            reference_h=self._read(row.reference_duration, "time", where),
            reference_at_h=self._read(row.reference_at, "time", where),
        )

    def _read(self, text: str, dimension: str, where: str) -> float:
        number, _, unit = text.partition(" ")
        try:
            return self._converted(float(number), unit, dimension, where)[0]
        except ValueError:
            self._wrong(where, text, "not a number with a unit", "write, for example, 40 min")
            return 1.0

    def _wrong(self, where: str, value: object, what: str, fix: str) -> None:
        self.problems.append(
            Problem(
                what=what,
                where=where,
                value=shorten(value),
                why="a mechanism is a choice of parameters in one system",
                fix=fix,
            )
        )


def _among(known: Mapping[str, object]) -> str:
    return f"use one of: {shorten(', '.join(known), 300)}"
