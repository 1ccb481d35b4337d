"""A fact with its source, and how it was met.

Facts that are only remembered or assumed are allowed; they stay visible (amber) wherever shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Confidence(StrEnum):
    """How a fact came to us: where it was read, or that nothing was read for it."""

    READ = "read"
    ABSTRACT = "abstract"
    REGISTRY = "registry"
    SECONDARY = "secondary"
    OPEN_DATA = "open data"
    COMPUTED = "computed"
    MEMORY = "memory"
    ASSUMED = "assumed"

    @property
    def amber(self) -> bool:
        """Tell whether a reader must be warned that no text was read for this fact."""
        return self in (Confidence.MEMORY, Confidence.ASSUMED)


@dataclass(frozen=True, kw_only=True, slots=True)
class Fact:
    """Where one part of an instrument or a table comes from; `source` is a key of its file."""

    about: str
    source: str
    confidence: Confidence
    note: str = ""
