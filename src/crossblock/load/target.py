"""Target files to `Target`s: what published courses found, and what each figure is used for."""

from __future__ import annotations

from functools import cache
from typing import Annotated, Literal

from pydantic import Field

from crossblock.core.errors import CatalogError, Problem
from crossblock.domain.compound import Source
from crossblock.domain.fact import Confidence
from crossblock.domain.target import Target, Use
from crossblock.load.catalog import resolve
from crossblock.load.mechanism import Named, Row, SourceRow, Words
from crossblock.load.tomlfile import data, validated


class TargetRow(Row):
    id: Named
    words: Named
    unit: Annotated[str, Field(min_length=1, max_length=32)]
    value: float
    error: Annotated[float, Field(gt=0)]
    use: Literal["fit", "held out"]
    source: Named
    confidence: Literal[
        "read", "abstract", "registry", "secondary", "open data", "computed", "memory", "assumed"
    ]
    note: Words = ""


class TargetsFile(Row):
    """Every figure of a set of published courses."""

    schema_: Annotated[Literal["crossblock/targets/1"], Field(alias="schema")]
    id: Named
    title: Named
    sources: dict[str, SourceRow]
    target: list[TargetRow]


@cache
def targets(name: str = "repeated-ketamine") -> tuple[Target, ...]:
    """Return the targets of a catalog name or of a path."""
    path, where = resolve("courses", name)
    return read(data(path), where)


def read(content: bytes, where: str) -> tuple[Target, ...]:
    """Read a target file from its bytes; CatalogError lists everything wrong with it."""
    file = validated(TargetsFile, content, where)
    sources = {k: Source(key=k, text=r.text, doi=r.doi) for k, r in file.sources.items()}
    ids = [row.id for row in file.target]
    problems = [
        Problem(
            what="two targets with one name",
            where=where,
            value=name,
            fix="give every target a name of its own",
        )
        for name in sorted({x for x in ids if ids.count(x) > 1})
    ]
    problems += [
        Problem(
            what="the source is not listed",
            where=f"{where}, target {row.id}",
            value=row.source,
            fix="add it to [sources]",
        )
        for row in file.target
        if row.source not in sources
    ]
    if problems:
        raise CatalogError(*problems)
    return tuple(
        Target(
            id=row.id,
            words=row.words,
            value=row.value,
            error=row.error,
            unit=row.unit,
            use=Use(row.use),
            source=sources[row.source],
            confidence=Confidence(row.confidence),
            note=row.note,
        )
        for row in file.target
    )
