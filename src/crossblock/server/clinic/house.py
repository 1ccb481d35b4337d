"""A clinic's own facts, from `clinic.toml`: its name, its contacts, who is paged, what it measures.

name = "Example clinic"
zone = "Europe/Berlin"
answers_monitored = false
page_to = "clinician@example.org"
[[crisis]]
who = "Emergency number"
how = "112"
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from pydantic import BaseModel, ConfigDict, Field, field_validator

from crossblock.core.errors import InputError, Problem, shorten
from crossblock.load import tomlfile

MONTH_DAYS = 365.25 / 12


class Strict(BaseModel):
    """A table in which an unknown key is a typing error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Contact(Strict):
    """Somebody to turn to in a crisis."""

    who: str = Field(min_length=1, max_length=120)
    how: str = Field(min_length=1, max_length=120)

    @property
    def tel(self) -> str:
        """The number to dial, when `how` is one and nothing else; a phone then calls by a touch."""
        digits = "".join(c for c in self.how if c.isdigit() or c == "+")
        return digits if re.fullmatch(r"[+\d][\d\s()/.-]{2,}", self.how.strip()) else ""


class House(Strict):
    """The facts of one clinic. Doses in mg/kg, times in minutes after the dose began."""

    name: str = Field(min_length=1, max_length=120)
    zone: str
    crisis: tuple[Contact, ...] = Field(min_length=1)
    contact: tuple[Contact, ...] = ()
    """How patients reach the clinic itself, when nothing is urgent."""
    answers_monitored: bool = False
    page_to: str
    escalate_to: str = ""
    """Who is paged when nobody has acknowledged in time."""
    page_command: tuple[str, ...] = ()
    """A program and its arguments that calls somebody outside this server (`clinic.calling`)."""
    acknowledge_min: int = Field(default=30, ge=1, le=1440)
    usual_mg_per_kg: float = Field(default=0.5, gt=0, le=5)
    """Of the intravenous racemate, the reference for the question about an unusual dose."""
    vitals_at_min: tuple[int, ...] = (0, 40, 120)
    watch_min: int = Field(default=120, ge=0, le=1440)
    """How long after the dose began a patient stays at least."""
    review_within_months: int = Field(default=6, ge=1, le=24)
    """How far ahead the next review of a long-term plan may lie; the default is assumed."""
    main_rating: Literal["madrs", "hamd17"] = "madrs"
    own_rating: Literal["qids-sr16", "phq9"] = "qids-sr16"

    def review_by(self, made: date) -> date:
        """Return the last day on which a plan of this day may next be reviewed."""
        return made + timedelta(days=round(self.review_within_months * MONTH_DAYS))

    @field_validator("zone")
    @classmethod
    def _known(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError):
            raise ValueError("no such time zone; write one like Europe/Berlin") from None
        return value


SITE = "clinic"
"""The one site of a clinic's grants."""


@lru_cache(maxsize=8)
def read(folder: Path) -> House:
    """Return the clinic of a folder; InputError when there is none."""
    file = folder / "clinic.toml"
    if not file.is_file():
        raise InputError(
            Problem(
                what="this folder holds no clinic",
                where=shorten(str(folder)),
                why="a clinic is a folder with clinic.toml in it",
                fix="write one (docs/clinic.md), or look around first: crossblock clinic --demo",
            )
        )
    return tomlfile.validated(House, tomlfile.data(file), "clinic.toml")


def current() -> House:
    """Return the clinic that this process serves."""
    return read(Path(settings.STUDY_FOLDER))
