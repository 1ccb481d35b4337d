"""Adaptation files to `Adaptation`: the numbers of the slow system, each with prior and source."""

from __future__ import annotations

from functools import cache
from typing import Annotated, Literal

from pydantic import Field

from crossblock.core.errors import CatalogError, CrossblockError, Problem
from crossblock.core.quantity import convert
from crossblock.domain.adaptation import Adaptation
from crossblock.domain.compound import Source
from crossblock.domain.fact import Confidence
from crossblock.domain.mechanism import Family, MechanismParameter, Prior
from crossblock.load.catalog import resolve
from crossblock.load.mechanism import Named, NumberRow, Row, SourceRow
from crossblock.load.tomlfile import data, validated


class AdaptationFile(Row):
    """Every number of a slow system."""

    schema_: Annotated[Literal["crossblock/adaptation/1"], Field(alias="schema")]
    id: Named
    title: Named
    sources: dict[str, SourceRow]
    parameters: dict[str, NumberRow]


@cache
def adaptation(name: str = "repeated-use") -> Adaptation:
    """Return the slow system of a catalog name or of a path."""
    path, where = resolve("adaptation", name)
    return read(data(path), where)


def read(content: bytes, where: str) -> Adaptation:
    """Read an adaptation file from its bytes; CatalogError lists everything wrong with it."""
    file = validated(AdaptationFile, content, where)
    sources = {k: Source(key=k, text=r.text, doi=r.doi) for k, r in file.sources.items()}
    problems: list[Problem] = []
    found: dict[str, MechanismParameter] = {}
    for symbol, row in file.parameters.items():
        place = f"{where}, parameters.{symbol}"
        try:
            found[symbol] = _number(symbol, row, sources, place)
        except CrossblockError as error:
            problems.extend(error.problems)
    if problems:
        raise CatalogError(*problems)
    return Adaptation(
        id=file.id, title=file.title, parameters=found, sources=tuple(sources.values())
    )


def _number(
    symbol: str, row: NumberRow, sources: dict[str, Source], where: str
) -> MechanismParameter:
    if row.source not in sources:
        raise CatalogError(
            Problem(
                what="the source is not listed",
                where=where,
                value=row.source,
                fix="add it to [sources]",
            )
        )
    value, unit = row.value, row.unit
    if symbol.startswith("half_life_"):
        q = convert(value, unit, dimension="time", where=where)
        value, unit = q.value, q.unit
        if value <= 0:
            raise CatalogError(
                Problem(what="a half-life must be more than 0", where=where, fix="correct it")
            )
    return MechanismParameter(
        symbol=symbol,
        value=value,
        unit=unit,
        prior=_prior(row, where),
        source=sources[row.source],
        confidence=Confidence(row.confidence),
        cv=row.cv,
        note=row.note,
    )


def _prior(row: NumberRow, where: str) -> Prior:
    stated: dict[Family, float | None] = {
        Family.LOGNORMAL: row.log_sd,
        Family.LOGIT_NORMAL: row.logit_sd,
        Family.SHARE: row.share_b,
    }
    given = [(family, spread) for family, spread in stated.items() if spread is not None]
    if len(given) + (row.fixed is not None) != 1:
        raise CatalogError(
            Problem(
                what="a number states exactly one prior",
                where=where,
                fix="give one of log_sd, logit_sd, share_b, or fixed with the reason",
            )
        )
    if not given:
        return Prior(family=Family.FIXED, why=row.fixed or "")
    family, spread = given[0]
    below = family is Family.LOGNORMAL and row.value <= 0
    if below or (family is Family.LOGIT_NORMAL and not 0 < row.value < 1):
        raise CatalogError(
            Problem(
                what=f"a {family} prior does not fit this value",
                where=where,
                value=f"{row.value:g}",
                why="a lognormal needs a value above 0, a logit-normal one between 0 and 1",
                fix="correct the value or the prior",
            )
        )
    return Prior(family=family, spread=spread)
