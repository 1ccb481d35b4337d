"""Words that the texts of the kit share: lists, tables, marks of what is assumed or still open."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from crossblock.domain.protocol import Protocol
from crossblock.domain.source import Claim, words
from crossblock.domain.trial_plan import TrialPlan


def open_line(what: str) -> str:
    """Return a line that somebody has to write."""
    return f"[to be written: {what}]"


def stated(claim: Claim[Any] | None, missing: str) -> str:
    """Return a claimed value, marked where it is assumed; an open line where it is not stated."""
    if claim is None:
        return open_line(missing)
    mark = f" (ASSUMED{': ' + claim.note if claim.note else ''})" if claim.amber else ""
    return f"{words(claim.value)}{mark}"


def listed(lines: Iterable[str], otherwise: str = "none") -> str:
    """Return lines as a Markdown list."""
    found = list(lines)
    return "\n".join(f"- {line}" for line in found) if found else f"- {otherwise}"


def table(headers: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table."""
    lines = [list(headers), ["---"] * len(headers), *rows]
    return "\n".join("| " + " | ".join(_cell(x) for x in row) + " |" for row in lines)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def percent(share: float) -> str:
    return f"{100 * share:.0f} %"


def assumptions(study: Protocol, plan: TrialPlan) -> str:
    """Return every assumed or remembered value of file and plan, as a table."""
    rows = [
        (a.path, a.value, a.confidence, a.note or "no source was read") for a in study.assumptions()
    ]
    rows += [
        (v.name, f"{v.value:g} {v.unit}", str(v.confidence), v.source)
        for v in plan.values
        if v.amber
    ]
    return table(("Value", "Is", "How", "Reason"), rows)
