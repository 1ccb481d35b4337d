"""Blinding: who is kept from knowing what."""

from __future__ import annotations

from typing import Literal

from crossblock.domain.model import Model, Note, Some, Text
from crossblock.domain.source import Sourced

Role = Literal[
    "participant",
    "session rater",
    "outcome rater",
    "investigator",
    "care provider",
    "pharmacist",
    "statistician",
    "monitor",
    "sponsor",
]
Secret = Literal["condition", "sequence", "drug", "blocker", "earlier scores"]


class BlindRole(Model):
    """One role and what it does not know."""

    role: Role
    blind_to: Sourced[Some[Secret]]


class Blinding(Model):
    """Who is blind to what. A role that is not named knows everything."""

    masking: Sourced[Text]
    """In the words of the source: double-blind, triple, none (open label)."""
    roles: Some[BlindRole] | None = None
    note: Note = ""

    def blind_to(self, role: str) -> tuple[str, ...]:
        """Return what a role must not learn; () when it knows everything."""
        return tuple(s for r in self.roles or () if r.role == role for s in r.blind_to.value)
