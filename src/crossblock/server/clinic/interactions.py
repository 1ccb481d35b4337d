"""What is known about ketamine beside another medicine, said plainly, from the catalog.

Each file of `catalog/interactions/` names the words it is found by, what was found in people, what
is not known, and where both come from. It says what is known, never what to do.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from pydantic import BaseModel, ConfigDict, Field

from crossblock.domain.fact import Confidence
from crossblock.load import catalog, tomlfile


class Finding(BaseModel):
    """One sentence with its source."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    says: str = Field(min_length=10)
    source: str
    confidence: Confidence

    @property
    def amber(self) -> bool:
        return self.confidence.amber


class Interaction(BaseModel):
    """A class of medicines beside ketamine."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    schema_: str = Field(alias="schema")
    id: str
    name: str
    words: tuple[str, ...] = Field(min_length=1)
    route_words: tuple[str, ...] = ()
    """Words that must also be in the line (depot); empty means none."""
    not_words: tuple[str, ...] = ()
    plain: str
    """The one sentence that everybody should read."""
    found: tuple[Finding, ...] = Field(min_length=1)
    unknown: tuple[str, ...] = ()
    ask: tuple[str, ...] = ()
    """What to find out before a session."""
    on_board: bool = False
    """True where `crossblock expose --on-board` can say how much is there."""
    sources: dict[str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Hit:
    """An interaction found in a line of medicines."""

    line: str
    interaction: Interaction

    @property
    def command(self) -> str:
        """The command that computes what is on board, ready to copy; "" where none can."""
        if not self.interaction.on_board:
            return ""
        clean = re.sub(r"[^A-Za-z0-9 ,.;:/µ%()-]", "", self.line)
        return f'crossblock expose --on-board "{clean}"'


@cache
def every() -> tuple[Interaction, ...]:
    """Return all interactions of the catalog, by name of file."""
    return tuple(
        tomlfile.validated(
            Interaction,
            tomlfile.data(catalog.path("interactions", name)),
            f"catalog interaction {name}",
        )
        for name in catalog.names("interactions")
    )


def found(lines: Iterable[str]) -> tuple[Hit, ...]:
    """Return what the catalog knows about each line, in order; unknown words give nothing."""
    return tuple(
        Hit(line=line, interaction=one) for line in lines for one in every() if _meets(one, line)
    )


def unread(lines: Iterable[str]) -> tuple[str, ...]:
    """Return the lines that the catalog knows nothing about: silence is not safety."""
    return tuple(
        line
        for line in lines
        if line.strip().lower() not in {"none", "no", "-"}
        and not any(_meets(one, line) for one in every())
    )


def _meets(one: Interaction, line: str) -> bool:
    text = line.lower()

    def has(words: Iterable[str]) -> bool:
        return any(re.search(rf"\b{re.escape(w)}", text) for w in words)

    if not has(one.words) or (one.not_words and has(one.not_words)):
        return False
    return not one.route_words or has(one.route_words)
