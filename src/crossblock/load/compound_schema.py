"""The shape of a compound file, checked strictly before any number is believed."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Confidence = Literal["read", "abstract", "registry", "secondary", "computed", "memory", "assumed"]
Receptor = Literal["NMDA", "mu", "kappa", "delta", "5-HT2A", "D2"]
Route = Literal["iv", "oral", "im", "im-depot", "nasal", "sublingual", "buccal", "subcutaneous"]
Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9 ,()+._-]{0,63}$")]
Words = Annotated[str, Field(max_length=2000)]
Finite = Annotated[float, Field(allow_inf_nan=False)]


class Row(BaseModel):
    """Strict and closed: a misspelled key is an error, never ignored."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class Number(Row):
    """One sourced number; `cv` is a fraction, `spread` says what low and high are."""

    value: Finite
    unit: Annotated[str, Field(min_length=1, max_length=32)]
    source: Annotated[str, Field(min_length=1)]
    confidence: Confidence
    cv: Annotated[float, Field(ge=0, le=10)] | None = None
    low: Finite | None = None
    high: Finite | None = None
    spread: Words = ""
    note: Words = ""


class SourceRow(Row):
    text: Annotated[str, Field(min_length=3)]
    doi: str = ""


class AnalyteRow(Row):
    id: Name
    title: Words = ""
    molar_mass: Number
    unbound: Number | None = None
    csf: Number | None = None
    parts: dict[Name, Annotated[float, Field(gt=0, le=1)]] = {}


class MetaboliteRow(Row):
    analyte: Name
    parent: Name
    transits: Annotated[int, Field(ge=0, le=10)] = 0
    parameters: dict[str, Number]
    note: Words = ""


class SetRow(Row):
    id: Name
    title: Words
    analyte: Name
    structure: Literal["compartments", "portal", "noncompartmental"]
    population: Annotated[str, Field(min_length=3)]
    sampling_site: Literal["venous", "arterial", "venous and arterial", "not stated"]
    scaling: Literal["allometric", "allometric, central terms", "per kilogram", "none"]
    weight: Number
    parameters: dict[str, Number]
    routes: dict[Route, dict[str, Number]] = {}
    metabolite: list[MetaboliteRow] = []
    note: Words = ""


class BorrowRow(Row):
    compound: Name
    set: Name | None = None
    affinities: list[Name] = []
    analytes: dict[Name, Name] = {}
    note: Words = ""


class BlockadeRow(Row):
    id: Name
    receptor: Receptor
    route: Route
    population: Annotated[str, Field(min_length=3)]
    parameters: dict[str, Number]
    ratios: dict[Receptor, Number] = {}
    note: Words = ""


class AffinityRow(Row):
    set: Name
    ligand: Name
    receptor: Receptor
    assay: Words
    parameters: dict[str, Number]
    note: Words = ""


class FigureRow(Row):
    id: Name
    analyte: Name
    quantity: Words
    population: Words
    sampling_site: Words = ""
    number: Number


class ScanRow(Row):
    """One human measurement of blockade; times in h from the last dose."""

    study: Words
    method: Words
    people: Annotated[int, Field(gt=0)] | None = None
    receptor: Receptor = "mu"
    route: Route
    dose: Annotated[float, Field(ge=0, allow_inf_nan=False)]
    per_kg: bool = False
    count: Annotated[int, Field(ge=1, le=1000)] = 1
    every_h: Annotated[float, Field(gt=0)] = 24.0
    time_h: Annotated[float, Field(gt=0, allow_inf_nan=False)]
    window: Words
    relative_to_h: Annotated[float, Field(gt=0)] | None = None
    blockade: Number


class StudyRow(Row):
    """What one human study found in people who had this compound on board."""

    text: Words
    source: Annotated[str, Field(min_length=1)]
    confidence: Confidence
    note: Words = ""


class NotFoundRow(Row):
    what: Words
    searched: Words


class CompoundFile(Row):
    """The whole file."""

    schema_: Annotated[Literal["crossblock/compound/1"], Field(alias="schema")]
    id: Name
    title: Words
    kind: Literal["drug", "blocker", "drug and blocker", "comparator", "modifier", "agonist"]
    summary: Words
    default_set: str = ""
    sources: dict[str, SourceRow] = {}
    analyte: list[AnalyteRow] = []
    set: list[SetRow] = []
    borrow: list[BorrowRow] = []
    blockade: list[BlockadeRow] = []
    affinity: list[AffinityRow] = []
    figure: list[FigureRow] = []
    scan: list[ScanRow] = []
    on_board: list[StudyRow] = []
    unknown: list[Words] = []
    not_found: list[NotFoundRow] = []
