"""The studies file to `Weighing`, and evidence rows to the outcome of one study."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
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
LEAST_PEOPLE = 3
# kind -> whether it needs two arms, people in each arm, a baseline of each arm
NEEDS = {
    "ratings": (True, False, False),
    "falls": (False, True, True),
    "responses": (False, False, False),
    "event": (True, True, False),
    "test": (True, True, False),
    "signal": (True, False, False),
    "assay": (True, True, False),
    "difference": (True, True, True),
}


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
    arm: list[ArmFile] = []
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
    problems = [p for s in file.study for p in (*_problems(s, looks, where), *_bare(s, where))]
    ids = [r.id for r in regimens]
    problems += [
        _wrong(where, n, n, "two regimens have this id", "give each regimen an id of its own")
        for n in sorted({n for n in ids if ids.count(n) > 1})
    ]
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


def _bare(study: StudyFile, where: str) -> list[Problem]:
    """Return what a study of its kind needs and does not state."""
    if not study.arm:
        why = "a result belongs to what people were given"
        return [_wrong(where, study.id, "no arm", why, "list its arms under arm = [...]")]
    found = []
    two, people, baseline = NEEDS[study.kind]
    if two and len(study.arm) < 2:
        why = "nothing can be compared with one arm"
        found.append(_wrong(where, study.id, study.arm[0].label, why, "give both arms"))
    for arm in study.arm:
        if people and arm.n < LEAST_PEOPLE:
            why = f"the kind {study.kind} needs at least {LEAST_PEOPLE} people in each arm"
            found.append(_wrong(where, study.id, f"{arm.label}: n = {arm.n}", why, "give n"))
        if baseline and arm.baseline <= 0:
            why = "a fall is a share of the baseline"
            text = f"{arm.label}: baseline = {arm.baseline:g}"
            found.append(_wrong(where, study.id, text, why, "give the mean baseline, in points"))
    if study.kind == "ratings":
        return found
    if not study.endpoint or not study.statistic:
        why = "its figure must be found among the evidence rows"
        fix = "name endpoint and statistic as the evidence writes them"
        found.append(_wrong(where, study.id, study.kind, why, fix))
    elif study.kind in ("test", "signal") and study.statistic != "F":
        why = "a comparison enters through its F, with degrees of freedom"
        found.append(_wrong(where, study.id, study.statistic, why, 'use statistic = "F"'))
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
    value = _number(study, row)
    if study.kind is Kind.FALLS:
        left = -value if study.statistic == "mean_change" else arm.baseline - value
        return left / arm.baseline, 0.0
    if not 0.0 <= value <= 1.0:
        raise CatalogError(_unusable(study, row, "a share of people lies between 0 and 1"))
    if row.interval is not None:
        return value, (row.interval[1] - row.interval[0]) / (2.0 * Z95)
    n = arm.n or row.n or 1
    p = (value * n + 0.5) / (n + 1.0)
    return value, math.sqrt(p * (1.0 - p) / n)


def _number(study: WeighedStudy, row: EvidenceRow) -> float:
    if row.value is None:
        raise CatalogError(_unusable(study, row, "it states words, and a number is needed"))
    return row.value


def _unusable(study: WeighedStudy, row: EvidenceRow, why: str) -> Problem:
    return Problem(
        what=f"an evidence row cannot carry the result of {study.id}",
        where=row.id,
        value=shorten(f"{row.endpoint}, {row.statistic}: {row.shown}", 160),
        why=why,
        fix="name the endpoint and statistic of a row that states it",
    )


def _single(study: WeighedStudy, evidence: Evidence, secondary: bool) -> Outcome:
    row = _row(study, evidence, None if study.kind in (Kind.ASSAY, Kind.DIFFERENCE) else -1.0, None)
    said = tuple(r for e in study.statements for r in evidence.of(study.evidence, endpoint=e))
    evidence.fit_for((row, *said), secondary=secondary)
    value, se = _number(study, row), 0.0
    if study.kind in (Kind.TEST, Kind.SIGNAL):
        value = math.sqrt(value)
    elif study.kind is Kind.EVENT and not (value.is_integer() and 0 <= value <= study.arms[0].n):
        why = f"responders are counted, from 0 to {study.arms[0].n} people"
        raise CatalogError(_unusable(study, row, why))
    elif row.interval is not None:
        se = (row.interval[1] - row.interval[0]) / (2.0 * Z95)
    return Outcome(study=study.id, value=np.asarray(value), se=np.asarray(se), rows=(row, *said))


def _row(
    study: WeighedStudy, evidence: Evidence, time: float | None, arm: Arm | None
) -> EvidenceRow:
    """Return the one row of an arm at a time; a time below 0 takes any."""
    wanted = _wanted(study, time, arm)
    found = evidence.of(study.evidence, **wanted)
    if len({_stated(r) for r in found}) == 1:
        return found[0]  # one figure, stated once or more
    if any(r.id in evidence.contested for r in found):
        evidence.fit_for(found, secondary=True)
    if len(found) != 1:
        raise CatalogError(_missing(study, wanted, len(found)))
    return found[0]


def _missing(study: WeighedStudy, wanted: dict[str, object], found: int) -> Problem:
    return Problem(
        what="a weighed study needs exactly one evidence row for each figure",
        where=study.id,
        value=shorten(", ".join(f"{k} = {v}" for k, v in wanted.items()), 160),
        why=f"{found} rows say this",
        fix="name endpoint, statistic, drug and time as the evidence writes them",
    )


def _wanted(study: WeighedStudy, time: float | None, arm: Arm | None) -> dict[str, object]:
    """Return the fields by which the row of an arm at a time is found."""
    wanted: dict[str, object] = {"endpoint": study.endpoint, "statistic": study.statistic}
    if time is not None and time >= 0:
        wanted["time_h"] = time
    if arm is not None and arm.drug:
        wanted["drug"] = arm.drug
    if arm is not None and arm.pretreatment:
        wanted["pretreatment"] = arm.pretreatment
    return wanted


def unfit(weighing: Weighing, evidence: Evidence) -> dict[str, Problem]:
    """Return the studies that rest on rows which contradict each other, each with its problem.

    They are to be left out, and said, until a person decides which row holds. No value is read,
    rows are only compared with each other.
    """
    out: dict[str, Problem] = {}
    for study in weighing.studies:
        if study.kind is Kind.RATINGS:
            continue
        cells = [evidence.of(study.evidence, **_wanted(study, *c)) for c in _cells(study)]
        torn = [r.id for rows in cells if _contested(rows, evidence) for r in rows]
        if torn:
            out[study.id] = Problem(
                what=f"a study was left out of the weighing: {study.id}",
                where=shorten(", ".join(torn), 160),
                value=shorten(study.title),
                why="rows state its result differently",
                fix="keep the row that the source states",
            )
    return out


def _contested(rows: Sequence[EvidenceRow], evidence: Evidence) -> bool:
    """Tell whether rows of one figure differ, or one of them is contradicted elsewhere."""
    return len({_stated(r) for r in rows}) > 1 or any(r.id in evidence.contested for r in rows)


def _stated(row: EvidenceRow) -> tuple[object, ...]:
    return (row.value, row.words, row.n, row.interval)


def check(studies: Iterable[WeighedStudy], evidence: Evidence, *, secondary: bool = False) -> None:
    """Refuse, before anything is computed, studies to be fitted without a row that may be.

    Raises `InputError` as `outcome` does, `CatalogError` for a missing row. No value is read.
    """
    for study in studies:
        if study.kind is Kind.RATINGS or study.role is Role.HELD_OUT:
            continue
        for time, arm in _cells(study):
            wanted = _wanted(study, time, arm)
            rows = evidence.of(study.evidence, **wanted)
            if not rows:
                raise CatalogError(_missing(study, wanted, 0))
            evidence.fit_for(rows, secondary=secondary)


def _cells(study: WeighedStudy) -> list[tuple[float | None, Arm | None]]:
    """Return the times and arms that need a row each; one of neither where one row says all."""
    if study.kind in (Kind.FALLS, Kind.RESPONSES):
        return [(time, arm) for arm in study.arms for time in study.times_h]
    return [(None, None)]
