"""How a protocol is carried out: sites, the gate before the blocker, limits in the visit.

What a protocol leaves to the people who run it, in one file beside it. Thresholds that were only
assumed stay visible. The server binds the hash of this file to every act, like the protocol's.
"""

from __future__ import annotations

import hashlib
import json
import re
from functools import cached_property
from typing import Annotated, Literal

from pydantic import Field

from crossblock.domain.model import Id, Label, Many, Model, Note, Some, Text
from crossblock.domain.source import Assumption, Sourced, claims, words

FORMAT = "crossblock/conduct/1"
Positive = Annotated[float, Field(gt=0, lt=1e6)]
Days = Annotated[float, Field(ge=0, le=3650)]
Hours = Annotated[float, Field(gt=0, le=87_600)]


class Contact(Model):
    """Somebody to whom a participant turns in a crisis."""

    who: Label
    how: Label

    @property
    def tel(self) -> str:
        """The number to dial, when `how` is one and nothing else; a phone then calls by a touch."""
        digits = "".join(c for c in self.how if c.isdigit() or c == "+")
        return digits if re.fullmatch(r"[+\d][\d\s()/.-]{2,}", self.how.strip()) else ""


class Site(Model):
    """A place where participants are seen."""

    id: Id
    label: Label
    zone: Label = "UTC"
    """Time zone by its IANA name, for windows and everything a person reads."""
    language: Label | None = None
    """In which its forms are worded (BCP 47: de), where the study's folder holds a wording."""
    level: Label | None = None
    """Its level of the stratum "site", where the protocol stratifies by it."""
    crisis: Many[Contact] = ()
    """Shown to a participant first whose own answers raise an alert."""


class Gate(Model):
    """What must hold before the blocker is handed out, in every period.

    An opioid agonist on board always stops it: the blocker would precipitate withdrawal.
    """

    opioid_free_days: Sourced[Days]
    """At least this long since the last opioid."""
    long_acting_free_days: Sourced[Days]
    """The same after methadone or buprenorphine."""
    liver_limit: Sourced[Positive]
    """Highest ALT or AST, as a multiple of the upper limit of normal."""
    valid_hours: Sourced[Hours]
    """The gate is repeated when it was passed longer ago than this."""


class Limit(Model):
    """An answer or score that an instrument must keep to."""

    instrument: Id
    of: Id
    """An item or a scale of the instrument."""
    at_most: float | None = None
    at_least: float | None = None
    label: Text


class Raised(Model):
    """An alert threshold of this study, beside or instead of the instrument's own."""

    instrument: Id
    of: Id
    at_least: Sourced[float]
    action: Literal["screen", "block"] = "block"
    message: Text


class Safety(Model):
    """Limits before discharge, and when somebody must act within the visit."""

    discharge: Many[Limit] = ()
    """All must hold before a participant may leave after a session."""
    alerts: Many[Raised] = ()
    """Thresholds of this study; for the same item they replace those of the instrument."""
    rise: Many[Raised] = ()
    """A rise from the period's baseline of at least this many points."""
    harm_limit: Sourced[Annotated[int, Field(ge=1, le=100_000)]] | None = None
    """Serious adverse events, both conditions together, at which the study pauses for review."""


class Forms(Model):
    """Instruments that the conduct of the study adds to those of the protocol's visits."""

    session: Many[Id] = ("session-vitals",)
    """At every session visit."""
    guess: Id | None = "blinding-guess"
    """At the end of each period, by participant, session rater and outcome rater, each alone."""
    event: Id | None = "adverse-events"
    screener: Id | None = "cssrs-screener"
    """Asked at once when an answer calls for it."""


class Conduct(Model):
    """One study's conduct."""

    format: Literal["crossblock/conduct/1"] = Field(alias="schema")
    sites: Some[Site]
    gate: Gate
    safety: Safety = Safety()
    forms: Forms = Forms()
    earlier_scores: Literal["hidden", "shown"] = "hidden"
    """Whether a rater sees earlier scores of the same participant."""
    answers_monitored: bool = False
    """Whether people of the study watch participants' own answers at all hours; the server calls
    nobody."""
    words_that_unblind: Many[Label] = ()
    """Free text with one of these is kept, and shown to the monitor only."""
    note: Note = ""

    @cached_property
    def sha256(self) -> str:
        """Hash of the content: comments, key order and spacing do not matter."""
        content = self.model_dump(mode="json", by_alias=True, exclude_defaults=True)
        text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()

    def site(self, site_id: str) -> Site:
        """Return the site of this id; KeyError when there is none."""
        return {s.id: s for s in self.sites}[site_id]

    def assumptions(self) -> tuple[Assumption, ...]:
        """Return every threshold that is only remembered or assumed."""
        return tuple(
            Assumption(path=path, value=words(c.value), confidence=c.confidence, note=c.note)
            for path, c in claims(self)
            if c.amber
        )
