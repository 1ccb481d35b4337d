"""Item banks from the catalog: means and loadings of an instrument's items, with their source."""

from __future__ import annotations

from functools import cache
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from crossblock.core.errors import CatalogError, Problem
from crossblock.domain.bank import BankItem, ItemBank
from crossblock.domain.compound import Source
from crossblock.domain.fact import Confidence
from crossblock.load import instrument as instruments
from crossblock.load.catalog import names, resolve
from crossblock.load.tomlfile import data, validated

Named = Annotated[str, Field(min_length=1, max_length=400)]


class Row(BaseModel):
    """Strict and closed: a misspelled key is an error, never ignored."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, allow_inf_nan=False)


class ItemRow(Row):
    id: Named
    mean: Annotated[float, Field(gt=0)]
    loading: Annotated[float, Field(gt=-1, lt=1)]


class SourceRow(Row):
    text: Named
    doi: str = ""


class BankFile(Row):
    schema_: Annotated[Literal["crossblock/bank/1"], Field(alias="schema")]
    instrument: Named
    population: Named
    dispersion: Annotated[float, Field(gt=0, lt=1)]
    source: Named
    confidence: Literal["read", "computed", "open data", "memory", "assumed"]
    note: Annotated[str, Field(max_length=2000)] = ""
    sources: dict[str, SourceRow]
    item: list[ItemRow]


def bank_names() -> tuple[str, ...]:
    """Return the instruments that have a bank, sorted."""
    return names("banks")


@cache
def bank(name: str) -> ItemBank:
    """Return the item bank of an instrument."""
    path, where = resolve("banks", name)
    return read(data(path), where)


def read(content: bytes, where: str) -> ItemBank:
    """Read a bank from its bytes; CatalogError when its items are not those of the instrument."""
    file = validated(BankFile, content, where)
    scored = {i.id: i for i in instruments.read(file.instrument).scored_items}
    problems = []
    if [i.id for i in file.item] != list(scored):
        problems.append(
            Problem(
                what="the items are not those of the instrument, in its order",
                where=where,
                value=", ".join(i.id for i in file.item),
                fix=f"list {', '.join(scored)}",
            )
        )
    if file.source not in file.sources:
        problems.append(
            Problem(what="the source is not listed", where=where, value=file.source, fix="add it")
        )
    problems += [
        Problem(
            what="the mean of an item is above its highest answer",
            where=f"{where}, {row.id}",
            value=f"{row.mean:g}",
            fix="correct the mean",
        )
        for row in file.item
        if row.id in scored and row.mean >= scored[row.id].highest
    ]
    if problems:
        raise CatalogError(*problems)
    sources = {k: Source(key=k, text=r.text, doi=r.doi) for k, r in file.sources.items()}
    return ItemBank(
        instrument=file.instrument,
        population=file.population,
        items=tuple(
            BankItem(
                id=row.id,
                mean=row.mean,
                loading=row.loading,
                steps=round(scored[row.id].highest - scored[row.id].lowest),
            )
            for row in file.item
        ),
        dispersion=file.dispersion,
        source=sources[file.source],
        confidence=Confidence(file.confidence),
        note=file.note,
        sources=sources,
    )
