"""What a patient has on board of a medicine, in one sentence, for the one click from the intake."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from crossblock.core.errors import CrossblockError
from crossblock.core.streams import Stream
from crossblock.domain.onboard import OnBoard
from crossblock.exposure.onboard import on_boards
from crossblock.load.compound import compound
from crossblock.load.medication import medication
from crossblock.server.clinic.interactions import Hit

SEED = 20261121


@dataclass(frozen=True, kw_only=True, eq=False)
class Answer:
    """What was computed for a line, or why nothing was."""

    line: str
    command: str
    found: OnBoard | None
    why: str = ""


def sentences_for(hits: Iterable[Hit]) -> tuple[Answer, ...]:
    """Return what is on board of each line that names a medicine the catalog can compute."""
    return tuple(_answer(h) for h in hits if h.interaction.on_board)


def _answer(hit: Hit) -> Answer:
    try:
        taken = medication(hit.line)
        known = {taken.compound: compound(taken.compound)}
        (found,) = on_boards([taken], known, stream=Stream(SEED, "on board"))
        return Answer(line=hit.line, command=hit.command, found=found)
    except CrossblockError as error:
        first = error.problems[0]
        return Answer(
            line=hit.line, command=hit.command, found=None, why=f"{first.what}. {first.fix}"
        )
