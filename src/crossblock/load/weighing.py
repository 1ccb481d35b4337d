"""The studies file to `Weighing`, and evidence rows to the outcome of one study."""

from __future__ import annotations

import math
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from crossblock.core.errors import CatalogError, Problem, QuantityError, shorten
from crossblock.core.quantity import parse as quantity
from crossblock.domain.dose import Dose, Route
from crossblock.domain.evidence import Evidence, EvidenceRow
from crossblock.domain.regimen import Regimen
from crossblock.domain.weighed import Arm, Kind, Outcome, Role, WeighedStudy, Weighing
from crossblock.load import catalog
from crossblock.load.tomlfile import data, validated

Words = Annotated[str, Field(min_length=1, max_length=600)]
Hours = Annotated[float, Field(ge=-10_000, le=100_000)]
NOTHING = Weighing(regimens=(), studies=())
Z95 = 1.959963984540054


class Row(BaseModel):
    """Strict and closed: a misspelled key is an error, never ignored."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, allow_inf_nan=False)


class RegimenFile(Row):
    id: Words
    words: Words
    at_h: list[Hours]
    looks_h: Annotated[list[Hours], Field(min_length=1)]
    drug: str = ""
    dose: str = ""
    over: str = "0 h"
    blocker: str = ""
    blocker_dose: str = ""
    blocker_route: str = "oral"
    blocker_at_h: Hours = 0.0
    prolonged: bool = False


class ArmFile(Row):
    label: Words
    regimen: Words
    setting: Literal["saline", "masked", "anesthesia"]
    n: Annotated[int, Field(ge=0)] = 0
    baseline: Annotated[float, Field(ge=0)] = 0.0
    drug: str = ""
    pretreatment: str = ""


class StudyFile(Row):
    id: Words
    title: Words
    evidence: Words
    kind: Literal["ratings", "falls", "responses", "event", "test", "signal", "assay", "difference"]
    role: Literal["fit", "mechanism", "held out"]
    arm: Annotated[list[ArmFile], Field(min_length=1)]
    times_h: Annotated[list[Hours], Field(min_length=1)]
    family: str = ""
    endpoint: str = ""
    statistic: str = ""
    statements: list[Words] = []
    protocol: str = ""
    ratings: str = ""
    instrument: str = ""
    baseline_visit: str = ""
    visit: str = ""
    notes: list[Words] = []


class File(Row):
    """The shape of a studies file."""

    schema_: Annotated[Literal["crossblock/weighing/1"], Field(alias="schema")]
    regimen: list[RegimenFile] = []
    study: list[StudyFile]


@cache
def shipped() -> Weighing:
    """Return the studies of the catalog."""
    path = catalog.ROOT / "evidence" / "studies.toml"
    return parse(data(path), "catalog evidence studies.toml")


def added(path: Path, to: Weighing) -> Weighing:
    """Return `to` with the regimens and studies of a file of the user's besides."""
    return parse(data(path), shorten(str(path)), to)


def parse(content: bytes, where: str, base: Weighing = NOTHING) -> Weighing:
    """Return the studies of TOML bytes, after those of `base`; CatalogError lists every problem."""
    file = validated(File, content, where)
    regimens = (*base.regimens, *(_regimen(r, where) for r in file.regimen))
    looks = {r.id: r.looks_h for r in regimens}
    problems = [p for s in file.study for p in _problems(s, looks, where)]
    names = [*(s.id for s in base.studies), *(s.id for s in file.study)]
    twice = sorted({n for n in names if names.count(n) > 1})
    fix = "give each study an id of its own"
    problems += [_wrong(where, n, n, "two studies have this id", fix) for n in twice]
    if problems:
        raise CatalogError(*problems)
    return Weighing(regimens=regimens, studies=(*base.studies, *(_study(s) for s in file.study)))


def _problems(study: StudyFile, looks: dict[str, tuple[float, ...]], where: str) -> list[Problem]:
    found = []
    for arm in study.arm:
        if arm.regimen not in looks:
            fix = f"use one of: {', '.join(looks)}"
            found.append(_wrong(where, study.id, arm.regimen, "no such regimen", fix))
        elif study.kind != "signal" and not set(study.times_h) <= set(looks[arm.regimen]):
            fix = "add the times of the study to looks_h of its regimen"
            found.append(_wrong(where, study.id, str(study.times_h), "not looked at then", fix))
    return found


def _wrong(where: str, id: str, value: str, why: str, fix: str) -> Problem:
    return Problem(
        what="a weighed study cannot be used",
        where=f"{where}, {id}",
        value=shorten(value),
        why=why,
        fix=fix,
    )


def _regimen(row: RegimenFile, where: str) -> Regimen:
    try:
        drug = _doses(row.dose, row.over, row.at_h, Route.IV) if row.drug else ()
        route = Route(row.blocker_route)
        held = _doses(row.blocker_dose, "0 h", [row.blocker_at_h], route) if row.blocker else ()
    except (QuantityError, ValueError) as fault:
        fix = 'write, for example, dose = "0.5 mg/kg", over = "40 min"'
        raise CatalogError(_wrong(where, row.id, row.dose, shorten(str(fault), 200), fix)) from None
    return Regimen(
        id=row.id,
        words=row.words,
        drug=row.drug,
        drug_doses=drug,
        blocker=row.blocker,
        blocker_doses=held,
        believed_h=tuple(row.at_h),
        prolonged=row.prolonged,
        looks_h=tuple(row.looks_h),
    )


def _doses(dose: str, over: str, at_h: list[float], route: Route) -> tuple[Dose, ...]:
    per_kg = dose.endswith("/kg")
    amount = quantity(dose, dimension="dose per body mass" if per_kg else "mass").value
    duration = quantity(over, dimension="time").value
    return tuple(
        Dose(start_h=t, amount=amount, route=route, duration_h=duration, per_kg=per_kg)
        for t in at_h
    )


def _study(row: StudyFile) -> WeighedStudy:
    same: dict[str, Any] = {
        key: getattr(row, key)
        for key in ("id", "title", "evidence", "family", "endpoint", "statistic", "protocol",
                    "ratings", "instrument", "baseline_visit", "visit")
    }  # fmt: skip
    return WeighedStudy(
        **same,
        kind=Kind(row.kind),
        role=Role(row.role),
        arms=tuple(Arm(**arm.model_dump()) for arm in row.arm),
        times_h=tuple(row.times_h),
        statements=tuple(row.statements),
        notes=tuple(row.notes),
    )


def outcome(study: WeighedStudy, evidence: Evidence, *, secondary: bool = False) -> Outcome:
    """Return what a study found, from its evidence rows.

    Raises `InputError` when a row may not be fitted (from memory, contested, or secondary unless
    `secondary`), `CatalogError` when a row is missing.
    """
    if study.kind in (Kind.EVENT, Kind.TEST, Kind.SIGNAL, Kind.ASSAY, Kind.DIFFERENCE):
        return _single(study, evidence, secondary)
    value = np.empty((len(study.arms), len(study.times_h)))
    se = np.empty_like(value)
    rows: list[EvidenceRow] = []
    for a, arm in enumerate(study.arms):
        for t, time in enumerate(study.times_h):
            row = _row(study, evidence, time, arm)
            rows.append(row)
            value[a, t], se[a, t] = _share(study, arm, row)
    evidence.fit_for(rows, secondary=secondary)
    return Outcome(study=study.id, value=value, se=se, rows=tuple(rows))


def _share(study: WeighedStudy, arm: Arm, row: EvidenceRow) -> tuple[float, float]:
    """Return a share and its standard error (0: it follows from the model and n)."""
    assert row.value is not None
    if study.kind is Kind.FALLS:
        left = -row.value if study.statistic == "mean_change" else arm.baseline - row.value
        return left / arm.baseline, 0.0
    if row.interval is not None:
        return row.value, (row.interval[1] - row.interval[0]) / (2.0 * Z95)
    n = arm.n or row.n or 1
    p = (row.value * n + 0.5) / (n + 1.0)
    return row.value, math.sqrt(p * (1.0 - p) / n)


def _single(study: WeighedStudy, evidence: Evidence, secondary: bool) -> Outcome:
    row = _row(study, evidence, None if study.kind in (Kind.ASSAY, Kind.DIFFERENCE) else -1.0, None)
    said = tuple(r for e in study.statements for r in evidence.of(study.evidence, endpoint=e))
    evidence.fit_for((row, *said), secondary=secondary)
    assert row.value is not None
    value, se = row.value, 0.0
    if study.kind in (Kind.TEST, Kind.SIGNAL):
        value = math.sqrt(row.value)
    elif row.interval is not None:
        se = (row.interval[1] - row.interval[0]) / (2.0 * Z95)
    return Outcome(study=study.id, value=np.asarray(value), se=np.asarray(se), rows=(row, *said))


def _row(
    study: WeighedStudy, evidence: Evidence, time: float | None, arm: Arm | None
) -> EvidenceRow:
    """Return the one row of an arm at a time; a time below 0 takes any."""
    wanted: dict[str, object] = {"endpoint": study.endpoint, "statistic": study.statistic}
    if time is not None and time >= 0:
        wanted["time_h"] = time
    if arm is not None and arm.drug:
        wanted["drug"] = arm.drug
    if arm is not None and arm.pretreatment:
        wanted["pretreatment"] = arm.pretreatment
    found = evidence.of(study.evidence, **wanted)
    if len(found) != 1:
        raise CatalogError(
            Problem(
                what="a weighed study needs exactly one evidence row for each figure",
                where=f"studies.toml, {study.id}",
                value=shorten(", ".join(f"{k} = {v}" for k, v in wanted.items()), 160),
                why=f"{len(found)} rows say this",
                fix="name endpoint, statistic, drug and time as the evidence writes them",
            )
        )
    return found[0]
