"""Virtual people from the catalog: the numbers of a truth, each with range and source."""

from __future__ import annotations

from functools import cache
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from crossblock.core.errors import CatalogError, Problem
from crossblock.domain.compound import Source
from crossblock.domain.fact import Confidence
from crossblock.domain.truth import Truth, TruthParameter
from crossblock.load.catalog import resolve
from crossblock.load.tomlfile import data, validated

Words = Annotated[str, Field(max_length=2000)]
Named = Annotated[str, Field(min_length=1, max_length=400)]


class Row(BaseModel):
    """Strict and closed: a misspelled key is an error, never ignored."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, allow_inf_nan=False)


class NumberRow(Row):
    value: float
    unit: Annotated[str, Field(min_length=1, max_length=32)]
    least: float
    most: float
    source: Named
    confidence: Literal[
        "read", "abstract", "registry", "secondary", "open data", "computed", "memory", "assumed"
    ]
    note: Words = ""


class SourceRow(Row):
    text: Named
    doi: str = ""


class PeopleFile(Row):
    """Every number of a kind of virtual people."""

    schema_: Annotated[Literal["crossblock/people/1"], Field(alias="schema")]
    id: Named
    title: Named
    sources: dict[str, SourceRow]
    parameters: dict[str, NumberRow]


@cache
def truth(name: str = "depression") -> Truth:
    """Return the truth that a catalog name or a people file describes, as it stands there."""
    path, where = resolve("people", name)
    return read(data(path), where)


def read(content: bytes, where: str) -> Truth:
    """Read a people file from its bytes; CatalogError lists everything wrong with it."""
    file = validated(PeopleFile, content, where)
    problems = [
        Problem(
            what="the value does not lie in its own range",
            where=f"{where}, parameters.{symbol}",
            value=f"{row.value:g}",
            why=f"least is {row.least:g}, most is {row.most:g}",
            fix="widen the range or correct the value",
        )
        for symbol, row in file.parameters.items()
        if not row.least <= row.value <= row.most
    ]
    problems += [
        Problem(
            what="the source is not listed",
            where=f"{where}, parameters.{symbol}",
            value=row.source,
            fix="add it to [sources]",
        )
        for symbol, row in file.parameters.items()
        if row.source not in file.sources
    ]
    if problems:
        raise CatalogError(*problems)
    sources = {k: Source(key=k, text=r.text, doi=r.doi) for k, r in file.sources.items()}
    return Truth(
        parameters={
            symbol: TruthParameter(
                symbol=symbol,
                value=row.value,
                unit=row.unit,
                least=row.least,
                most=row.most,
                source=sources[row.source],
                confidence=Confidence(row.confidence),
                note=row.note,
            )
            for symbol, row in file.parameters.items()
        }
    )
