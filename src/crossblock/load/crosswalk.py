"""Crosswalks between instruments from the catalog."""

from __future__ import annotations

from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from crossblock.core.errors import CatalogError, Problem, shorten
from crossblock.domain.crosswalk import Crosswalk
from crossblock.domain.fact import Confidence, Fact
from crossblock.load import instrument, tomlfile
from crossblock.load.instrument_schema import FactFile

ALWAYS_SOURCED = ("rows", "license")


class CrosswalkFile(BaseModel):
    """The shape of a crosswalk file; `error` is in points of each instrument."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)

    schema_: Literal["crossblock/crosswalk/1"] = Field(alias="schema")
    id: str
    name: str
    instruments: list[str]
    row: list[dict[str, list[float]]]
    error: dict[str, float]
    facts: dict[str, FactFile]
    sources: dict[str, str]
    notes: list[str] = []


def names() -> tuple[str, ...]:
    """Return the crosswalks of the catalog, sorted."""
    folder = files("crossblock") / "catalog" / "crosswalks"
    found = (entry.name for entry in folder.iterdir())
    return tuple(sorted(name.removesuffix(".toml") for name in found if name.endswith(".toml")))


@cache
def read(name: str) -> Crosswalk:
    """Return the crosswalk of a catalog name; CatalogError names the nearest one."""
    if name not in names():
        near = get_close_matches(name, names(), n=1, cutoff=0.3)
        raise CatalogError(
            Problem(
                what="unknown crosswalk",
                value=shorten(name),
                fix=f"did you mean {near[0]}?" if near else f"use one of: {', '.join(names())}",
            )
        )
    entry = files("crossblock") / "catalog" / "crosswalks" / f"{name}.toml"
    return parse(entry.read_bytes(), f"catalog crosswalk {name}")


def between(source: str, target: str) -> Crosswalk:
    """Return the crosswalk that joins two instruments; CatalogError lists what can be joined."""
    walks = [read(name) for name in names()]
    for walk in walks:
        if {source, target} <= set(walk.instruments) and source != target:
            return walk
    joined = "; ".join(", ".join(walk.instruments) for walk in walks)
    raise CatalogError(
        Problem(
            what="there is no crosswalk between these instruments",
            value=shorten(f"{source} to {target}"),
            why="a conversion without a published table would be a guess",
            fix=f"these can be converted into each other: {joined}",
        )
    )


def parse(content: bytes, where: str) -> Crosswalk:
    """Return the crosswalk that a TOML file describes; CatalogError lists all its problems."""
    found = tomlfile.validated(CrosswalkFile, content, where)
    problems = _problems(found, where)
    if problems:
        raise CatalogError(*problems)
    return Crosswalk(
        id=found.id,
        name=found.name,
        instruments=tuple(found.instruments),
        rows=tuple({k: (span[0], span[-1]) for k, span in row.items()} for row in found.row),
        error=dict(found.error),
        facts={
            about: Fact(
                about=about,
                source=fact.source,
                confidence=Confidence(fact.confidence),
                note=fact.note,
            )
            for about, fact in found.facts.items()
        },
        sources=dict(found.sources),
        notes=tuple(found.notes),
    )


def _problems(found: CrosswalkFile, where: str) -> list[Problem]:
    """Spans have one or two ends, instruments exist and are covered whole, facts have sources."""
    problems = [
        Problem(
            what="a span is one score or a lowest and a highest",
            where=f"{where}, row {number}, {key}",
            value=shorten(span),
            fix="write [4] or [5, 6]",
        )
        for number, row in enumerate(found.row, 1)
        for key, span in row.items()
        if len(span) not in (1, 2)
    ]
    needed = [*ALWAYS_SOURCED, *(f"error-{name}" for name in found.instruments)]
    problems += [
        Problem(
            what="this part of the crosswalk names no source",
            where=f"{where}, facts.{part}",
            fix=f'add [facts.{part}] with source and confidence ("assumed" is allowed)',
        )
        for part in needed
        if part not in found.facts or found.facts[part].source not in found.sources
    ]
    for name in found.instruments:
        scale = instrument.read(name).scale()
        spans = [row[name] for row in found.row if row.get(name)]
        reach = [spans[0][0], spans[-1][-1]] if spans else []
        if reach != [scale.minimum, scale.maximum]:
            problems.append(
                Problem(
                    what="the table does not cover the range of the instrument",
                    where=f"{where}, {name}",
                    value=" to ".join(f"{end:g}" for end in reach),
                    why=f"{name} runs from {scale.minimum:g} to {scale.maximum:g}",
                    fix="add the missing rows",
                )
            )
    return problems
