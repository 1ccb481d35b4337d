"""Regimen and policy files to `Regimen`s of repeated use.

A file of `catalog/regimens` says what is given again and again; one of `catalog/policies` takes a
regimen and bends it with rules. Both are read strictly; every problem of a file is told at once.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from crossblock.core.errors import CatalogError, CrossblockError, Problem
from crossblock.core.quantity import parse
from crossblock.domain.dose import Dose, Route
from crossblock.domain.repeated_regimen import Beside, Phase, Regimen, Rules, Setting, check
from crossblock.load.catalog import names, resolve
from crossblock.load.mechanism import Named, Row, Words
from crossblock.load.tomlfile import data, validated

Longer = Annotated[str, Field(min_length=1, max_length=64)]
ROUTES = Literal["iv", "oral", "im", "im-depot", "nasal", "sublingual", "buccal", "subcutaneous"]


class PhaseRow(Row):
    name: Named
    every: Longer
    sessions: Annotated[int, Field(ge=1, le=10_000)] | None = None


class LabelRow(Row):
    """The usual range of one dose, in the unit of the dose."""

    lowest: float
    highest: float
    source: Named
    confidence: Literal["read", "abstract", "registry", "secondary", "memory", "assumed"]


class BesideRow(Row):
    compound: Named
    dose: Longer | None = None
    route: ROUTES | None = None
    every: Longer | None = None
    odds: Annotated[float, Field(gt=0, le=1000)] | None = None


class RulesRow(Row):
    stop_after: Annotated[int, Field(ge=0, le=1000)] = 0
    ladder: list[Longer] = Field(default=[])
    worse_above: float = 0.5
    well_below: float = 0.35
    restart_at: Annotated[float, Field(ge=0, le=60)] = 0.0
    escalate: list[float] = Field(default=[1.0])
    escalate_after: int = 3
    missed: float = 0.0


class RegimenFile(Row):
    """What is given again and again."""

    schema_: Annotated[Literal["crossblock/regimen/1"], Field(alias="schema")]
    id: Named
    title: Named
    summary: Words
    drug: Named
    route: ROUTES
    dose: Longer | None = None
    odds: Annotated[float, Field(gt=0, le=1000)] | None = None
    duration: Longer | None = None
    setting: Literal["clinic", "unsupervised"] = "clinic"
    label: LabelRow | None = None
    phase: list[PhaseRow]
    beside: list[BesideRow] = Field(default=[])
    rules: RulesRow = RulesRow()


class PolicyFile(Row):
    """A regimen with other phases or rules; what is left out stays as the regimen has it."""

    schema_: Annotated[Literal["crossblock/policy/1"], Field(alias="schema")]
    id: Named
    title: Named
    summary: Words
    regimen: Named
    phase: list[PhaseRow] = Field(default=[])
    rules: RulesRow | None = None


def regimen_names() -> tuple[str, ...]:
    """Return the regimens of the catalog, sorted."""
    return names("regimens")


def policy_names() -> tuple[str, ...]:
    """Return the policies of the catalog, sorted."""
    return names("policies")


@cache
def regimen(name: str | Path) -> Regimen:
    """Return the regimen of a catalog name or of a path."""
    path, where = resolve("regimens", name)
    return read_regimen(data(path), where)


@cache
def policy(name: str | Path) -> Regimen:
    """Return the regimen as the policy of a catalog name or path bends it."""
    path, where = resolve("policies", name)
    return read_policy(data(path), where)


def bent(name: str | Path, base: Regimen) -> Regimen:
    """Return `base` with the phases and rules of a policy, whatever regimen the policy names."""
    path, where = resolve("policies", name)
    return _bent(validated(PolicyFile, data(path), where), base, where)


def read_regimen(content: bytes, where: str) -> Regimen:
    """Read one regimen file from its bytes; CatalogError lists everything wrong with it."""
    file = validated(RegimenFile, content, where)
    problems: list[Problem] = []
    _unknown(file.drug, where, problems)
    for row in file.beside:
        _unknown(row.compound, where, problems)
    dose = _dose(file, where, problems)
    found = Regimen(
        id=file.id,
        title=file.title,
        summary=file.summary,
        drug=file.drug,
        dose=dose,
        phases=_phases(file.phase, where, problems),
        setting=Setting(file.setting),
        label=(file.label.lowest, file.label.highest) if file.label else None,
        label_source=f"{file.label.source}; {file.label.confidence}" if file.label else "",
        beside=tuple(_beside(b, where, problems) for b in file.beside),
        rules=_rules(file.rules, where, problems),
    )
    return _sound(found, where, problems)


def read_policy(content: bytes, where: str) -> Regimen:
    """Read one policy file from its bytes, with the regimen that it names."""
    file = validated(PolicyFile, content, where)
    return _bent(file, regimen(file.regimen), where)


def _bent(file: PolicyFile, base: Regimen, where: str) -> Regimen:
    problems: list[Problem] = []
    found = replace(
        base,
        id=file.id,
        title=file.title,
        summary=file.summary,
        phases=_phases(file.phase, where, problems) if file.phase else base.phases,
        rules=_rules(file.rules, where, problems) if file.rules else base.rules,
    )
    return _sound(found, where, problems)


def _sound(found: Regimen, where: str, problems: list[Problem]) -> Regimen:
    if not problems:
        try:
            check(found)
        except CrossblockError as error:
            problems.extend(replace(p, where=f"{where}, {p.where}") for p in error.problems)
    if problems:
        raise CatalogError(*problems)
    return found


def _unknown(compound: str, where: str, problems: list[Problem]) -> None:
    known = (*names("compounds"), "mu-agonist")
    if compound not in known:
        problems.append(
            Problem(
                what="the catalog has no such compound",
                where=where,
                value=compound,
                fix=f"use one of: {', '.join(known)}",
            )
        )


def _number(text: str, dimension: str, where: str, problems: list[Problem]) -> tuple[float, str]:
    try:
        q = parse(text, dimension=dimension, where=where)
    except CrossblockError as error:
        problems.extend(error.problems)
        return 1.0, ""
    return q.value, q.unit


def _dose(file: RegimenFile, where: str, problems: list[Problem]) -> Dose:
    if (file.dose is None) == (file.odds is None):
        problems.append(
            Problem(
                what="a regimen gives a dose or, for a made-up mu agonist, odds at its receptor",
                where=where,
                fix='write dose = "0.5 mg/kg"',
            )
        )
    if (file.odds is not None) != (file.drug == "mu-agonist"):
        problems.append(
            Problem(
                what="odds stand for the made-up mu agonist alone",
                where=where,
                value=file.drug,
                fix='write drug = "mu-agonist" with odds, or a dose',
            )
        )
    amount, unit = (file.odds or 1.0, "")
    if file.dose is not None:
        amount, unit = _number(file.dose, "dose", f"{where}, dose", problems)
    hours = (
        _number(file.duration, "time", f"{where}, duration", problems)[0] if file.duration else 0.0
    )
    return Dose(
        start_h=0.0,
        amount=amount,
        route=Route(file.route),
        duration_h=max(hours, 0.0),
        per_kg=unit == "mg/kg",
    )


def _phases(rows: list[PhaseRow], where: str, problems: list[Problem]) -> tuple[Phase, ...]:
    return tuple(
        Phase(
            name=row.name,
            every_h=_number(row.every, "time", f"{where}, phase {row.name}", problems)[0],
            sessions=row.sessions,
        )
        for row in rows
    )


def _rules(row: RulesRow, where: str, problems: list[Problem]) -> Rules:
    place = f"{where}, rules.ladder"
    return Rules(
        stop_after=row.stop_after,
        ladder_h=tuple(_number(t, "time", place, problems)[0] for t in row.ladder),
        worse_above=row.worse_above,
        well_below=row.well_below,
        restart_at=row.restart_at,
        escalate=tuple(row.escalate),
        escalate_after=row.escalate_after,
        missed=row.missed,
    )


def _beside(row: BesideRow, where: str, problems: list[Problem]) -> Beside:
    place = f"{where}, beside {row.compound}"
    every = _number(row.every, "time", place, problems)[0] if row.every else 24.0
    dose = None
    if row.dose is not None:
        amount, unit = _number(row.dose, "dose", place, problems)
        dose = Dose(
            start_h=0.0, amount=amount, route=Route(row.route or "oral"), per_kg=unit == "mg/kg"
        )
    return Beside(compound=row.compound, dose=dose, every_h=every, odds=row.odds)
