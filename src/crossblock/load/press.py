"""Press files of the catalog to `PressFile`: patterns compiled, cited rows looked up."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from crossblock.core.errors import CatalogError, Problem, shorten
from crossblock.domain.evidence import Evidence, EvidenceRow
from crossblock.domain.press import Case, PressFile, Standing, Topic
from crossblock.load.catalog import names, path
from crossblock.load.tomlfile import data, validated

KIND = "claims"
Pattern = Annotated[str, Field(min_length=1, max_length=600)]
Words = Annotated[str, Field(min_length=1, max_length=600)]


class Row(BaseModel):
    """Strict and closed: a misspelled key is an error, never ignored."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class CaseFile(Row):
    """One wording; `rows` name endpoints of the study, "endpoint" or "endpoint | statistic"."""

    standing: Literal["supported", "overstated", "not found"]
    because: Words
    rows: list[Words] = []
    pattern: Pattern | None = None
    unless: Pattern | None = None
    equals: bool = False


class TopicFile(Row):
    id: Words
    when: Pattern
    case: Annotated[list[CaseFile], Field(min_length=1)]


class ExampleFile(Row):
    id: Words
    text: Annotated[str, Field(max_length=20_000)]


class File(Row):
    """The shape of a press file."""

    schema_: Annotated[Literal["crossblock/press/1"], Field(alias="schema")]
    id: Words
    study: Words
    title: Words
    about: list[Pattern]
    topic: list[TopicFile]
    example: list[ExampleFile] = []


def shipped(evidence: Evidence) -> tuple[PressFile, ...]:
    """Return every press file of the catalog, its rows taken from `evidence`."""
    return tuple(
        parse(data(path(KIND, name)), f"catalog claims {name}", evidence) for name in names(KIND)
    )


def parse(content: bytes, where: str, evidence: Evidence) -> PressFile:
    """Return the press file of TOML bytes; CatalogError lists every problem."""
    file = validated(File, content, where)
    problems: list[Problem] = []

    def compiled(pattern: str, key: str) -> re.Pattern[str]:
        try:
            return re.compile(pattern, re.IGNORECASE)
        except re.error as fault:
            problems.append(_wrong(f"{where}, {key}", pattern, str(fault), "mend the pattern"))
            return re.compile("(?!)")

    def rows(given: list[str], key: str) -> tuple[EvidenceRow, ...]:
        found: list[EvidenceRow] = []
        for name in given:
            endpoint, _, statistic = (x.strip() for x in name.partition("|"))
            wanted = {"endpoint": endpoint, **({"statistic": statistic} if statistic else {})}
            mine = evidence.of(file.study, **wanted)
            if not mine:
                fix = "name an endpoint of the study as the evidence writes it"
                problems.append(_wrong(f"{where}, {key}", name, "no such row", fix))
            found += mine
        return tuple(found)

    topics = tuple(
        Topic(
            id=t.id,
            when=compiled(t.when, f"topic {t.id}"),
            cases=tuple(
                Case(
                    standing=Standing(c.standing),
                    because=c.because,
                    rows=rows(c.rows, f"topic {t.id}"),
                    pattern=compiled(c.pattern, f"topic {t.id}") if c.pattern else None,
                    unless=compiled(c.unless, f"topic {t.id}") if c.unless else None,
                    equals=c.equals,
                )
                for c in t.case
            ),
        )
        for t in file.topic
    )
    about = tuple(compiled(p, "about") for p in file.about)
    if problems:
        raise CatalogError(*problems)
    return PressFile(
        id=file.id,
        study=file.study,
        title=file.title,
        about=about,
        topics=topics,
        examples={e.id: e.text for e in file.example},
    )


def _wrong(where: str, value: str, why: str, fix: str) -> Problem:
    return Problem(
        what="a press file cannot be used", where=where, value=shorten(value), why=why, fix=fix
    )
