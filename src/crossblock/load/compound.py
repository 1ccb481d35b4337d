"""Compound files to `Compound`: every number checked, converted once, and tied to its source.

A file is TOML with `schema = "crossblock/compound/1"`. The loader refuses a number without a
source, an unknown symbol, a unit of the wrong dimension and a negative constant, and lists all of
them at once with their key paths.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache

from crossblock.core.errors import CatalogError, CrossblockError, Problem, shorten
from crossblock.core.quantity import DIMENSIONS, convert
from crossblock.domain.compound import (
    Affinity,
    Analyte,
    BlockadeModel,
    Compound,
    KineticSet,
    Metabolite,
    NotFound,
    Parameter,
    PublishedFigure,
    Scaling,
    Scan,
    Source,
    Structure,
    StudyNote,
)
from crossblock.domain.dose import Route
from crossblock.domain.fact import Confidence
from crossblock.domain.receptor import ReceptorId
from crossblock.load.catalog import resolve
from crossblock.load.compound_schema import (
    AffinityRow,
    BlockadeRow,
    BorrowRow,
    CompoundFile,
    Number,
    ScanRow,
    SetRow,
    StudyRow,
)
from crossblock.load.tomlfile import data, validated

VOLUME = ("volume", "volume per body mass")
CLEARANCE = ("clearance", "clearance per body mass")
# symbol -> the dimensions it may have; `cv_odds` is a spread and therefore a fraction
SYMBOLS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("V1", "V2", "V3", "Vh", "Vss"), VOLUME),
    **dict.fromkeys(("CL", "Q2", "Q3", "Qh"), CLEARANCE),
    **dict.fromkeys(("k10", "k12", "k21", "k13", "k31", "kel", "kmet"), ("rate",)),
    **dict.fromkeys(("ka", "koff", "ke0"), ("rate",)),
    **dict.fromkeys(("half_life", "MTT", "lag", "half_life_release"), ("time",)),
    **dict.fromkeys(("F", "F_nasal", "later_spray", "F_gut", "fm", "alpha"), ("fraction",)),
    **dict.fromkeys(("g", "n", "ratio", "cv_odds", "correlation", "dose_factor"), ("fraction",)),
    "ED50": ("drug mass", "dose per body mass"),
    "Ki": ("molar concentration",),
    "KD": ("molar concentration",),
    "kon": ("binding rate",),
}
POWER_RATE = "(pmol/L)^-n/s"  # association with a fitted exponent; the unit depends on n
MAY_BE_ZERO = frozenset({"lag"})


@cache
def compound(name: str) -> Compound:
    """Return the compound of a catalog name ("naltrexone") or of a path to a compound file.

    Raises `CatalogError` naming every problem of the file, or the nearest catalog names.
    """
    path, where = resolve("compounds", name)
    return read(data(path), where)


def read(content: bytes, where: str) -> Compound:
    """Read one compound file from its bytes; raise `CatalogError` with every problem found."""
    return _Reader(validated(CompoundFile, content, where), where).compound()


@cache
def _factor(unit: str, dimension: str) -> tuple[float, str]:
    q = convert(1.0, unit, dimension=dimension)
    return q.value, q.unit


def _canonical(number: Number, dimensions: tuple[str, ...], where: str) -> tuple[float, str]:
    """Return factor and canonical unit, trying each allowed dimension."""
    whats: list[str] = []
    for dimension in dimensions:
        try:
            return _factor(number.unit, dimension)
        except CrossblockError as error:
            whats.append(error.problems[0].what)
    raise CatalogError(
        Problem(
            what=whats[0],
            where=where,
            value=f"{number.value:g} {shorten(number.unit, 40)}",
            why=f"a {' or a '.join(dimensions[:2])} is expected here",
            fix=f"use a unit such as {DIMENSIONS[dimensions[0]][0]}",
        )
    )


def _renamed(taken: KineticSet, row: BorrowRow) -> KineticSet:
    """Let a borrowed set speak of the borrower's analytes, and say what that means."""
    names = row.analytes
    return replace(
        taken,
        analyte=names.get(taken.analyte, taken.analyte),
        metabolites=tuple(
            replace(
                m, analyte=names.get(m.analyte, m.analyte), parent=names.get(m.parent, m.parent)
            )
            for m in taken.metabolites
        ),
        note=" ".join(filter(None, (row.note, taken.note))),
    )


class _Reader:
    """Turns one validated file into a `Compound`, gathering problems on the way."""

    def __init__(self, file: CompoundFile, where: str) -> None:
        self.file = file
        self.where = where
        self.problems: list[Problem] = []
        self.sources = {
            key: Source(key=key, text=row.text, doi=row.doi) for key, row in file.sources.items()
        }

    def compound(self) -> Compound:
        f = self.file
        sets = {row.id: self._set(row) for row in f.set}
        result = Compound(
            id=f.id,
            title=f.title,
            kind=f.kind,
            summary=f.summary,
            analytes=self._analytes(),
            sets=sets,
            blockades={row.id: self._blockade(row) for row in f.blockade},
            affinities=tuple(self._affinity(row, i) for i, row in enumerate(f.affinity)),
            figures=self._figures(),
            scans=tuple(self._scan(row, i) for i, row in enumerate(f.scan)),
            on_board=tuple(self._study(row, i) for i, row in enumerate(f.on_board)),
            unknown=tuple(f.unknown),
            not_found=tuple(NotFound(what=r.what, searched=r.searched) for r in f.not_found),
            default_set=f.default_set,
            sources=tuple(self.sources.values()),
        )
        if self.problems:
            raise CatalogError(*self.problems)
        return self._borrow(result)

    def _borrow(self, base: Compound) -> Compound:
        """Add the sets that this compound shares with another one's file."""
        sets, analytes = dict(base.sets), dict(base.analytes)
        affinities = list(base.affinities)
        sources = {s.key: s for s in base.sources}
        for row in self.file.borrow:
            lender = compound(row.compound)
            if row.set is not None:
                sets[row.set] = _renamed(lender.kinetic_set(row.set), row)
            affinities += [a for a in lender.affinities if a.set in row.affinities]
            sources = {s.key: s for s in lender.sources} | sources
            analytes |= {k: v for k, v in lender.analytes.items() if k not in analytes}
        return replace(
            base,
            sets=sets,
            analytes=analytes,
            affinities=tuple(affinities),
            sources=tuple(sources.values()),
        )

    def _number(
        self, number: Number, symbol: str, path: str, *, free: bool = False, n: float = 1.0
    ) -> Parameter:
        allowed = tuple(DIMENSIONS) if free else SYMBOLS.get(symbol, ())
        if not allowed:
            self._wrong(path, symbol, "unknown symbol", "known symbols are " + ", ".join(SYMBOLS))
        factor, unit = 1.0, number.unit
        if number.unit == POWER_RATE:
            factor, unit = 1000.0**n * 3600.0, "(nmol/L)^-n/h"
        elif allowed:
            try:
                factor, unit = _canonical(number, allowed, f"{self.where}, {path}")
            except CatalogError as error:
                self.problems.extend(error.problems)
        self._check(number, symbol, path, free)

        def scaled(x: float | None) -> float | None:
            return None if x is None else x * factor

        return Parameter(
            symbol=symbol,
            value=number.value * factor,
            unit=unit,
            source=self._source(number.source, path),
            confidence=Confidence(number.confidence),
            cv=number.cv,
            low=scaled(number.low),
            high=scaled(number.high),
            spread=number.spread,
            published=f"{number.value:g} {number.unit}",
            note=number.note,
        )

    def _check(self, number: Number, symbol: str, path: str, free: bool) -> None:
        least_ok = number.value >= 0 if symbol in MAY_BE_ZERO else number.value > 0
        if not free and not least_ok:
            self._wrong(path, number.value, f"{symbol} must be more than 0", "correct the sign")
        if number.low is not None and number.high is not None and number.low > number.high:
            self._wrong(path, number.low, "low is above high", "exchange low and high")

    def _source(self, key: str, path: str) -> Source:
        if key not in self.sources:
            self._wrong(path, key, "the source is not listed", f"add [sources.{shorten(key, 40)}]")
            return Source(key=key, text="")
        return self.sources[key]

    def _wrong(self, path: str, value: object, what: str, fix: str) -> None:
        self.problems.append(
            Problem(
                what=what,
                where=f"{self.where}, {path}",
                value=shorten(value),
                why="every number needs a meaning, a sign and a source that can be checked",
                fix=fix,
            )
        )

    def _numbers(self, table: Mapping[str, Number], path: str) -> dict[str, Parameter]:
        n = table["n"].value if "n" in table else 1.0
        return {s: self._number(x, s, f"{path}.{s}", n=n) for s, x in table.items()}

    def _analytes(self) -> dict[str, Analyte]:
        found = {}
        for row in self.file.analyte:
            path = f"analyte.{row.id}"
            found[row.id] = Analyte(
                id=row.id,
                title=row.title or row.id,
                molar_mass=self._number(row.molar_mass, "molar_mass", path, free=True),
                unbound=self._fraction(row.unbound, f"{path}.unbound"),
                csf=self._fraction(row.csf, f"{path}.csf"),
                parts=row.parts,
            )
            if row.parts and abs(sum(row.parts.values()) - 1.0) > 1e-9:
                self._wrong(path, row.parts, "the parts do not sum to 1", "give shares of 1")
        return found

    def _fraction(self, number: Number | None, path: str) -> Parameter | None:
        return None if number is None else self._number(number, "F", path)

    def _set(self, row: SetRow) -> KineticSet:
        path = f"set.{row.id}"
        weight = self._number(row.weight, "weight", f"{path}.weight", free=True)
        return KineticSet(
            id=row.id,
            title=row.title,
            analyte=row.analyte,
            structure=Structure(row.structure),
            population=row.population,
            sampling_site=row.sampling_site,
            scaling=Scaling(row.scaling),
            weight_kg=weight.value,
            parameters=self._numbers(row.parameters, f"{path}.parameters"),
            routes={
                Route(r): self._numbers(t, f"{path}.routes.{r}") for r, t in row.routes.items()
            },
            metabolites=tuple(
                Metabolite(
                    analyte=m.analyte,
                    parent=m.parent,
                    parameters=self._numbers(m.parameters, f"{path}.metabolite.{m.analyte}"),
                    transits=m.transits,
                    note=m.note,
                )
                for m in row.metabolite
            ),
            note=row.note,
        )

    def _blockade(self, row: BlockadeRow) -> BlockadeModel:
        path = f"blockade.{row.id}"
        return BlockadeModel(
            id=row.id,
            receptor=ReceptorId(row.receptor),
            route=Route(row.route),
            population=row.population,
            parameters=self._numbers(row.parameters, f"{path}.parameters"),
            ratios={
                ReceptorId(r): self._number(x, "ratio", f"{path}.ratios.{r}")
                for r, x in row.ratios.items()
            },
            note=row.note,
        )

    def _affinity(self, row: AffinityRow, i: int) -> Affinity:
        return Affinity(
            set=row.set,
            ligand=row.ligand,
            receptor=ReceptorId(row.receptor),
            assay=row.assay,
            parameters=self._numbers(row.parameters, f"affinity[{i}]"),
            note=row.note,
        )

    def _scan(self, row: ScanRow, i: int) -> Scan:
        return Scan(
            study=row.study,
            method=row.method,
            people=row.people,
            receptor=ReceptorId(row.receptor),
            route=Route(row.route),
            dose=row.dose,
            per_kg=row.per_kg,
            count=row.count,
            every_h=row.every_h,
            time_h=row.time_h,
            window=row.window,
            relative_to_h=row.relative_to_h,
            blockade=self._number(row.blockade, "blockade", f"scan[{i}].blockade", free=True),
        )

    def _study(self, row: StudyRow, i: int) -> StudyNote:
        return StudyNote(
            text=row.text,
            source=self._source(row.source, f"on_board[{i}]"),
            confidence=Confidence(row.confidence),
            note=row.note,
        )

    def _figures(self) -> dict[str, PublishedFigure]:
        return {
            row.id: PublishedFigure(
                id=row.id,
                analyte=row.analyte,
                quantity=row.quantity,
                population=row.population,
                sampling_site=row.sampling_site,
                parameter=self._number(row.number, row.id, f"figure.{row.id}", free=True),
            )
            for row in self.file.figure
        }
