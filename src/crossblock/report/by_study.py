"""Which study speaks against which account? How much less each account expected its report."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from crossblock.domain.account import MechanismRow
from crossblock.report import matrix, number
from crossblock.report.figure import Figure, Words


def figure(mechanisms: Sequence[MechanismRow], titles: Mapping[str, str]) -> Figure | None:
    """Return a matrix of variants by studies; None where no study of mechanism was weighed.

    `titles` maps ids of studies to their names.
    """
    studies = list(dict.fromkeys(s for m in mechanisms for s in m.each))
    if not studies:
        return None
    best = {s: max(m.each[s] for m in mechanisms) for s in studies}
    times = {
        (m.id, s): math.exp(min(best[s] - m.each[s], 20.0)) for m in mechanisms for s in studies
    }
    rows = tuple(
        matrix.Row(
            label=f"{m.label} · {m.title}",
            cells=tuple(_cell(times[m.id, s]) for s in studies),
        )
        for m in mechanisms
    )
    against, where = max(times, key=lambda k: times[k])
    who = next(m.label for m in mechanisms if m.id == against)
    heads = [titles.get(s, s) for s in studies]
    title = (
        f"{_bracketed(titles.get(where, where))} speaks most, against {who}: "
        f"{number.short(times[against, where])} times less expected than under the best account"
    )
    words = Words(
        title=title,
        subtitle="Cell: how many times less the account expected this report than the account that "
        "expected it most (1: as much as any). The reports multiply.",
        description=title,
        sentence=f"{title}.",
    )
    return matrix.figure(id="by-study", columns=heads, rows=rows, words=words, corner="Variant")


def _bracketed(title: str) -> str:
    """Return "Williams 2018 (responders)" for "Williams 2018, responders"."""
    name, comma, remark = title.partition(", ")
    return f"{name} ({remark})" if comma else name


def _cell(times: float) -> matrix.Cell:
    return matrix.Cell(
        text=number.fixed(times, 1), share=min(math.log(times) / math.log(30.0), 1.0)
    )
