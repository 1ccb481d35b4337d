"""How the truths of a run are named: what differs between them, in words and as a number."""

from __future__ import annotations

from collections.abc import Sequence

from crossblock.domain.characteristics import Characteristics
from crossblock.report import number

WORDS = {
    "fraction": "of the drug's own effect blockable",
    "icc": "correlation between sessions",
    "expectancy": "points of expectancy",
    "dropout_first": "leave after the first session",
}
SHARES = frozenset({"fraction", "dropout_first", "dropout_later", "specific"})


def varied(found: Sequence[Characteristics]) -> tuple[str, ...]:
    """Return the numbers of the truth that are not the same in every run, in their order."""
    names = tuple(dict.fromkeys(k for c in found for k in c.truth))
    return tuple(k for k in names if len({c.truth.get(k) for c in found}) > 1)


def shown(symbol: str, value: float) -> str:
    """Return one number of a truth as people write it."""
    return number.percent(value) if symbol in SHARES else number.short(value)


def label(c: Characteristics, names: Sequence[str], *, mechanism: bool = False) -> str:
    """Return "28 % blockable", or every number that varies, or the mechanism."""
    if tuple(names) == ("fraction",) and not mechanism:
        return f"{shown('fraction', c.truth['fraction'])} blockable"
    parts = [f"{k} {shown(k, c.truth[k])}" for k in names if k in c.truth]
    if mechanism or not parts:
        parts.insert(0, c.mechanism or c.generator)
    return ", ".join(parts)


def labels(found: Sequence[Characteristics]) -> tuple[str, ...]:
    """Return a name for every run of a grid."""
    several = len({c.mechanism for c in found}) > 1
    return tuple(label(c, varied(found), mechanism=several) for c in found)


def along_fraction(found: Sequence[Characteristics]) -> bool:
    """Tell whether the runs differ in the fraction alone and so make a curve."""
    alone = varied(found) == ("fraction",) and len({c.mechanism for c in found}) == 1
    return alone and len(found) > 2
