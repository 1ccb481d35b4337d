"""Which accounts do the data tell apart? Bayes factors of every pair, with their error."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from crossblock.domain.odds import Parted
from crossblock.report import matrix, number
from crossblock.report.figure import Figure, Table, Words
from crossblock.report.odds import ACCOUNTS

Z = 1.96  # half width of a 95 % range in standard errors
LEAST = 3.0  # Bayes factor from which two accounts are told apart


def figure(pairs: Sequence[Parted]) -> Figure | None:
    """Return the pairs as a matrix: the row's account over the column's; None without a pair."""
    if not pairs:
        return None
    labels = list(dict.fromkeys(x for p in pairs for x in (p.first, p.second)))
    by = {(p.first, p.second): p for p in pairs}
    rows = tuple(
        matrix.Row(
            label=f"{a} · {ACCOUNTS[a]}",
            cells=tuple(_cell(by, a, b) for b in labels),
        )
        for a in labels
    )
    title = finding(pairs)
    words = Words(
        title=title,
        subtitle="Cell: how many times better the row's account expects the studies than the "
        "column's (Bayes factor). White: below 3 either way, not distinguished. Shaded: 3 or more; "
        "dark where Monte Carlo error cannot undo that.",
        description=title,
        sentence=f"{title}.",
    )
    drawn = matrix.figure(id="apart", columns=labels, rows=rows, words=words, corner="Account")
    return replace(drawn, table=_table(pairs))


def finding(pairs: Sequence[Parted]) -> str:
    """Return how many pairs are told apart, in words."""
    close = [p for p in pairs if not p.told_apart]
    if not close:
        return f"The data tell all {len(pairs)} pairs of accounts apart"
    return f"These data do not distinguish them: {number.of(len(close), len(pairs), 'pairs')}"


def factor(log: float) -> str:
    """Return a Bayes factor for people: "3.6", "1/3.6", "73"."""
    size = math.exp(min(abs(log), 20.0))
    text = number.fixed(size, 0 if size >= 20 else 1)
    return text if log >= 0 or text == "1.0" else f"1/{text}"


def _log(by: dict[tuple[str, str], Parted], a: str, b: str) -> tuple[float, float, bool]:
    """Return the log Bayes factor of a over b, half its Monte Carlo range, and if told apart."""
    pair, sign = (by[a, b], 1.0) if (a, b) in by else (by[b, a], -1.0)
    return sign * pair.log_bayes_factor, Z * pair.error, pair.told_apart


def _cell(by: dict[tuple[str, str], Parted], a: str, b: str) -> matrix.Cell:
    if a == b:
        return matrix.Cell(text="", share=None)
    log, reach, apart = _log(by, a, b)
    shade = 0.1 if not apart else 0.45 if abs(log) - reach < math.log(LEAST) else 0.65
    return matrix.Cell(text=factor(log), share=shade)


def _table(pairs: Sequence[Parted]) -> Table:
    return Table(
        caption="Bayes factor of the first over the second, with its 95 % Monte Carlo range",
        headers=("First", "Second", "Bayes factor", "Monte Carlo range", "So they are"),
        rows=tuple(
            (
                p.first,
                p.second,
                factor(p.log_bayes_factor),
                f"{factor(p.log_bayes_factor - Z * p.error)} to "
                f"{factor(p.log_bayes_factor + Z * p.error)}",
                "told apart" if p.told_apart else "not distinguished",
            )
            for p in pairs
        ),
    )
