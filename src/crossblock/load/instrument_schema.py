"""The shape of an instrument file and of a wording file, checked strictly before use."""

from __future__ import annotations

import math
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class Row(BaseModel):
    """Strict and closed: a misspelled key is an error, never ignored."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


class GateFile(Row):
    item: str
    at_least: float


class ItemFile(Row):
    id: str
    number: int
    label: str
    minimum: float = 0.0
    maximum: float = 0.0
    values: list[float] = []
    anchors: dict[str, str] = {}
    continuous: bool = False
    text: bool = False
    unit: str = ""
    suicide: bool = False
    asked_if: GateFile | None = None
    loinc: str = ""


class BandFile(Row):
    name: str
    minimum: float
    maximum: float


class ScaleFile(Row):
    id: str
    name: str
    minimum: float
    maximum: float
    rule: Literal["sum", "max", "count"] = "sum"
    of: list[str] | Literal["all", "none"]
    weights: list[float] = []
    at_least: float = 0.0
    lower_is_better: bool | None = None
    whole: bool = True
    loinc: str = ""
    bands: list[BandFile] = []


class MissingFile(Row):
    rule: Literal["refuse", "prorate", "zero"]
    most: int = 0


class FactFile(Row):
    source: str
    confidence: Literal[
        "read",
        "abstract",
        "registry",
        "secondary",
        "open data",
        "computed",
        "memory",
        "assumed",
    ]
    note: str = ""


class CutoffFile(Row):
    scale: str
    at_least: float
    meaning: str
    group: str = ""


class AlertFile(Row):
    of: str
    action: Literal["screen", "block"]
    message: str
    at_least: float = -math.inf
    at_most: float = math.inf


class InstrumentFile(Row):
    schema_: Literal["crossblock/instrument/1"] = Field(alias="schema")
    id: str
    name: str
    short_name: str
    family: Literal[
        "efficacy",
        "suicidality",
        "dissociation",
        "opioid_like",
        "safety",
        "blinding",
        "eligibility",
    ]
    rater: Literal["clinician", "self", "either"]
    recall: str
    primary: str = ""
    license: str
    wording_may_ship: bool
    response: float | None = None
    remission: float | None = None
    remission_alternatives: list[float] = []
    repeats: str = ""
    loinc: str = ""
    notes: list[str] = []
    alternatives: list[list[str]] = []
    missing: MissingFile
    item: list[ItemFile] = []
    scale: list[ScaleFile] = []
    cutoff: list[CutoffFile] = []
    alert: list[AlertFile] = []
    facts: dict[str, FactFile]
    sources: dict[str, str]


class WordingFile(Row):
    text: str
    anchors: dict[str, str] = {}


class OverlayFile(Row):
    schema_: Literal["crossblock/wording/1"] = Field(alias="schema")
    instrument: str
    language: str
    rights: str
    item: dict[str, WordingFile]
