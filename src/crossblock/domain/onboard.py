"""What a person already has on board on a date: computed, found in people, and not known."""

from __future__ import annotations

from dataclasses import dataclass

from crossblock.core.quantity import Quantity
from crossblock.domain.compound import StudyNote
from crossblock.domain.curve import Curve
from crossblock.domain.dose import Dose
from crossblock.domain.receptor import ReceptorId


@dataclass(frozen=True, kw_only=True, slots=True)
class Medication:
    """What a person takes. Doses count in h from the session, so all start before 0.

    `said` repeats what was understood; `taken` names what was not given and was filled in. `level`
    is a measured concentration in plasma (mg/L or nmol/L), for agonists without a dose model.
    """

    compound: str
    doses: tuple[Dose, ...] = ()
    level: Quantity | None = None
    said: str = ""
    taken: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Held:
    """The share of one receptor that is held on the date, 0-1, with its band where known."""

    receptor: ReceptorId
    fraction: float
    low: float | None
    high: float | None
    band: str


@dataclass(frozen=True, kw_only=True, eq=False)
class OnBoard:
    """What is on board at `at_h`. `held` is empty where no sourced numbers were found.

    `sentence` says it in one line; `found` are human studies; `unknown` is what nobody has shown;
    `course` is blockade around the date, where a dose model exists.
    """

    compound: str
    title: str
    at_h: float
    held: tuple[Held, ...]
    sentence: str
    found: tuple[StudyNote, ...]
    unknown: tuple[str, ...]
    assumed: tuple[str, ...]
    warnings: tuple[str, ...]
    said: str = ""
    course: Curve | None = None
