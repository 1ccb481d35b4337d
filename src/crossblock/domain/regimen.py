"""A regimen: what people of a weighed study were given, times from the start of the first drug."""

from __future__ import annotations

from dataclasses import dataclass

from crossblock.domain.dose import Dose


@dataclass(frozen=True, kw_only=True, slots=True)
class Regimen:
    """Doses of a drug and a blocker, when belief begins, and when people are looked at.

    `drug`, `blocker` are catalog names or ""; a regimen without drug is its placebo. `believed_h`
    are the starts of belief (one for each session); `prolonged` says that a drug which slows the
    loss of effect was on board; `looks_h` are the times of ratings in h.
    """

    id: str
    words: str
    drug: str = ""
    drug_doses: tuple[Dose, ...] = ()
    blocker: str = ""
    blocker_doses: tuple[Dose, ...] = ()
    believed_h: tuple[float, ...] = ()
    prolonged: bool = False
    looks_h: tuple[float, ...]

    def look(self, time_h: float) -> int:
        """Return the index of the look nearest to `time_h`; it must be one of them."""
        found = [k for k, t in enumerate(self.looks_h) if abs(t - time_h) < 1e-6]
        if not found:
            raise ValueError(f"regimen {self.id} is not looked at after {time_h:g} h")
        return found[0]
